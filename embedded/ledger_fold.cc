// Apply: what each event changes. The same for events that are added and for
// those of a run that is loaded.

#include <algorithm>

#include "cohort/base/status.h"
#include "cohort/embedded/ledger.h"
#include "cohort/engine/kinds.h"
#include "cohort/history/event_table.h"
#include "cohort/history/time.h"
#include "cohort/markers/dialect.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

// A JSON list of texts; empty for anything else.
std::vector<std::string> TextsOf(std::string_view json) {
  const auto list = nlohmann::json::parse(json, nullptr, false);
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const auto& element : list) {
    if (element.is_string()) texts.push_back(element.get<std::string>());
  }
  return texts;
}

}  // namespace

void Ledger::ForgetTimer(std::int64_t event_id) {
  const auto timer = timers_.find(event_id);
  if (timer == timers_.end()) return;
  if (!timer->second.over) {
    SetDue(&timer->second.at, event_id, absl::InfiniteFuture());
  }
  timers_.erase(timer);
}

absl::Status Ledger::Apply(const Event& event) {
  if (const auto status = EndedBy(event.type)) {
    status_ = *status;
    ApplyEnd(event);
    return absl::OkStatus();
  }
  if (const OutcomeRow* row = OutcomeOf(event.type);
      row != nullptr && row->input == Input::kSettled) {
    ForgetTimer(event.subject);
    if (const auto a = activities_.find(event.subject);
        a != activities_.end()) {
      SetDue(&a->second.due, event.subject, absl::InfiniteFuture());
      changes_.attempts[event.subject] = std::nullopt;
      activities_.erase(a);
    }
    children_.erase(event.subject);
    return absl::OkStatus();
  }
  switch (event.type) {
    case EventType::kWorkflowExecutionStarted:
      return ApplyStart(event);
    case EventType::kWorkflowTaskScheduled:
    case EventType::kWorkflowTaskStarted:
    case EventType::kWorkflowTaskCompleted:
    case EventType::kWorkflowTaskFailed:
    case EventType::kWorkflowTaskTimedOut:
      ApplyTaskEdge(event);
      return absl::OkStatus();
    case EventType::kActivityTaskScheduled:
      return ApplyActivityScheduled(event);
    case EventType::kActivityTaskCancelRequested:
      if (OpenActivity* activity = FindActivity(event.subject)) {
        activity->cancel_requested = true;
      }
      return absl::OkStatus();
    case EventType::kTimerStarted:
      return ApplyTimerStarted(event);
    case EventType::kTimerCanceled:
      ForgetTimer(event.subject);
      return absl::OkStatus();
    case EventType::kStartChildWorkflowExecutionInitiated:
    case EventType::kChildWorkflowExecutionStarted:
      return ApplyChild(event);
    case EventType::kUpsertWorkflowSearchAttributes:
      return ApplyUpsert(event);
    case EventType::kWorkflowExecutionCancelRequested:
      cancel_requested_ = true;
      return absl::OkStatus();
    case EventType::kWorkflowExecutionUpdateAccepted:
      updates_[std::string(event.key())].stage = UpdateState::Stage::kAccepted;
      return absl::OkStatus();
    case EventType::kWorkflowExecutionUpdateCompleted: {
      UpdateState& update = updates_[std::string(event.key())];
      update.stage = UpdateState::Stage::kCompleted;
      update.event_id = event.id;
      return absl::OkStatus();
    }
    default:
      return absl::OkStatus();
  }
}

absl::StatusOr<absl::Duration> Ledger::ReadDuration(const Event& event,
                                                    std::string_view path) {
  COHORT_ASSIGN_OR_RETURN(const std::string text,
                          reader_.ReadAttributeText(event, path));
  if (text.empty()) return absl::ZeroDuration();
  COHORT_ASSIGN_OR_RETURN(const Nanoseconds duration, ParseDuration(text));
  return absl::FromChrono(duration);
}

absl::Status Ledger::ApplyStart(const Event& event) {
  start_.workflow_type = event.name();
  start_.workflow_id = event.key();
  start_.run_id = event.text(Text::kControl);
  COHORT_ASSIGN_OR_RETURN(start_.started, ParseTime(event.time));
  const auto read = [&](std::string_view path,
                        std::string* into) -> absl::Status {
    COHORT_ASSIGN_OR_RETURN(*into, reader_.ReadAttributeText(event, path));
    return absl::OkStatus();
  };
  COHORT_RETURN_IF_ERROR(read("taskQueue.name", &start_.queue));
  COHORT_RETURN_IF_ERROR(read("firstExecutionRunId", &start_.first_run_id));
  COHORT_RETURN_IF_ERROR(
      read("parentWorkflowExecution.workflowId", &start_.parent_workflow_id));
  COHORT_RETURN_IF_ERROR(
      read("parentWorkflowExecution.runId", &start_.parent_run_id));
  std::string parent_event;
  COHORT_RETURN_IF_ERROR(read("parentInitiatedEventId", &parent_event));
  start_.parent_event = parent_event.empty()
                            ? 0
                            : std::strtoll(parent_event.c_str(), nullptr, 10);
  COHORT_ASSIGN_OR_RETURN(start_.execution_timeout,
                          ReadDuration(event, "workflowExecutionTimeout"));
  COHORT_ASSIGN_OR_RETURN(start_.run_timeout,
                          ReadDuration(event, "workflowRunTimeout"));
  COHORT_ASSIGN_OR_RETURN(const absl::Duration task_timeout,
                          ReadDuration(event, "workflowTaskTimeout"));
  if (task_timeout > absl::ZeroDuration()) start_.task_timeout = task_timeout;
  COHORT_ASSIGN_OR_RETURN(const absl::Duration delay,
                          ReadDuration(event, "firstWorkflowTaskBackoff"));
  if (delay > absl::ZeroDuration()) {
    task_.open = true;
    task_.scheduled = start_.started + delay;
    SetDue(&task_.due, 0, task_.scheduled);
  }
  std::string expires;
  COHORT_RETURN_IF_ERROR(read("workflowExecutionExpirationTime", &expires));
  if (!expires.empty()) {
    COHORT_ASSIGN_OR_RETURN(start_.expires, ParseTime(expires));
  }
  SetRunDue(start_.started + delay);
  return absl::OkStatus();
}

absl::StatusOr<RetryRules> Ledger::ReadRetry(const Event& event) {
  RetryRules rules;
  COHORT_ASSIGN_OR_RETURN(const JsonView policy,
                          reader_.FindAttribute(event, "retryPolicy"));
  if (policy.empty()) return rules;
  COHORT_ASSIGN_OR_RETURN(rules.initial,
                          ReadDuration(event, "retryPolicy.initialInterval"));
  COHORT_ASSIGN_OR_RETURN(rules.maximum,
                          ReadDuration(event, "retryPolicy.maximumInterval"));
  const auto json = nlohmann::json::parse(policy.text, nullptr, false);
  if (json.is_discarded()) {
    return DataLoss("event {}: its retry policy is no JSON", event.id);
  }
  if (json.contains("backoffCoefficient")) {
    rules.factor = json["backoffCoefficient"].get<double>();
  }
  COHORT_ASSIGN_OR_RETURN(
      const std::string attempts,
      reader_.ReadAttributeText(event, "retryPolicy.maximumAttempts"));
  rules.attempts_max = std::strtoll(attempts.c_str(), nullptr, 10);
  if (json.contains("nonRetryableErrorTypes")) {
    rules.non_retryable = TextsOf(json["nonRetryableErrorTypes"].dump());
  }
  return rules;
}

absl::Status Ledger::ApplyActivityScheduled(const Event& event) {
  OpenActivity activity;
  activity.id = event.key();
  activity.type = event.name();
  activity.queue = event.text(Text::kScope);
  if (activity.queue.empty()) activity.queue = start_.queue;
  ActivityRules& rules = activity.rules;
  COHORT_ASSIGN_OR_RETURN(rules.schedule_to_start,
                          ReadDuration(event, "scheduleToStartTimeout"));
  COHORT_ASSIGN_OR_RETURN(rules.start_to_close,
                          ReadDuration(event, "startToCloseTimeout"));
  COHORT_ASSIGN_OR_RETURN(rules.schedule_to_close,
                          ReadDuration(event, "scheduleToCloseTimeout"));
  COHORT_ASSIGN_OR_RETURN(rules.heartbeat,
                          ReadDuration(event, "heartbeatTimeout"));
  COHORT_ASSIGN_OR_RETURN(rules.retry, ReadRetry(event));
  COHORT_ASSIGN_OR_RETURN(activity.input, reader_.ReadPayloads(event.input));
  COHORT_ASSIGN_OR_RETURN(activity.attempt.scheduled, ParseTime(event.time));
  activity.attempt.first_scheduled = activity.attempt.scheduled;
  activities_[event.id] = std::move(activity);
  return absl::OkStatus();
}

absl::Status Ledger::ApplyTimerStarted(const Event& event) {
  OpenTimer timer;
  timer.id = event.key();
  COHORT_ASSIGN_OR_RETURN(const absl::Duration duration,
                          ReadDuration(event, "startToFireTimeout"));
  COHORT_ASSIGN_OR_RETURN(const absl::Time started, ParseTime(event.time));
  timer.at = absl::InfiniteFuture();
  SetDue(&timer.at, event.id, started + duration);
  timers_[event.id] = std::move(timer);
  return absl::OkStatus();
}

absl::Status Ledger::ApplyChild(const Event& event) {
  if (event.type == EventType::kChildWorkflowExecutionStarted) {
    const auto child = children_.find(event.subject);
    if (child != children_.end()) {
      child->second.run_id = event.text(Text::kControl);
    }
    return absl::OkStatus();
  }
  OpenChild child;
  child.workflow_id = event.key();
  child.type = event.name();
  COHORT_ASSIGN_OR_RETURN(child.close_policy, reader_.ReadAttributeText(
                                                  event, "parentClosePolicy"));
  children_[event.id] = std::move(child);
  return absl::OkStatus();
}

absl::Status Ledger::ApplyUpsert(const Event& event) {
  COHORT_ASSIGN_OR_RETURN(const PayloadMap attributes,
                          reader_.ReadPayloadMap(event.details));
  const auto versions = attributes.find(kChangeVersionAttribute);
  if (versions != attributes.end()) {
    change_versions_ = TextsOf(versions->second.data);
  }
  return absl::OkStatus();
}

void Ledger::ApplyTaskEdge(const Event& event) {
  switch (event.type) {
    case EventType::kWorkflowTaskScheduled:
      task_.open = true;
      task_.written = true;
      task_.speculative = false;
      task_.scheduled_id = event.id;
      SetDue(&task_.due, 0, absl::InfiniteFuture());  // the delay is over
      break;
    case EventType::kWorkflowTaskCompleted:
      for (const Text field : {Text::kScope, Text::kId, Text::kName}) {
        if (event.text(field).empty()) continue;
        build_id_ = event.text(field);
        break;
      }
      [[fallthrough]];
    case EventType::kWorkflowTaskFailed:
    case EventType::kWorkflowTaskTimedOut:
      task_.open = task_.written = task_.started = task_.speculative = false;
      if (event.type == EventType::kWorkflowTaskFailed &&
          !event.key().empty()) {
        ApplyReset(event);
      }
      break;
    default:
      break;
  }
}

// A reset gives the run a new id, and all its time again.
void Ledger::ApplyReset(const Event& event) {
  start_.run_id = event.key();
  const absl::StatusOr<absl::Time> time = ParseTime(event.time);
  if (!time.ok()) return;
  if (start_.execution_timeout > absl::ZeroDuration()) {
    start_.expires = *time + start_.execution_timeout;
  }
  SetRunDue(*time);
}

void Ledger::ApplyEnd(const Event& event) {
  if (const auto time = ParseTime(event.time); time.ok()) closed_at_ = *time;
  CloseAll();
}

}  // namespace cohort
