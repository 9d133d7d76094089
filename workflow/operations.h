// Handles of operations that have more to them than a result.
//
//   cohort::ChildWorkflow<std::string> child =
//       ctx.StartChild<std::string>(ChildOptions(), "Notify", order_id);
//   cohort::ExternalWorkflow started = co_await child.started();
//   co_await ctx.SignalExternal(started, "hurry");
//   std::string result = co_await child.result();
//
// Handles are copied like futures. Threads: one run, one thread.
// Errors: started() fails with what kept the operation from starting, result()
// with what became of it (workflow/errors.h).
#ifndef COHORT_WORKFLOW_OPERATIONS_H_
#define COHORT_WORKFLOW_OPERATIONS_H_

#include <source_location>
#include <string>
#include <utility>

#include "cohort/workflow/future.h"

namespace cohort {

// One workflow of the namespace; its latest run where run_id is empty.
struct ExternalWorkflow {
  std::string workflow_id;
  std::string run_id;
  bool operator==(const ExternalWorkflow&) const = default;
};

template <>
struct PayloadTraits<ExternalWorkflow> {
  static Payload ToPayload(const ExternalWorkflow& value);
  static absl::Status FromPayload(const Payload& payload,
                                  ExternalWorkflow& value);
};

template <typename R = void>
class ChildWorkflow {
 public:
  ChildWorkflow(Future<ExternalWorkflow> started, Future<R> result)
      : started_(std::move(started)), result_(std::move(result)) {}

  const Future<ExternalWorkflow>& started() const { return started_; }
  const Future<R>& result() const { return result_; }
  // As Future::Cancel of the result.
  void Cancel(std::source_location site = std::source_location::current()) {
    result_.Cancel(site);
  }

 private:
  Future<ExternalWorkflow> started_;
  Future<R> result_;
};

template <typename R = void>
class NexusOperation {
 public:
  NexusOperation(Future<std::string> started, Future<R> result)
      : started_(std::move(started)), result_(std::move(result)) {}

  // The operation's token; "" for one that ended without running for long.
  const Future<std::string>& started() const { return started_; }
  const Future<R>& result() const { return result_; }
  // As Future::Cancel of the result.
  void Cancel(std::source_location site = std::source_location::current()) {
    result_.Cancel(site);
  }

 private:
  Future<std::string> started_;
  Future<R> result_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_OPERATIONS_H_
