// A completed workflow task: what its turn puts out.

#include <algorithm>

#include "cohort/base/status.h"
#include "cohort/embedded/ledger.h"
#include "cohort/engine/kinds.h"
#include "cohort/engine/record.h"

namespace cohort {
namespace {

bool AcceptsUpdates(const Emission& emission) {
  return std::any_of(
      emission.commands.begin(), emission.commands.end(),
      [](const Command& c) { return c.kind == CommandKind::kAcceptUpdate; });
}

}  // namespace

absl::StatusOr<TurnReceipt> Ledger::CompleteTask(absl::Time now,
                                                 std::int64_t nonce,
                                                 TurnCompletion completion) {
  if (!open() || !task_.started || task_.nonce != nonce) {
    return NotFound("run {}: this workflow task is over", start_.run_id);
  }
  Emission& emission = completion.emission;
  if (ClosesTooEarly(emission)) return RefuseToClose(now);
  SettleUpdates(emission);
  SetDue(&task_.due, 0, absl::InfiniteFuture());
  stuck_.clear();
  TurnReceipt receipt;
  receipt.recorded = !task_.speculative || !emission.commands.empty() ||
                     AcceptsUpdates(emission) || completion.goes_on;
  std::int64_t event_id = 0;
  if (receipt.recorded) {
    WriteStart();
    COHORT_RETURN_IF_ERROR(Settle());
    unsent_.clear();  // the worker has seen all that
    unsent_from_ = last_event_ + 1;
    sent_until_ = last_event_;
    sticky_worker_ = completion.keeps_run ? completion.worker : "";
    EventDraft completed = CompletionOf(emission, completion.build_id);
    completed.time = now;
    completed.subject = last_event_;
    completed.attributes.push_back({"scheduledEventId", task_.scheduled_id});
    completed.attributes.push_back({"identity", completion.worker});
    event_id = Add(std::move(completed));
    for (const Command& command : emission.commands) {
      EventDraft output = EventOf(command, event_id);
      output.time = now;
      Add(std::move(output));
    }
    COHORT_RETURN_IF_ERROR(Settle());
  } else {
    task_.open = task_.started = task_.speculative = false;
    sticky_worker_.clear();
  }
  FirstAttempt();
  task_.updates.clear();
  for (const Command& command : emission.commands) {
    COHORT_RETURN_IF_ERROR(React(now, command, ++event_id));
  }
  if (!open()) return receipt;
  const bool news = !buffered_.empty() || completion.goes_on;
  COHORT_RETURN_IF_ERROR(Flush());
  if (news) NeedTask(now);
  COHORT_RETURN_IF_ERROR(Settle());
  if (!waiting_updates_.empty() && !task_.open) {
    task_.open = task_.speculative = true;
    task_.scheduled = now;
    TaskIsReady();
  }
  return receipt;
}

// Does the turn close the run while something waits that its code has not seen?
// The firing of a timer that the turn cancels is nothing: it did not happen.
bool Ledger::ClosesTooEarly(const Emission& emission) const {
  const auto is_taken_back = [&](const Buffered& b) {
    return b.type == EventType::kTimerFired &&
           std::any_of(emission.commands.begin(), emission.commands.end(),
                       [&](const Command& c) {
                         return c.kind == CommandKind::kCancelTimer &&
                                c.subject == b.subject;
                       });
  };
  return emission.closed &&
         !std::all_of(buffered_.begin(), buffered_.end(), is_taken_back);
}

absl::Status Ledger::RefuseToClose(absl::Time now) {
  EventDraft failed;
  failed.type = EventType::kWorkflowTaskFailed;
  failed.text(Text::kControl) = "WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND";
  task_.written = true;  // with its completion it would have been
  COHORT_RETURN_IF_ERROR(EndTaskUnheard(now, std::move(failed)));
  FirstAttempt();
  COHORT_RETURN_IF_ERROR(Flush());
  NeedTask(now);
  COHORT_RETURN_IF_ERROR(Settle());
  return FailedPrecondition(
      "run {}: something came in before the command that closes it; a new "
      "workflow task follows",
      start_.run_id);
}

void Ledger::SettleUpdates(const Emission& emission) {
  for (const RejectedUpdate& rejected : emission.rejected) {
    UpdateState& update = updates_[rejected.id];
    update.stage = UpdateState::Stage::kRejected;
    update.failure = rejected.failure;
  }
}

absl::Status Ledger::React(absl::Time now, const Command& command,
                           std::int64_t event_id) {
  const KindRow& row = cohort::RowOf(command.kind);
  if (command.kind == CommandKind::kRequestCancelActivity) {
    return CancelActivity(now, command.subject);
  }
  if (command.kind == CommandKind::kScheduleActivity) {
    if (OpenActivity* activity = FindActivity(event_id)) {
      Dispatch(event_id, *activity);
    }
    return absl::OkStatus();
  }
  if (command.kind == CommandKind::kCancelTimer) {
    // Its firing may wait in the buffer: it did not happen.
    const auto over = std::remove_if(
        buffered_.begin(), buffered_.end(), [&](const Buffered& b) {
          return b.type == EventType::kTimerFired &&
                 b.subject == command.subject;
        });
    if (over == buffered_.end()) return absl::OkStatus();
    buffered_.erase(over, buffered_.end());
    changes_.buffered.clear();
    changes_.buffer_cleared = true;
    for (const Buffered& b : buffered_) changes_.buffered.push_back(b.text);
    return absl::OkStatus();
  }
  if (command.kind == CommandKind::kScheduleNexus) {
    EventDraft failed;
    failed.type = EventType::kNexusOperationFailed;
    failed.subject = event_id;
    failed.failure =
        ApplicationError("the embedded engine has no Nexus endpoint \"" +
                             std::string(command.text(Text::kControl)) + "\"",
                         "EndpointNotFound")
            .failure();
    failed.failure->non_retryable = true;
    return Arrive(now, std::move(failed));
  }
  const bool calls = command.kind == CommandKind::kStartChild ||
                     command.kind == CommandKind::kSignalExternal ||
                     command.kind == CommandKind::kCancelExternal ||
                     row.on_record == OnRecord::kCloses;
  if (calls) calls_.push_back({command, event_id});
  return absl::OkStatus();
}

}  // namespace cohort
