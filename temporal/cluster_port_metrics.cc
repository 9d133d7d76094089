// What a port counts: rows of temporal/metric_table.h.
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "cohort/history/history.h"
#include "cohort/history/payload_reader.h"
#include "cohort/markers/codec.h"
#include "cohort/temporal/cluster_port.h"
#include "cohort/temporal/json_values.h"

namespace cohort {
namespace {

// The metric of a command that ends its run; nullopt for others.
std::optional<Metric> EndedBy(CommandKind kind) {
  switch (kind) {
    case CommandKind::kCompleteWorkflow:
      return Metric::kWorkflowCompleted;
    case CommandKind::kFailWorkflow:
      return Metric::kWorkflowFailed;
    case CommandKind::kCancelWorkflow:
      return Metric::kWorkflowCanceled;
    case CommandKind::kContinueAsNew:
      return Metric::kWorkflowContinueAsNew;
    default:
      return std::nullopt;
  }
}

// What the marker of a command says, read as from a history.
std::optional<VersionMarker> MarkerOf(const Command& command) {
  const auto history =
      History::FromJson("[" + RecordingEventJson(command) + "]");
  if (!history.ok()) return std::nullopt;
  PayloadReader reader;
  const auto marker = DecodeVersionMarker(history->events().front(), reader);
  return marker.ok() ? *marker : std::nullopt;
}

}  // namespace

void ClusterPort::NotePoll(const Poller& poller, const nlohmann::json& answer) {
  if (metrics_ == nullptr) return;
  metrics_->Count(Metric::kWorkflowTaskPollSucceed, {poller.queue});
  if (NumberAt(answer, "previousStartedEventId") > 0) {
    const auto history = answer.find("history");
    const bool partial =
        history == answer.end() ||
        history->value("events", nlohmann::json::array()).empty() ||
        NumberAt((*history)["events"][0], "eventId") != 1;
    if (partial) metrics_->Count(Metric::kStickyCacheHit, {poller.queue});
  }
  const auto scheduled = TimeAt(answer, "scheduledTime");
  const auto started = TimeAt(answer, "startedTime");
  if (scheduled.ok() && started.ok()) {
    metrics_->Observe(Metric::kWorkflowTaskScheduleToStart, {poller.queue},
                      *started - *scheduled);
  }
}

void ClusterPort::NoteCompletion(const Open& open, const Emission& emission) {
  if (metrics_ == nullptr) return;
  metrics_->Observe(Metric::kWorkflowTaskExecution, {open.queue, open.type},
                    absl::Now() - open.received);
  for (const Command& command : emission.commands) {
    if (const auto metric = EndedBy(command.kind)) {
      metrics_->Count(*metric, {open.queue, open.type});
    }
    if (command.kind != CommandKind::kRecordVersion) continue;
    if (const auto marker = MarkerOf(command)) {
      metrics_->Count(
          Metric::kVersionDecisions,
          {open.type, marker->change_id, std::to_string(marker->version)});
    }
  }
}

void ClusterPort::NoteFailure(const Open& open, TaskFailure cause) {
  if (metrics_ == nullptr) return;
  const bool diverged = cause == TaskFailure::kNondeterminism;
  metrics_->Count(Metric::kWorkflowTaskFailed,
                  {open.queue, open.type,
                   diverged ? "NonDeterminismError" : "WorkflowError"});
  if (diverged) metrics_->Count(Metric::kNondeterminism, {open.type});
}

void ClusterPort::NoteActivityPoll(const Poller& poller,
                                   const ActivityTask& task) {
  if (metrics_ == nullptr) return;
  metrics_->Observe(Metric::kActivityScheduleToStart, {poller.queue},
                    task.started - task.scheduled);
  const std::lock_guard lock(mutex_);
  activities_[task.token] = {poller.queue, task.type, task.scheduled,
                             absl::Now()};
}

void ClusterPort::NoteActivityEnd(const std::string& token,
                                  ActivityOutcome::End end) {
  if (metrics_ == nullptr) return;
  OpenActivity activity;
  {
    const std::lock_guard lock(mutex_);
    const auto it = activities_.find(token);
    if (it == activities_.end()) return;
    activity = std::move(it->second);
    activities_.erase(it);
  }
  const absl::Time now = absl::Now();
  metrics_->Observe(Metric::kActivityExecution, {activity.queue, activity.type},
                    now - activity.received);
  if (end == ActivityOutcome::End::kFailure) {
    metrics_->Count(Metric::kActivityFailed, {activity.queue, activity.type});
  } else if (end == ActivityOutcome::End::kResult) {
    metrics_->Observe(Metric::kActivitySucceedEndToEnd,
                      {activity.queue, activity.type},
                      now - activity.scheduled);
  }
}

}  // namespace cohort
