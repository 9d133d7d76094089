// Options of the calls on Context: constructors and chained setters.
//
//   co_await ctx.Activity<void>(
//       cohort::ActivityOptions().StartToClose(10s).MaximumAttempts(3),
//       "charge", order);
//
// They are no aggregates on purpose: g++ 12 destroys an aggregate that is a
// temporary in a co_await expression twice (docs/compilers.md).
#ifndef COHORT_WORKFLOW_OPTIONS_H_
#define COHORT_WORKFLOW_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/history/command.h"
#include "cohort/history/payload.h"

namespace cohort {

// What a future does when its operation is canceled.
enum class CancellationType : std::uint8_t {
  kTryCancel,  // request it, and fail with CanceledError at once
  kWait,       // request it, and wait for what the operation answers
  kAbandon,    // tell nobody, and fail with CanceledError at once
  // Children and Nexus operations: request it, and fail with CanceledError when
  // the request has arrived. Others take it as kWait.
  kWaitRequested,
};

// What becomes of a child workflow whose parent closes.
enum class ParentClosePolicy : std::uint8_t {
  kTerminate,
  kAbandon,
  kRequestCancel,
};

// How often and when a failed attempt is tried again.
class RetryPolicy {
 public:
  using Duration = Nanoseconds;

  // Attempts in all; zero: no limit.
  RetryPolicy& MaximumAttempts(int n) { return Set(maximum_attempts_, n); }
  // Waiting time before the second attempt, its factor, and its bound.
  RetryPolicy& Backoff(Duration initial, double factor, Duration maximum) {
    initial_interval_ = initial;
    backoff_ = factor;
    return Set(maximum_interval_, maximum);
  }
  // Types of application errors that are final.
  RetryPolicy& NonRetryable(std::vector<std::string> types) {
    return Set(non_retryable_, std::move(types));
  }

  // The fields of temporal.api.common.v1.RetryPolicy, below `retryPolicy`.
  void AppendTo(std::vector<Attribute>& out) const {
    out.push_back({"retryPolicy.initialInterval", initial_interval_});
    out.push_back({"retryPolicy.backoffCoefficient", backoff_});
    out.push_back({"retryPolicy.maximumInterval", maximum_interval_});
    out.push_back(
        {"retryPolicy.maximumAttempts", std::int64_t{maximum_attempts_}});
    for (const std::string& type : non_retryable_) {
      out.push_back({"retryPolicy.nonRetryableErrorTypes[]", type});
    }
  }

 private:
  template <typename T>
  RetryPolicy& Set(T& field, T value) {
    field = std::move(value);
    return *this;
  }

  Duration initial_interval_ = std::chrono::seconds(1);
  Duration maximum_interval_ = std::chrono::seconds(100);
  double backoff_ = 2.0;
  int maximum_attempts_ = 0;
  std::vector<std::string> non_retryable_;
};

class ActivityOptions {
 public:
  using Duration = Nanoseconds;

  ActivityOptions() = default;

  // How long one attempt may take. Default: one minute.
  ActivityOptions& StartToClose(Duration d) { return Set(start_to_close_, d); }
  // How long all attempts together may take; zero: as long as the run.
  ActivityOptions& ScheduleToClose(Duration d) {
    return Set(schedule_to_close_, d);
  }
  // How long an attempt may wait for a worker; zero: no limit.
  ActivityOptions& ScheduleToStart(Duration d) {
    return Set(schedule_to_start_, d);
  }
  // The longest silence between two heartbeats; zero: none are expected.
  ActivityOptions& Heartbeat(Duration d) { return Set(heartbeat_, d); }
  // The default retries without limit, as servers do.
  ActivityOptions& Retry(RetryPolicy policy) {
    return Set(retry_, std::move(policy));
  }
  ActivityOptions& MaximumAttempts(int n) {
    retry_.MaximumAttempts(n);
    return *this;
  }
  ActivityOptions& Backoff(Duration initial, double factor, Duration maximum) {
    retry_.Backoff(initial, factor, maximum);
    return *this;
  }
  ActivityOptions& TaskQueue(std::string name) {
    return Set(task_queue_, std::move(name));
  }
  // An id of the code's own choice. It is then part of what must agree with
  // history; otherwise ids are given by the engine and adopted on replay.
  ActivityOptions& Id(std::string id) { return Set(id_, std::move(id)); }
  ActivityOptions& Cancellation(CancellationType type) {
    return Set(cancellation_, type);
  }

  std::string_view id() const { return id_; }
  CancellationType cancellation() const { return cancellation_; }

  // The fields of ScheduleActivityTaskCommandAttributes that these set.
  std::vector<Attribute> Attributes() const {
    std::vector<Attribute> out{
        {"startToCloseTimeout", start_to_close_},
        {"scheduleToCloseTimeout", schedule_to_close_},
        {"scheduleToStartTimeout", schedule_to_start_},
        {"heartbeatTimeout", heartbeat_},
    };
    retry_.AppendTo(out);
    if (!task_queue_.empty()) out.push_back({"taskQueue.name", task_queue_});
    return out;
  }

 private:
  template <typename T>
  ActivityOptions& Set(T& field, T value) {
    field = std::move(value);
    return *this;
  }

  Duration start_to_close_ = std::chrono::minutes(1);
  Duration schedule_to_close_{0};
  Duration schedule_to_start_{0};
  Duration heartbeat_{0};
  RetryPolicy retry_;
  std::string task_queue_;
  std::string id_;
  CancellationType cancellation_ = CancellationType::kTryCancel;
};

// An activity that runs in the worker's own process, inside the workflow task.
class LocalActivityOptions {
 public:
  using Duration = Nanoseconds;

  LocalActivityOptions() = default;

  // How long one attempt may take. Default: ten seconds.
  LocalActivityOptions& StartToClose(Duration d) {
    return Set(start_to_close_, d);
  }
  // How long all attempts together may take; zero: no limit.
  LocalActivityOptions& ScheduleToClose(Duration d) {
    return Set(schedule_to_close_, d);
  }
  LocalActivityOptions& Retry(RetryPolicy policy) {
    return Set(retry_, std::move(policy));
  }
  // A wait before the next attempt that is longer than this is a timer of the
  // run, so that the workflow task can end. Default: one minute.
  LocalActivityOptions& LocalRetryThreshold(Duration d) {
    return Set(local_retry_threshold_, d);
  }
  LocalActivityOptions& Cancellation(CancellationType type) {
    return Set(cancellation_, type);
  }

  CancellationType cancellation() const { return cancellation_; }

  // For whoever runs it; nothing of this is recorded.
  std::vector<Attribute> Attributes() const {
    std::vector<Attribute> out{
        {"startToCloseTimeout", start_to_close_},
        {"scheduleToCloseTimeout", schedule_to_close_},
        {"localRetryThreshold", local_retry_threshold_},
    };
    retry_.AppendTo(out);
    return out;
  }

 private:
  template <typename T>
  LocalActivityOptions& Set(T& field, T value) {
    field = std::move(value);
    return *this;
  }

  Duration start_to_close_ = std::chrono::seconds(10);
  Duration schedule_to_close_{0};
  Duration local_retry_threshold_ = std::chrono::minutes(1);
  RetryPolicy retry_;
  CancellationType cancellation_ = CancellationType::kTryCancel;
};

class ChildOptions {
 public:
  using Duration = Nanoseconds;

  ChildOptions() = default;

  // The child's workflow id. It is then part of what must agree with history;
  // otherwise the engine gives one, and adopts history's on replay.
  ChildOptions& WorkflowId(std::string id) { return Set(id_, std::move(id)); }
  ChildOptions& Namespace(std::string name) {
    return Set(namespace_, std::move(name));
  }
  // Default: the parent's.
  ChildOptions& TaskQueue(std::string name) {
    return Set(task_queue_, std::move(name));
  }
  // How long all its runs together, one run, and one workflow task may take;
  // zero: the server's default.
  ChildOptions& ExecutionTimeout(Duration d) {
    return Set(execution_timeout_, d);
  }
  ChildOptions& RunTimeout(Duration d) { return Set(run_timeout_, d); }
  ChildOptions& TaskTimeout(Duration d) { return Set(task_timeout_, d); }
  // A child is not retried unless this is given.
  ChildOptions& Retry(RetryPolicy policy) {
    return Set(retry_, std::optional<RetryPolicy>(std::move(policy)));
  }
  ChildOptions& OnParentClose(ParentClosePolicy policy) {
    return Set(parent_close_, policy);
  }
  // Default: wait until the child has ended as canceled.
  ChildOptions& Cancellation(CancellationType type) {
    return Set(cancellation_, type);
  }

  std::string_view workflow_id() const { return id_; }
  std::string_view namespace_name() const { return namespace_; }
  CancellationType cancellation() const { return cancellation_; }

  // The fields of StartChildWorkflowExecutionCommandAttributes that these set.
  std::vector<Attribute> Attributes() const;

 private:
  template <typename T>
  ChildOptions& Set(T& field, T value) {
    field = std::move(value);
    return *this;
  }

  std::string id_;
  std::string namespace_;
  std::string task_queue_;
  Duration execution_timeout_{0};
  Duration run_timeout_{0};
  Duration task_timeout_{0};
  std::optional<RetryPolicy> retry_;
  ParentClosePolicy parent_close_ = ParentClosePolicy::kTerminate;
  CancellationType cancellation_ = CancellationType::kWait;
};

// Of the run that comes after this one; what is not set stays as it is.
class ContinueAsNewOptions {
 public:
  using Duration = Nanoseconds;

  // `site` is the line that a divergence names.
  explicit ContinueAsNewOptions(
      std::source_location site = std::source_location::current())
      : site_(site) {}

  // Go on as another workflow.
  ContinueAsNewOptions& WorkflowType(std::string name) {
    return Set(workflow_type_, std::move(name));
  }
  ContinueAsNewOptions& TaskQueue(std::string name) {
    return Set(task_queue_, std::move(name));
  }
  // How long that run, and one of its workflow tasks, may take.
  ContinueAsNewOptions& RunTimeout(Duration d) { return Set(run_timeout_, d); }
  ContinueAsNewOptions& TaskTimeout(Duration d) {
    return Set(task_timeout_, d);
  }
  // Its memo, in place of this run's.
  ContinueAsNewOptions& Memo(PayloadMap fields) {
    return Set(memo_, std::move(fields));
  }

  const std::string& workflow_type() const { return workflow_type_; }
  const std::string& task_queue() const { return task_queue_; }
  const PayloadMap& memo() const { return memo_; }
  const std::source_location& site() const { return site_; }

  // The other fields of ContinueAsNewWorkflowExecutionCommandAttributes that
  // are set.
  std::vector<Attribute> Attributes() const;

 private:
  template <typename T>
  ContinueAsNewOptions& Set(T& field, T value) {
    field = std::move(value);
    return *this;
  }

  std::source_location site_;
  std::string workflow_type_;
  std::string task_queue_;
  Duration run_timeout_{0};
  Duration task_timeout_{0};
  PayloadMap memo_;
};

class NexusOptions {
 public:
  using Duration = Nanoseconds;

  NexusOptions(std::string endpoint, std::string service)
      : endpoint_(std::move(endpoint)), service_(std::move(service)) {}

  // How long the operation may take in all; zero: no limit.
  NexusOptions& ScheduleToClose(Duration d) {
    return Set(schedule_to_close_, d);
  }
  // Default: wait until the operation has ended as canceled.
  NexusOptions& Cancellation(CancellationType type) {
    return Set(cancellation_, type);
  }

  const std::string& endpoint() const { return endpoint_; }
  const std::string& service() const { return service_; }
  CancellationType cancellation() const { return cancellation_; }

  // The fields of ScheduleNexusOperationCommandAttributes that these set.
  std::vector<Attribute> Attributes() const {
    return {{"scheduleToCloseTimeout", schedule_to_close_}};
  }

 private:
  template <typename T>
  NexusOptions& Set(T& field, T value) {
    field = std::move(value);
    return *this;
  }

  std::string endpoint_;
  std::string service_;
  Duration schedule_to_close_{0};
  CancellationType cancellation_ = CancellationType::kWait;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_OPTIONS_H_
