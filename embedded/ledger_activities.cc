// Activities: dispatched, started, ended, tried again.

#include "cohort/base/status.h"
#include "cohort/embedded/ledger.h"

namespace cohort {
namespace {

EventDraft EndOf(EventType type, std::int64_t activity) {
  EventDraft draft;
  draft.type = type;
  draft.subject = activity;
  return draft;
}

}  // namespace

Ledger::OpenActivity* Ledger::FindActivity(std::int64_t id) {
  const auto found = activities_.find(id);
  return found == activities_.end() || found->second.over ? nullptr
                                                          : &found->second;
}

std::string Ledger::QueueOf(std::int64_t activity) const {
  const auto found = activities_.find(activity);
  return found == activities_.end() || found->second.over ? std::string()
                                                          : found->second.queue;
}

bool Ledger::AttemptsAreBounded(std::int64_t activity) const {
  const auto found = activities_.find(activity);
  return found != activities_.end() &&
         found->second.rules.retry.attempts_max > 0;
}

void Ledger::Dispatch(std::int64_t id, OpenActivity& activity) {
  activity.attempt.stage = AttemptStage::kQueued;
  dispatched_.push_back(id);
  Reschedule(id, activity);
}

void Ledger::Reschedule(std::int64_t id, OpenActivity& activity) {
  SetDue(&activity.due, id,
         activity.over ? absl::InfiniteFuture()
                       : cohort::NextDue(activity.rules, activity.attempt).at);
}

std::optional<ActivityTask> Ledger::StartActivity(absl::Time now,
                                                  std::int64_t id) {
  OpenActivity* activity = FindActivity(id);
  if (!open() || activity == nullptr ||
      activity->attempt.stage != AttemptStage::kQueued) {
    return std::nullopt;
  }
  Attempt& attempt = activity->attempt;
  attempt.stage = AttemptStage::kStarted;
  attempt.started = attempt.heartbeat = now;
  attempt.elsewhere = false;
  changes_.attempts[id] = RowOf(*activity);
  Reschedule(id, *activity);
  ActivityTask task;
  task.workflow_id = start_.workflow_id;
  task.run_id = start_.run_id;
  task.workflow_type = start_.workflow_type;
  task.activity_id = activity->id;
  task.type = activity->type;
  task.input = activity->input;
  task.heartbeat_details = activity->details;
  task.attempt = attempt.number;
  task.scheduled = attempt.first_scheduled;
  task.started = now;
  task.deadline = ExpiryOf(activity->rules, attempt);
  if (activity->rules.start_to_close > absl::ZeroDuration()) {
    task.deadline =
        std::min(task.deadline, now + activity->rules.start_to_close);
  }
  task.heartbeat_timeout = activity->rules.heartbeat;
  return task;
}

absl::Status Ledger::EndActivity(absl::Time now, std::int64_t id,
                                 std::int64_t attempt, ActivityOutcome::End how,
                                 Payloads result, Failure failure) {
  OpenActivity* activity = FindActivity(id);
  if (!open() || activity == nullptr ||
      activity->attempt.stage != AttemptStage::kStarted ||
      activity->attempt.number != attempt) {
    return NotFound("run {}: attempt {} of the activity of event {} is over",
                    start_.run_id, attempt, id);
  }
  if (how == ActivityOutcome::End::kResult) {
    EventDraft end = EndOf(EventType::kActivityTaskCompleted, id);
    end.input = std::move(result);
    return Finish(now, id, *activity, std::move(end));
  }
  if (how == ActivityOutcome::End::kCanceled) {
    if (activity->cancel_requested) {
      EventDraft end = EndOf(EventType::kActivityTaskCanceled, id);
      end.input = std::move(result);
      return Finish(now, id, *activity, std::move(end));
    }
    failure = CanceledError().failure();  // of its own accord: a failure
  }
  return EndAttempt(now, id, *activity, EventType::kActivityTaskFailed,
                    failure);
}

absl::StatusOr<bool> Ledger::Heartbeat(absl::Time now, std::int64_t id,
                                       std::int64_t attempt, Payloads details) {
  OpenActivity* activity = FindActivity(id);
  if (!open() || activity == nullptr ||
      activity->attempt.stage != AttemptStage::kStarted ||
      activity->attempt.number != attempt) {
    return NotFound("run {}: attempt {} of the activity of event {} is over",
                    start_.run_id, attempt, id);
  }
  activity->attempt.heartbeat = now;
  activity->details = std::move(details);
  changes_.attempts[id] = RowOf(*activity);
  Reschedule(id, *activity);
  return activity->cancel_requested;
}

void Ledger::LeaveOpen(std::int64_t id, std::int64_t attempt) {
  OpenActivity* activity = FindActivity(id);
  if (activity == nullptr || activity->attempt.number != attempt) return;
  activity->attempt.elsewhere = true;
  changes_.attempts[id] = RowOf(*activity);
}

// An attempt has failed or timed out: is there another one?
absl::Status Ledger::EndAttempt(absl::Time now, std::int64_t id,
                                OpenActivity& activity, EventType type,
                                const Failure& failure) {
  Attempt& attempt = activity.attempt;
  RetryDecision next =
      DecideRetry(activity.rules.retry, attempt.number, failure, now,
                  ExpiryOf(activity.rules, attempt));
  if (activity.cancel_requested && next.state == RetryState::kInProgress) {
    next.state = RetryState::kCancelRequested;
  }
  if (next.state == RetryState::kInProgress) {
    ++attempt.number;
    attempt.stage = AttemptStage::kWaiting;
    attempt.scheduled = now + next.backoff;
    activity.last_failure = failure;
    if (next.backoff == absl::ZeroDuration()) Dispatch(id, activity);
    changes_.attempts[id] = RowOf(activity);
    Reschedule(id, activity);
    return absl::OkStatus();
  }
  EventDraft end = EndOf(type, id);
  end.failure = failure;
  end.text(Text::kControl) = SpellingOf(next.state);
  return Finish(now, id, activity, std::move(end));
}

absl::Status Ledger::Finish(absl::Time now, std::int64_t id,
                            OpenActivity& activity, EventDraft end) {
  std::vector<EventDraft> drafts;
  if (activity.attempt.stage == AttemptStage::kStarted) {
    EventDraft started = EndOf(EventType::kActivityTaskStarted, id);
    started.attributes = {{"attempt", activity.attempt.number}};
    started.failure = activity.last_failure;
    drafts.push_back(std::move(started));
    end.attributes.push_back({"startedEventId", std::int64_t{0}});
  }
  drafts.push_back(std::move(end));
  activity.over = true;
  Reschedule(id, activity);
  return ArriveAll(now, std::move(drafts));
}

absl::Status Ledger::CancelActivity(absl::Time now, std::int64_t id) {
  OpenActivity* activity = FindActivity(id);
  if (activity == nullptr) return absl::OkStatus();
  if (activity->attempt.stage == AttemptStage::kStarted) {
    changes_.attempts[id] = RowOf(*activity);
    return absl::OkStatus();  // its next heartbeat says so
  }
  return Finish(now, id, *activity,
                EndOf(EventType::kActivityTaskCanceled, id));
}

absl::Status Ledger::FireActivity(absl::Time now, std::int64_t id) {
  OpenActivity* activity = FindActivity(id);
  if (activity == nullptr) return absl::OkStatus();
  const ActivityDue due = cohort::NextDue(activity->rules, activity->attempt);
  if (due.what == DueWhat::kDispatch) {
    Dispatch(id, *activity);
    return absl::OkStatus();
  }
  Failure failure = TimeoutFailureOf(due.what, activity->details);
  if (due.what == DueWhat::kScheduleToClose && activity->last_failure) {
    failure.cause = std::make_shared<Failure>(*activity->last_failure);
  }
  if (due.what != DueWhat::kHeartbeat) failure.details.clear();
  return EndAttempt(now, id, *activity, EventType::kActivityTaskTimedOut,
                    failure);
}

}  // namespace cohort
