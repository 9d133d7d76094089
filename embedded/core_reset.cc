// Reset: a run begins anew from one of its own workflow tasks.

#include <algorithm>

#include "cohort/base/status.h"
#include "cohort/embedded/core.h"

namespace cohort {
namespace {

// The events that the new run has of the old one: up to the start of the task
// that `event` completed.
absl::StatusOr<std::span<const Event>> PrefixBefore(const History& history,
                                                    std::int64_t event) {
  const auto events = history.events();
  const auto at = std::find_if(events.begin(), events.end(),
                               [&](const Event& e) { return e.id == event; });
  if (at == events.end()) {
    return NotFound("the run has no event {} (it has {})", event,
                    events.size());
  }
  if (at->type != EventType::kWorkflowTaskCompleted &&
      at->type != EventType::kWorkflowTaskFailed &&
      at->type != EventType::kWorkflowTaskTimedOut) {
    return InvalidArgument(
        "event {} does not end a workflow task; a run is reset to the end of "
        "one (WorkflowTaskCompleted, ..Failed, ..TimedOut)",
        event);
  }
  const auto count = static_cast<std::size_t>(at - events.begin());
  if (count == 0 || events[count - 1].type != EventType::kWorkflowTaskStarted) {
    return InvalidArgument(
        "event {}: its workflow task never started; choose another one", event);
  }
  return events.first(count);
}

}  // namespace

// The old run, and another one of its workflow that is open: the workflow has
// one open run. What waits in their buffers goes into their histories.
absl::Status Core::EndForReset(Unit& unit, Live& run, std::string_view reason) {
  if (!run.ledger.open()) return absl::OkStatus();
  EventDraft terminated;
  terminated.type = EventType::kWorkflowExecutionTerminated;
  terminated.text(Text::kControl) = reason;
  COHORT_RETURN_IF_ERROR(run.ledger.End(unit.now, std::move(terminated)));
  unit.wrote = true;
  return WriteOne(run);
}

absl::StatusOr<RunKey> Core::Reset(const RunKey& run, std::int64_t event,
                                   std::string_view reason) {
  RunKey key;
  COHORT_RETURN_IF_ERROR(
      Transact(Durably::kYes, [&](Unit& unit) -> absl::Status {
        COHORT_ASSIGN_OR_RETURN(Live * base, TouchKey(unit, run));
        COHORT_ASSIGN_OR_RETURN(History history, HistoryOf(base->row));
        COHORT_RETURN_IF_ERROR(PrefixBefore(history, event).status());
        const std::string id = base->ledger.start().workflow_id;
        COHORT_ASSIGN_OR_RETURN(Live * newest, TouchKey(unit, {id, ""}));
        base->replaced = base->ledger.open();
        COHORT_RETURN_IF_ERROR(EndForReset(unit, *base, reason));
        COHORT_RETURN_IF_ERROR(EndForReset(unit, *newest, reason));
        COHORT_ASSIGN_OR_RETURN(history, HistoryOf(base->row));
        COHORT_ASSIGN_OR_RETURN(key,
                                BeginAt(unit, *base, history, event, reason));
        return absl::OkStatus();
      }));
  return key;
}

absl::StatusOr<RunKey> Core::BeginAt(Unit& unit, const Live& base,
                                     const History& history, std::int64_t event,
                                     std::string_view reason) {
  COHORT_ASSIGN_OR_RETURN(const auto prefix, PrefixBefore(history, event));
  const StartFacts& facts = base.ledger.start();
  const std::int64_t row = store_->NextRow();
  RunKey key{facts.workflow_id, store_->RunIdOf(row)};
  EventDraft failed;
  failed.type = EventType::kWorkflowTaskFailed;
  failed.subject = prefix.back().id;
  failed.text(Text::kControl) = "WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW";
  failed.text(Text::kId) = key.run_id;
  failed.attributes = {{"scheduledEventId", prefix.back().subject},
                       {"baseRunId", facts.run_id}};
  failed.failure.emplace();
  failed.failure->message = reason;
  failed.failure->info = "resetWorkflowFailureInfo";
  auto live = std::make_unique<Live>(row);
  COHORT_RETURN_IF_ERROR(
      live->ledger.Adopt(unit.now, prefix, std::move(failed)));
  // Signals that came later are not lost.
  PayloadReader reader;
  for (const Event& e : history.events().subspan(prefix.size())) {
    if (e.type != EventType::kWorkflowExecutionSignaled) continue;
    EventDraft signal;
    signal.type = e.type;
    for (std::size_t i = 0; i < kTextCount; ++i) signal.texts[i] = e.texts[i];
    COHORT_ASSIGN_OR_RETURN(signal.input, reader.ReadPayloads(e.input));
    COHORT_RETURN_IF_ERROR(live->ledger.Arrive(unit.now, std::move(signal)));
  }
  Adopt(unit, std::move(live));
  return key;
}

}  // namespace cohort
