#include "cohort/cli/inspect.h"

#include <map>
#include <optional>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/profile.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

// Of how many open operations the stage names each one.
constexpr std::size_t kNamedMax = 3;

// What would keep a replay from reading the events.
absl::Status CheckTurns(std::span<const Event> events) {
  TurnReader reader;
  COHORT_RETURN_IF_ERROR(reader.Add(events, PageEnd::kLast));
  while (true) {
    COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, reader.Next());
    if (!turn) return absl::OkStatus();
  }
}

std::string Waits(const RunFacts& facts) {
  if (facts.open.empty()) {
    return "what is not in a history (a signal, an update, a cancellation)";
  }
  std::string text;
  if (facts.open.size() <= kNamedMax) {
    for (const OpenOperation& o : facts.open) {
      text += fmt::format("{}{} of event {}{}{}", text.empty() ? "" : ", ",
                          o.waits_for, o.event_id, o.name.empty() ? "" : " ",
                          o.name);
    }
    return text;
  }
  std::map<std::string_view, int> counts;
  for (const OpenOperation& o : facts.open) ++counts[o.waits_for];
  for (const auto& [word, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  }
  return text;
}

std::string Stage(const RunFacts& facts) {
  const std::string after =
      fmt::format("{} after {} turn{}", NameOf(facts.status), facts.turns,
                  facts.turns == 1 ? "" : "s");
  if (facts.status != RunStatus::kOpen) return after;
  const std::string& cause = facts.last_task_cause;
  switch (facts.last_task) {
    case EventType::kUnspecified:
      return after + ": the first workflow task is not scheduled";
    case EventType::kWorkflowTaskScheduled:
      return after + ": a workflow task waits for a worker";
    case EventType::kWorkflowTaskStarted:
      return after + ": a worker has the workflow task";
    case EventType::kWorkflowTaskFailed:
      return fmt::format("{}: the workflow task failed{}{}", after,
                         cause.empty() ? "" : ", ", cause);
    case EventType::kWorkflowTaskTimedOut:
      return after + ": the workflow task timed out";
    default:
      return fmt::format("{}: waiting for {}", after, Waits(facts));
  }
}

}  // namespace

absl::StatusOr<HistoryFigures> Inspect(const History& history) {
  HistoryFigures figures;
  COHORT_ASSIGN_OR_RETURN(figures.facts, FactsOf(history));
  figures.profile = DetectProfile(history.events()).name;
  figures.stage = Stage(figures.facts);
  if (absl::Status checked = CheckTurns(history.events()); !checked.ok()) {
    figures.facts.problems.emplace_back(ToStd(checked.message()));
  }
  return figures;
}

}  // namespace cohort
