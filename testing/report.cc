#include "cohort/testing/report.h"

#include <array>

#include "cohort/base/printable.h"
#include "cohort/base/text.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

struct VerdictRow {
  std::string_view name;
  int exit_code;
};
constexpr std::array<VerdictRow, kVerdictCount> kVerdicts = {{
    {"clean", 0},
    {"divergent", 1},
    {"failed", 1},
    {"incomplete", 3},
    {"not judged", 3},
    {"unreadable", 2},
}};

const VerdictRow& RowOf(Verdict v) {
  return kVerdicts[static_cast<std::size_t>(v)];
}

nlohmann::ordered_json AsJson(const ReplayReport& r) {
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
  if (r.divergence) {
    const Divergence& d = *r.divergence;
    nlohmann::ordered_json out{{"cause", NameOf(d.cause)},
                               {"turn", d.turn},
                               {"event_id", d.event_id},
                               {"history", d.history},
                               {"code", d.code},
                               {"site", SiteText(d.site)},
                               {"hint", d.hint}};
    out["differences"] = nlohmann::ordered_json::array();
    for (const FieldDifference& f : d.differences) {
      out["differences"].push_back(
          {{"field", f.field}, {"history", f.history}, {"code", f.code}});
    }
    j["divergence"] = std::move(out);
  }
  return j;
}

std::string Dump(const nlohmann::ordered_json& j) {
  return PrintableLines(
      j.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

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

std::string ReplayReport::ToJson() const { return Dump(AsJson(*this)); }

int ExitCodeOf(std::span<const ReplayReport> reports) {
  constexpr std::array<int, 3> kByPrecedence = {1, 2, 3};
  for (int code : kByPrecedence) {
    for (const ReplayReport& r : reports) {
      if (ExitCodeOf(r.verdict) == code) return code;
    }
  }
  return reports.empty() ? 3 : 0;
}

std::string Summary(std::span<const ReplayReport> reports) {
  std::array<int, kVerdictCount> counts{};
  for (const ReplayReport& r : reports) {
    ++counts[static_cast<std::size_t>(r.verdict)];
  }
  std::string out;
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    if (counts[i] == 0) continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", counts[i],
                       kVerdicts[i].name);
  }
  return out.empty() ? "no histories" : out;
}

std::string ToJson(std::span<const ReplayReport> reports) {
  auto all = nlohmann::ordered_json::array();
  for (const ReplayReport& r : reports) all.push_back(AsJson(r));
  return Dump(all);
}

}  // namespace cohort
