#include "cohort/testing/report.h"

#include <algorithm>
#include <array>

#include "cohort/base/enum_table.h"
#include "cohort/base/printable.h"
#include "cohort/base/text.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

struct VerdictRow {
  Verdict verdict;
  std::string_view name;
  int exit_code;
};
constexpr std::array<VerdictRow, kVerdictCount> kVerdicts = {{
    {Verdict::kClean, "clean", 0},
    {Verdict::kDivergent, "divergent", 1},
    {Verdict::kFailed, "failed", 1},
    {Verdict::kIncomplete, "incomplete", 3},
    {Verdict::kNotJudged, "not judged", 3},
    {Verdict::kUnreadable, "unreadable", 2},
}};
static_assert(RowsFollowEnum(kVerdicts, &VerdictRow::verdict));

const VerdictRow& RowOf(Verdict v) {
  return kVerdicts[static_cast<std::size_t>(v)];
}

// Where an answer came from, as reports say it.
std::string_view SourceWord(VersionSource source) {
  switch (source) {
    case VersionSource::kDefault:
      return "default";
    case VersionSource::kPolicy:
      return "policy";
    default:
      return "recorded";
  }
}

}  // namespace

nlohmann::ordered_json VersionsJson(std::span<const AskedVersion> versions) {
  auto all = nlohmann::ordered_json::array();
  for (const AskedVersion& v : versions) {
    all.push_back({{"change_id", v.change_id},
                   {"family", v.family == Family::kPatch ? "patch" : "version"},
                   {"min", v.min},
                   {"max", v.max},
                   {"version", v.version},
                   {"source", SourceWord(v.source)},
                   {"site", SiteText(v.site)}});
  }
  return all;
}

nlohmann::ordered_json ReplayReport::AsJson() const {
  const ReplayReport& r = *this;
  nlohmann::ordered_json j{{"verdict", NameOf(r.verdict)},
                           {"source", r.source},
                           {"workflow_type", r.workflow_type},
                           {"workflow_id", r.workflow_id},
                           {"run_id", r.run_id},
                           {"profile", r.profile},
                           {"events", r.events},
                           {"turns", r.turns}};
  if (!r.status.ok()) j["error"] = ToStd(r.status.message());
  if (!r.rule.empty()) j["strict_rule"] = r.rule;
  if (!r.notes.empty()) j["notes"] = r.notes;
  if (!r.unconfirmed.empty()) j["unconfirmed"] = r.unconfirmed;
  if (!r.versions.empty()) j["versions"] = VersionsJson(r.versions);
  if (r.divergence) {
    const Divergence& d = *r.divergence;
    nlohmann::ordered_json out{{"cause", NameOf(d.cause)},
                               {"turn", d.turn},
                               {"event_id", d.event_id},
                               {"history", d.history},
                               {"code", d.code},
                               {"site", SitePath(d.site)},
                               {"hint", d.hint}};
    if (!r.proposed_guard.empty()) out["proposed_guard"] = r.proposed_guard;
    out["differences"] = nlohmann::ordered_json::array();
    for (const FieldDifference& f : d.differences) {
      out["differences"].push_back(
          {{"field", f.field}, {"history", f.history}, {"code", f.code}});
    }
    j["divergence"] = std::move(out);
    if (!r.timeline.empty()) j["timeline"] = TimelineJson(r.timeline);
  }
  return j;
}

std::string JsonText(const nlohmann::ordered_json& json) {
  return PrintableLines(json.dump(
      2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

std::string_view NameOf(Verdict verdict) { return RowOf(verdict).name; }

int ExitCodeOf(Verdict verdict) { return RowOf(verdict).exit_code; }

std::string ReplayReport::ToString() const {
  std::string out = fmt::format("{}: {}", Printable(source), NameOf(verdict));
  if (!workflow_type.empty()) {
    out += fmt::format(" ({}, {} events, {} turns, {} rules)",
                       Printable(workflow_type), events, turns, profile);
  }
  if (divergence) {
    out += "\n" + divergence->ToString();
    if (!timeline.empty()) out += "\n" + TimelineText(timeline);
    if (!proposed_guard.empty()) {
      out += "\nproposed guard:\n" + PrintableLines(proposed_guard);
    }
  } else if (!status.ok()) {
    out += "\n" + PrintableLines(ToStd(status.message()));
  }
  for (const std::string& command : unconfirmed) {
    out += "\n  not in this history: " + Printable(command);
  }
  if (!rule.empty() && !divergence) {
    out += fmt::format("\n  strict rule: {}", rule);
  }
  for (const std::string& note : notes) out += "\n  note: " + Printable(note);
  return out;
}

std::string ReplayReport::ToJson() const { return JsonText(AsJson()); }

int WinningExitCode(int a, int b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

int ExitCodeOf(std::span<const ReplayReport> reports) {
  int code = reports.empty() ? ExitCodeOf(Verdict::kNotJudged) : 0;
  for (const ReplayReport& r : reports) {
    code = WinningExitCode(code, ExitCodeOf(r.verdict));
  }
  return code;
}

std::string Summary(std::span<const ReplayReport> reports) {
  std::map<std::string, int> by_verdict;
  for (const ReplayReport& r : reports) {
    ++by_verdict[std::string(NameOf(r.verdict))];
  }
  return SummaryText(by_verdict);
}

std::string SummaryText(const std::map<std::string, int>& by_verdict) {
  std::string out;
  for (const VerdictRow& row : kVerdicts) {
    const auto count = by_verdict.find(std::string(row.name));
    if (count == by_verdict.end()) continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count->second,
                       row.name);
  }
  return out.empty() ? "no histories" : out;
}

std::string ToJson(std::span<const ReplayReport> reports) {
  auto all = nlohmann::ordered_json::array();
  for (const ReplayReport& r : reports) all.push_back(r.AsJson());
  return JsonText(all);
}

}  // namespace cohort
