#include "cohort/testing/formats/words.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "fmt/core.h"

namespace cohort::formats {
namespace {

constexpr std::string_view kClean = "clean";
constexpr std::string_view kUnsafe = "unsafe";
constexpr std::string_view kNotProvable = "not provable";
constexpr std::string_view kAllowed = "allowed";

// What may be shown, in this order.
struct VerdictRow {
  std::string_view name;
  Outcome outcome;
};
constexpr std::array<VerdictRow, 9> kVerdicts = {{
    {"divergent", Outcome::kBroken},
    {"failed", Outcome::kBroken},
    {kUnsafe, Outcome::kBroken},
    {"unreadable", Outcome::kError},
    {"incomplete", Outcome::kOpen},
    {"not judged", Outcome::kOpen},
    {kNotProvable, Outcome::kOpen},
    {kAllowed, Outcome::kAllowed},
    {kClean, Outcome::kClean},
}};

// kVerdicts.end() for a verdict that is not known.
auto RowOfVerdict(std::string_view name) {
  return std::find_if(kVerdicts.begin(), kVerdicts.end(),
                      [&](const VerdictRow& row) { return row.name == name; });
}

Outcome OutcomeOfVerdict(std::string_view verdict) {
  const auto* row = RowOfVerdict(verdict);
  return row == kVerdicts.end() ? Outcome::kError : row->outcome;
}

// Of what a clean history was and would be.
Outcome OutcomeBeside(const HistoryReport& r) {
  Outcome worst = Outcome::kClean;
  if (r.prefixes.clean < r.prefixes.checked || !r.live_turn.error.empty() ||
      !r.hidden_nondeterminism.empty()) {
    worst = Outcome::kBroken;
  }
  for (const std::string* verdict :
       {&r.live_turn.roll_forward, &r.live_turn.roll_back,
        &r.live_turn.from_other}) {
    if (!verdict->empty()) worst = std::min(worst, OutcomeOfVerdict(*verdict));
  }
  return worst;
}

// The same in words, a line for each.
std::vector<std::string> WordsBeside(const HistoryReport& r) {
  std::vector<std::string> lines;
  if (r.prefixes.clean < r.prefixes.checked) {
    lines.push_back(fmt::format("{} of {} stages of the run do not replay",
                                r.prefixes.checked - r.prefixes.clean,
                                r.prefixes.checked));
  }
  if (!r.hidden_nondeterminism.empty()) {
    lines.push_back(r.hidden_nondeterminism);
  }
  const LiveTurnData& live = r.live_turn;
  if (!live.error.empty()) {
    lines.push_back("the next turn of the code fails: " + live.error);
  }
  const auto add = [&](const std::string& verdict, std::string_view whose,
                       std::string_view by) {
    if (verdict.empty() || verdict == kClean) return;
    lines.push_back(
        fmt::format("with the next turn of {}, the history is {} by {}", whose,
                    verdict, by));
  };
  add(live.roll_forward, "the code", "the same code");
  add(live.roll_back, "the code", "the other build");
  add(live.from_other, "the other build", "the code");
  return lines;
}

// The outcome, and within it the verdict as shown.
auto RankOf(const HistoryReport& r) {
  return std::pair(OutcomeOf(r), RowOfVerdict(ShownVerdict(r)));
}

std::int64_t Count(const ReplayData& data, Outcome outcome) {
  return std::count_if(
      data.reports.begin(), data.reports.end(),
      [&](const HistoryReport& r) { return OutcomeOf(r) == outcome; });
}

std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

void AddOnce(std::vector<std::string>& all, std::string text) {
  if (std::find(all.begin(), all.end(), text) == all.end()) {
    all.push_back(std::move(text));
  }
}

// The cause as it came, line breaks and all.
std::string CauseInLines(const HistoryReport& report) {
  const std::vector<std::string> beside = report.verdict == kClean
                                              ? WordsBeside(report)
                                              : std::vector<std::string>();
  if (!beside.empty()) return beside.front();
  if (report.divergence) {
    const DivergenceData& d = *report.divergence;
    const std::string where = TextOf(d.site);
    return fmt::format("{}: history has {}, the code issued {}{}{}",
                       PlaceOf(report),
                       d.history.empty() ? "nothing here" : d.history,
                       d.code.empty() ? "nothing more" : d.code,
                       where.empty() ? "" : " at ", where);
  }
  if (!report.error.empty()) return report.error;
  return report.notes.empty() ? "" : report.notes.front();
}

}  // namespace

Outcome OutcomeOf(const HistoryReport& report) {
  Outcome outcome = OutcomeOfVerdict(report.verdict);
  if (outcome == Outcome::kClean) outcome = OutcomeBeside(report);
  const bool excused = outcome == Outcome::kClean && !report.allowed.empty();
  return excused ? Outcome::kAllowed : outcome;
}

std::string ShownVerdict(const HistoryReport& report) {
  const Outcome outcome = OutcomeOf(report);
  if (outcome == Outcome::kAllowed) return std::string(kAllowed);
  if (report.verdict == kClean && outcome != Outcome::kClean) {
    return std::string(outcome == Outcome::kBroken ? kUnsafe : kNotProvable);
  }
  return report.verdict.empty() ? "no verdict" : report.verdict;
}

bool IsKnownVerdict(std::string_view shown) {
  return RowOfVerdict(shown) != kVerdicts.end();
}

std::vector<std::string> ShownVerdicts(const ReplayData& data) {
  std::vector<std::string> found;
  for (const HistoryReport& r : data.reports) AddOnce(found, ShownVerdict(r));
  std::stable_sort(found.begin(), found.end(),
                   [&](const auto& a, const auto& b) {
                     return RowOfVerdict(a) < RowOfVerdict(b);
                   });
  return found;
}

std::string ShownType(const HistoryReport& report) {
  return report.workflow_type.empty() ? "(no workflow type)"
                                      : report.workflow_type;
}

std::vector<std::string> ShownTypes(const ReplayData& data) {
  std::vector<std::string> types;
  for (const HistoryReport& r : data.reports) AddOnce(types, ShownType(r));
  return types;
}

std::vector<std::size_t> WorstFirst(const ReplayData& data) {
  std::vector<std::size_t> order(data.reports.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) {
                     return RankOf(data.reports[a]) < RankOf(data.reports[b]);
                   });
  return order;
}

std::string Headline(const ReplayData& data) {
  const std::size_t all = data.reports.size();
  if (all == 0) return "No history was replayed";
  const std::string of_all =
      fmt::format("of {} {}", all, all == 1 ? "history" : "histories");
  if (const auto n = Count(data, Outcome::kBroken); n > 0) {
    return fmt::format("{} {} {}", n, of_all, n == 1 ? "breaks" : "break");
  }
  if (const auto n = Count(data, Outcome::kError); n > 0) {
    return fmt::format("{} {} could not be read", n, of_all);
  }
  if (const auto n = Count(data, Outcome::kOpen); n > 0) {
    return fmt::format("{} {} could not be judged to the end", n, of_all);
  }
  if (const auto n = Count(data, Outcome::kAllowed); n > 0) {
    return fmt::format("{} {} {}, all of them allowed", n, of_all,
                       n == 1 ? "breaks" : "break");
  }
  return all == 1 ? "The one history replays clean"
                  : fmt::format("All {} histories replay clean", all);
}

std::string TextOf(const CodeSite& site) {
  return site.line == 0 ? site.file
                        : fmt::format("{}:{}", site.file, site.line);
}

std::string PlaceOf(const HistoryReport& report) {
  if (!report.divergence) return "";
  const DivergenceData& d = *report.divergence;
  return d.event_id == 0 ? fmt::format("turn {}", d.turn)
                         : fmt::format("turn {}, event {}", d.turn, d.event_id);
}

std::string CauseOf(const HistoryReport& report) {
  return OneLine(CauseInLines(report));
}

std::string ExplanationOf(const HistoryReport& report) {
  const std::string cause = CauseInLines(report);
  std::string out = cause;
  const auto line = [&](std::string_view label, std::string_view text) {
    if (!text.empty()) out += fmt::format("\n{}: {}", label, text);
  };
  if (report.divergence) {
    for (const Difference& d : report.divergence->differences) {
      out += fmt::format("\ndiffers: {}: history \"{}\", code \"{}\"", d.field,
                         d.history, d.code);
    }
  }
  line("strict rule", report.strict_rule);
  line("allowed", report.allowed);
  if (report.divergence) {
    line("hint", report.divergence->hint);
    if (const std::string& guard = report.divergence->proposed_guard;
        !guard.empty()) {
      line("proposed guard", "\n" + guard);
    }
    line("error", report.error);
  }
  for (const std::string& u : report.unconfirmed) {
    line("not in this history", u);
  }
  for (const std::string& beside : WordsBeside(report)) {
    if (beside != cause) line("also", beside);
  }
  for (const std::string& note : report.notes) {
    if (note != cause) line("note", note);
  }
  return out;
}

bool IsUnproven(const BranchData& branch) {
  return branch.live && branch.took == 0;
}

std::string BranchName(const CoverageData& change, std::int64_t version) {
  constexpr std::int64_t kDefault = -1;
  if (change.family == "patch") {
    return version == kDefault ? "not patched" : "patched";
  }
  return version == kDefault ? "default" : fmt::format("{}", version);
}

}  // namespace cohort::formats
