#include "cohort/corpus/retire_report.h"

#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include "cohort/base/printable.h"
#include "cohort/base/text.h"
#include "cohort/history/time.h"
#include "fmt/core.h"

namespace cohort {
namespace {

using Json = nlohmann::ordered_json;

// Of more than these, a text names the oldest; JSON has all.
constexpr std::size_t kRunsShown = 10;

bool IsKnown(absl::Time time) {
  return time != absl::InfinitePast() && time != absl::InfiniteFuture();
}

std::string Day(absl::Time time) {
  if (!IsKnown(time)) return "?";
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

Json TimeJson(absl::Time time) {
  return IsKnown(time) ? Json(TimeText(time)) : Json();
}

std::string BranchText(const RetireTarget& target) {
  switch (target.kind) {
    case RetireTarget::Kind::kDefault:
      return "default";
    case RetireTarget::Kind::kVersion:
      return fmt::format("version {}", target.version);
    case RetireTarget::Kind::kPatchCall:
      return "call";
  }
  return "";
}

std::string VerdictText(RetireVerdict verdict, Paint paint) {
  switch (verdict) {
    case RetireVerdict::kSafe:
      return "SAFE";
    case RetireVerdict::kNotProvable:
      return "NOT PROVABLE";
    case RetireVerdict::kUnsafe:
      return Red("UNSAFE", paint);
  }
  return "";
}

std::string RunLine(const EvidenceRun& run) {
  std::string line = fmt::format(
      "      {}  {} {}, started {}",
      run.run.run_id().empty() ? "(no run id)" : run.run.run_id(),
      run.run.workflow_type(), run.run.workflow_id(), Day(run.run.started()));
  if (run.run.status() != RunStatus::kOpen) {
    line +=
        fmt::format(", {} {}", NameOf(run.run.status()), Day(run.run.closed()));
  }
  if (IsKnown(run.until))
    line += fmt::format(", kept until {}", Day(run.until));
  if (run.run.history != nullptr) line += fmt::format("  {}", run.run.name());
  return Printable(line) + "\n";
}

std::string EvidenceText(const Evidence& evidence) {
  const EvidenceRow& row = RowOf(evidence.kind);
  std::string text = fmt::format("  {:<12}  {}: {}\n", NameOf(row.verdict),
                                 row.says, evidence.count);
  for (std::size_t i = 0; i < evidence.runs.size() && i < kRunsShown; ++i) {
    text += RunLine(evidence.runs[i]);
  }
  if (evidence.runs.size() > kRunsShown) {
    text += fmt::format("      and {} younger ones\n",
                        evidence.runs.size() - kRunsShown);
  }
  if (!row.settles.empty()) {
    text += fmt::format("      to settle it: {}\n", row.settles);
  }
  return text;
}

std::string BranchBlock(const BranchReport& branch, Paint paint) {
  std::string text =
      fmt::format("{}: {}", Bold(BranchText(branch.target), paint),
                  VerdictText(branch.verdict, paint));
  if (branch.verdict != RetireVerdict::kSafe && IsKnown(branch.until)) {
    text += fmt::format(", until {}", Day(branch.until));
  }
  text += "\n";
  for (const Evidence& evidence : branch.evidence) {
    text += EvidenceText(evidence);
  }
  return text;
}

Json RunJson(const EvidenceRun& run) {
  return {
      {"run_id", run.run.run_id()},
      {"workflow_id", run.run.workflow_id()},
      {"workflow_type", run.run.workflow_type()},
      {"status", NameOf(run.run.status())},
      {"started", TimeJson(run.run.started())},
      {"closed", TimeJson(run.run.closed())},
      {"until", TimeJson(run.until)},
      {"history", run.run.history == nullptr ? Json() : Json(run.run.name())}};
}

Json BranchJson(const BranchReport& branch) {
  Json evidence = Json::array();
  for (const Evidence& e : branch.evidence) {
    const EvidenceRow& row = RowOf(e.kind);
    Json runs = Json::array();
    for (const EvidenceRun& run : e.runs) runs.push_back(RunJson(run));
    evidence.push_back({{"kind", row.name},
                        {"verdict", NameOf(row.verdict)},
                        {"says", row.says},
                        {"settles", row.settles},
                        {"count", e.count},
                        {"runs", std::move(runs)}});
  }
  const bool is_default = branch.target.kind == RetireTarget::Kind::kDefault;
  const bool blocked = branch.verdict != RetireVerdict::kSafe;
  return {
      {"branch", is_default ? Json("default") : Json(branch.target.version)},
      {"verdict", NameOf(branch.verdict)},
      {"until", blocked ? TimeJson(branch.until) : Json()},
      {"evidence", std::move(evidence)}};
}

}  // namespace

std::string RetireText(const RetireReport& report, const RetireOptions& options,
                       Paint paint) {
  std::string text = fmt::format(
      "change \"{}\": what may be deleted, as of {}\n{} open and {} closed "
      "runs",
      Printable(report.change_id), Day(options.now), report.open,
      report.closed);
  if (report.listed_only > 0) {
    text += fmt::format(", {} of them known from a listing only",
                        report.listed_only);
  }
  if (!options.retention) {
    text += "; how long closed ones are kept is not known\n";
  } else if (*options.retention == absl::ZeroDuration()) {
    text += "; closed ones are not kept\n";
  } else {
    text += fmt::format("; closed ones are kept for {}\n",
                        absl::FormatDuration(*options.retention));
  }
  for (const std::string& note : report.notes) {
    text += Printable(note) + "\n";
  }
  for (const BranchReport& branch : report.branches) {
    text += "\n" + BranchBlock(branch, paint);
  }
  if (!report.steps.empty()) text += "\n" + Bold("next steps", paint) + "\n";
  for (const LifeStep& step : report.steps) {
    text += fmt::format(
        "  {}: {}{}\n", step.name,
        step.verdict ? VerdictText(*step.verdict, paint) + ". " : "",
        step.needs);
  }
  text +=
      "\nThis holds for the runs above, and for code that gives none of "
      "these answers any more.\n";
  return text;
}

nlohmann::ordered_json RetireJson(const RetireReport& report,
                                  const RetireOptions& options) {
  Json branches = Json::array();
  for (const BranchReport& branch : report.branches) {
    branches.push_back(BranchJson(branch));
  }
  Json steps = Json::array();
  for (const LifeStep& step : report.steps) {
    steps.push_back(
        {{"step", step.name},
         {"verdict", step.verdict ? Json(NameOf(*step.verdict)) : Json()},
         {"needs", step.needs}});
  }
  Json dialects = Json::array();
  for (const Dialect d : report.dialects) {
    dialects.push_back(RowOf(d).family_name);
  }
  Json json = {{"change_id", report.change_id},
               {"verdict", NameOf(report.verdict)},
               {"now", TimeJson(options.now)}};
  json["retention_seconds"] =
      options.retention ? Json(absl::ToInt64Seconds(*options.retention))
                        : Json();
  json["dialects"] = std::move(dialects);
  json["runs"] = {{"open", report.open},
                  {"closed", report.closed},
                  {"listed_only", report.listed_only}};
  json["branches"] = std::move(branches);
  json["steps"] = std::move(steps);
  json["notes"] = report.notes;
  return json;
}

int RetireExit(RetireVerdict verdict) {
  switch (verdict) {
    case RetireVerdict::kSafe:
      return 0;
    case RetireVerdict::kNotProvable:
      return 3;
    case RetireVerdict::kUnsafe:
      return 1;
  }
  return 3;
}

std::optional<RetireTarget> ParseBranch(std::string_view word) {
  if (word == "default") return RetireTarget{};
  Version version = 0;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), version);
  if (error != std::errc() || end != word.data() + word.size()) {
    return std::nullopt;
  }
  if (version == kDefaultVersion) return RetireTarget{};
  return RetireTarget{RetireTarget::Kind::kVersion, version};
}

}  // namespace cohort
