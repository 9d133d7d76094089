#include <algorithm>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/temporal/cluster_port.h"
#include "cohort/temporal/json_values.h"

namespace cohort {
namespace {

using Json = nlohmann::json;

constexpr absl::Duration kPoll = absl::Seconds(70);

absl::StatusOr<ActivityTask> ActivityOf(const Json& answer) {
  ActivityTask task;
  task.token = TextAt(answer, "taskToken");
  const Json execution = answer.value("workflowExecution", Json::object());
  task.workflow_id = TextAt(execution, "workflowId");
  task.run_id = TextAt(execution, "runId");
  task.workflow_type =
      TextAt(answer.value("workflowType", Json::object()), "name");
  task.activity_id = TextAt(answer, "activityId");
  task.type = TextAt(answer.value("activityType", Json::object()), "name");
  COHORT_ASSIGN_OR_RETURN(task.input, PayloadsAt(answer, "input"));
  COHORT_ASSIGN_OR_RETURN(task.heartbeat_details,
                          PayloadsAt(answer, "heartbeatDetails"));
  task.attempt = std::max<std::int64_t>(NumberAt(answer, "attempt"), 1);
  COHORT_ASSIGN_OR_RETURN(task.scheduled, TimeAt(answer, "scheduledTime"));
  COHORT_ASSIGN_OR_RETURN(task.started, TimeAt(answer, "startedTime"));
  COHORT_ASSIGN_OR_RETURN(task.heartbeat_timeout,
                          DurationAt(answer, "heartbeatTimeout"));
  COHORT_ASSIGN_OR_RETURN(const absl::Duration of_attempt,
                          DurationAt(answer, "startToCloseTimeout"));
  COHORT_ASSIGN_OR_RETURN(const absl::Duration of_all,
                          DurationAt(answer, "scheduleToCloseTimeout"));
  if (of_attempt > absl::ZeroDuration()) {
    task.deadline = task.started + of_attempt;
  }
  if (of_all > absl::ZeroDuration()) {
    task.deadline = std::min(task.deadline, task.scheduled + of_all);
  }
  return task;
}

}  // namespace

absl::StatusOr<std::optional<ActivityTask>> ClusterPort::PollActivity(
    const Poller& poller, absl::Duration /*wait*/) {
  const std::string group = fmt::format("{}/{}", poller.queue, poller.worker);
  {
    const std::lock_guard lock(mutex_);
    if (!workers_.contains(group)) {
      return absl::CancelledError("the worker left");
    }
  }
  const auto answer = service_->CallJson(
      "PollActivityTaskQueue",
      {{"taskQueue",
        {{"name", poller.queue}, {"kind", "TASK_QUEUE_KIND_NORMAL"}}},
       {"identity", service_->identity()}},
      {.timeout = kPoll, .long_poll = true, .group = group});
  const bool late = absl::IsDeadlineExceeded(answer.status());
  if (!late && !answer.ok()) return answer.status();
  if (late || TextAt(*answer, "taskToken").empty()) {
    if (metrics_ != nullptr) {
      metrics_->Count(Metric::kActivityPollNoTask, {poller.queue});
    }
    return std::optional<ActivityTask>();
  }
  COHORT_ASSIGN_OR_RETURN(ActivityTask task, ActivityOf(*answer));
  NoteActivityPoll(poller, task);
  return std::optional(std::move(task));
}

absl::Status ClusterPort::CompleteActivity(const std::string& token,
                                           Payloads result) {
  NoteActivityEnd(token, ActivityOutcome::End::kResult);
  return service_
      ->CallJson("RespondActivityTaskCompleted",
                 {{"taskToken", token},
                  {"result", PayloadsJson(result)},
                  {"identity", service_->identity()}})
      .status();
}

absl::Status ClusterPort::FailActivity(const std::string& token,
                                       Failure failure) {
  NoteActivityEnd(token, ActivityOutcome::End::kFailure);
  return service_
      ->CallJson("RespondActivityTaskFailed",
                 {{"taskToken", token},
                  {"failure", FailureJson(failure)},
                  {"identity", service_->identity()}})
      .status();
}

absl::Status ClusterPort::CancelActivity(const std::string& token,
                                         Payloads details) {
  NoteActivityEnd(token, ActivityOutcome::End::kCanceled);
  return service_
      ->CallJson("RespondActivityTaskCanceled",
                 {{"taskToken", token},
                  {"details", PayloadsJson(details)},
                  {"identity", service_->identity()}})
      .status();
}

// The server holds nothing of an attempt but its timeouts.
void ClusterPort::LeaveOpen(const std::string& token) {
  NoteActivityEnd(token, ActivityOutcome::End::kElsewhere);
}

absl::StatusOr<bool> ClusterPort::Heartbeat(const std::string& token,
                                            Payloads details) {
  COHORT_ASSIGN_OR_RETURN(
      const Json answer,
      service_->CallJson("RecordActivityTaskHeartbeat",
                         {{"taskToken", token},
                          {"details", PayloadsJson(details)},
                          {"identity", service_->identity()}}));
  return answer.value("cancelRequested", false);
}

}  // namespace cohort
