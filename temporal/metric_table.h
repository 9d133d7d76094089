// The metrics of a worker on a cluster, by the names that the other SDKs have.
//
//   const MetricRow& row = RowOf(Metric::kRequest);
//   row.name == "temporal_request";
//
// Times are in seconds, as in the Go and Java SDKs; names have no unit. The
// last two rows are ours. docs/metrics.md is printed from here.
// Threads and errors: constants.
#ifndef COHORT_TEMPORAL_METRIC_TABLE_H_
#define COHORT_TEMPORAL_METRIC_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cohort {

enum class Metric : std::uint8_t {
  kRequest,
  kRequestFailure,
  kRequestLatency,
  kLongRequest,
  kLongRequestFailure,
  kLongRequestLatency,
  kWorkflowCompleted,
  kWorkflowFailed,
  kWorkflowCanceled,
  kWorkflowContinueAsNew,
  kWorkflowTaskPollEmpty,
  kWorkflowTaskPollSucceed,
  kWorkflowTaskScheduleToStart,
  kWorkflowTaskExecution,
  kWorkflowTaskFailed,
  kActivityPollNoTask,
  kActivityScheduleToStart,
  kActivityExecution,
  kActivitySucceedEndToEnd,
  kActivityFailed,
  kStickyCacheHit,
  kStickyCacheMiss,
  kWorkerStart,
  kVersionDecisions,
  kNondeterminism,
};
inline constexpr std::size_t kMetricCount = 25;

enum class MetricKind : std::uint8_t { kCounter, kHistogram };

// Upper bounds, in seconds: those of the core SDK.
enum class Buckets : std::uint8_t {
  kNone,
  kDefault,
  kTaskExecution,
  kActivityExecution,
  kScheduleToStart,
};

struct MetricRow {
  Metric metric;
  std::string_view name;
  MetricKind kind;
  Buckets buckets;
  // Beside "namespace"; in the order in which their values are given.
  std::array<std::string_view, 4> tags;
  std::string_view meaning;
};

namespace temporal_internal {
using enum Metric;
using enum MetricKind;

// clang-format off
inline constexpr std::array<MetricRow, kMetricCount> kMetricRows = {{
    {kRequest, "temporal_request", kCounter, Buckets::kNone,
     {"operation"}, "calls to the server"},
    {kRequestFailure, "temporal_request_failure", kCounter, Buckets::kNone,
     {"operation", "status_code"}, "those of them that failed"},
    {kRequestLatency, "temporal_request_latency", kHistogram, Buckets::kDefault,
     {"operation"}, "how long they took"},
    {kLongRequest, "temporal_long_request", kCounter, Buckets::kNone,
     {"operation"}, "calls that wait for something"},
    {kLongRequestFailure, "temporal_long_request_failure", kCounter, Buckets::kNone,
     {"operation", "status_code"}, "those of them that failed"},
    {kLongRequestLatency, "temporal_long_request_latency", kHistogram, Buckets::kDefault,
     {"operation"}, "how long they took"},
    {kWorkflowCompleted, "temporal_workflow_completed", kCounter, Buckets::kNone,
     {"task_queue", "workflow_type"}, "runs that completed"},
    {kWorkflowFailed, "temporal_workflow_failed", kCounter, Buckets::kNone,
     {"task_queue", "workflow_type"}, "runs that failed"},
    {kWorkflowCanceled, "temporal_workflow_canceled", kCounter, Buckets::kNone,
     {"task_queue", "workflow_type"}, "runs that ended as canceled"},
    {kWorkflowContinueAsNew, "temporal_workflow_continue_as_new", kCounter, Buckets::kNone,
     {"task_queue", "workflow_type"}, "runs that continued as new"},
    {kWorkflowTaskPollEmpty, "temporal_workflow_task_queue_poll_empty", kCounter, Buckets::kNone,
     {"task_queue"}, "polls without a workflow task"},
    {kWorkflowTaskPollSucceed, "temporal_workflow_task_queue_poll_succeed",
     kCounter, Buckets::kNone,
     {"task_queue"}, "polls with one"},
    {kWorkflowTaskScheduleToStart, "temporal_workflow_task_schedule_to_start_latency", kHistogram,
     Buckets::kScheduleToStart, {"task_queue"}, "how long a workflow task lay in its queue"},
    {kWorkflowTaskExecution, "temporal_workflow_task_execution_latency", kHistogram,
     Buckets::kTaskExecution, {"task_queue",
     "workflow_type"}, "from a task's arrival to its answer"},
    {kWorkflowTaskFailed, "temporal_workflow_task_execution_failed", kCounter, Buckets::kNone,
     {"task_queue", "workflow_type", "failure_reason"},
     "workflow tasks that failed: NonDeterminismError, WorkflowError"},
    {kActivityPollNoTask, "temporal_activity_poll_no_task", kCounter, Buckets::kNone,
     {"task_queue"}, "polls without an activity task"},
    {kActivityScheduleToStart, "temporal_activity_schedule_to_start_latency", kHistogram,
     Buckets::kScheduleToStart, {"task_queue"}, "how long an activity task lay in its queue"},
    {kActivityExecution, "temporal_activity_execution_latency", kHistogram,
     Buckets::kActivityExecution, {"task_queue", "activity_type"}, "how long an attempt took"},
    {kActivitySucceedEndToEnd, "temporal_activity_succeed_endtoend_latency", kHistogram,
     Buckets::kActivityExecution, {"task_queue", "activity_type"},
     "from the first attempt's schedule to success"},
    {kActivityFailed, "temporal_activity_execution_failed", kCounter, Buckets::kNone,
     {"task_queue", "activity_type"}, "attempts that failed"},
    {kStickyCacheHit, "temporal_sticky_cache_hit", kCounter, Buckets::kNone,
     {"task_queue"}, "workflow tasks that came with new events only"},
    {kStickyCacheMiss, "temporal_sticky_cache_miss", kCounter, Buckets::kNone,
     {"task_queue"}, "those of them whose run was no longer cached"},
    {kWorkerStart, "temporal_worker_start", kCounter, Buckets::kNone,
     {"task_queue"}, "workers that began to poll"},
    {kVersionDecisions, "cohort_version_decisions_total", kCounter, Buckets::kNone,
     {"workflow_type", "change_id", "version"}, "first answers that were recorded"},
    {kNondeterminism, "cohort_nondeterminism_total", kCounter, Buckets::kNone,
     {"workflow_type"}, "tasks on which code and history disagree, each attempt"},
}};
// clang-format on

consteval bool InOrder() {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    if (kMetricRows[i].metric != static_cast<Metric>(i)) return false;
  }
  return true;
}
static_assert(InOrder());

}  // namespace temporal_internal

constexpr const MetricRow& RowOf(Metric metric) {
  return temporal_internal::kMetricRows[static_cast<std::size_t>(metric)];
}
inline std::span<const MetricRow> MetricRows() {
  return temporal_internal::kMetricRows;
}

std::span<const double> BoundsOf(Buckets buckets);

// The table of docs/metrics.md, in Markdown.
std::string MetricsText();

}  // namespace cohort

#endif  // COHORT_TEMPORAL_METRIC_TABLE_H_
