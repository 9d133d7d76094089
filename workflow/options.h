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
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/history/command.h"

namespace cohort {

// What a future does when its operation is canceled.
enum class CancellationType : std::uint8_t {
  kTryCancel,  // request it, and fail with CanceledError at once
  kWait,       // request it, and wait for what the operation answers
  kAbandon,    // tell nobody, and fail with CanceledError at once
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
  // Attempts in all; zero: no limit.
  ActivityOptions& MaximumAttempts(int n) { return Set(maximum_attempts_, n); }
  // Waiting time before the second attempt, its factor, and its bound.
  ActivityOptions& Backoff(Duration initial, double factor, Duration maximum) {
    initial_interval_ = initial;
    backoff_ = factor;
    return Set(maximum_interval_, maximum);
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
        {"retryPolicy.initialInterval", initial_interval_},
        {"retryPolicy.backoffCoefficient", backoff_},
        {"retryPolicy.maximumInterval", maximum_interval_},
        {"retryPolicy.maximumAttempts", std::int64_t{maximum_attempts_}},
    };
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
  Duration initial_interval_ = std::chrono::seconds(1);
  Duration maximum_interval_ = std::chrono::seconds(100);
  double backoff_ = 2.0;
  int maximum_attempts_ = 0;
  std::string task_queue_;
  std::string id_;
  CancellationType cancellation_ = CancellationType::kTryCancel;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_OPTIONS_H_
