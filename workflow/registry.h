// Registry: which workflows a program has, by their names in histories.
//
//   cohort::Registry registry;
//   registry.Workflow("Order", Order, {kStep1});
//   COHORT_RETURN_IF_ERROR(registry.status());
//
// There is no global registry. A workflow is a function that returns Task<R>
// and takes Context& and its arguments by value; its declared changes are what
// coverage and retirement join with histories.
//
// Threads: fill it in one; then it may be read by many.
// Errors: the first wrong or double name is kept in status(); whoever uses the
// registry reports it.
#ifndef COHORT_WORKFLOW_REGISTRY_H_
#define COHORT_WORKFLOW_REGISTRY_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "cohort/versioning/version.h"
#include "cohort/workflow/context.h"
#include "cohort/workflow/convert.h"
#include "cohort/workflow/handlers.h"
#include "cohort/workflow/parameters.h"
#include "cohort/workflow/task.h"

namespace cohort {

struct WorkflowDefinition {
  std::string name;
  // Makes the run's first task from the recorded input.
  std::function<Task<void>(Context&, Payloads)> start;
  std::vector<Change> changes;
};

namespace workflow_internal {

// Closes the run as its first task ends: by value, or by what it throws.
void CloseWithResult(Host& host, Payloads result);

template <typename R, typename... Args, std::size_t... I>
Task<void> RunWorkflow(Context& ctx, Task<R> (*function)(Context&, Args...),
                       Payloads input, std::index_sequence<I...>) {
  co_await LibraryCode();
  std::tuple<std::remove_cvref_t<Args>...> args;
  absl::Status status = ReadArguments(input, args);
  if (!status.ok()) ctx.Refuse(status, std::source_location::current());
  std::exception_ptr error;
  try {
    if constexpr (std::is_void_v<R>) {
      co_await function(ctx, std::move(std::get<I>(args))...);
      CloseWithResult(ctx.host(), {});
    } else {
      R result = co_await function(ctx, std::move(std::get<I>(args))...);
      CloseWithResult(ctx.host(), ctx.host().state().wants_arguments
                                      ? ctx.host().Encode({}, result)
                                      : Payloads{});
    }
  } catch (...) {
    error = std::current_exception();
  }
  if (error) CloseWithException(ctx.host(), error);
}

}  // namespace workflow_internal

class Registry {
 public:
  template <typename R, typename... Args>
  Registry& Workflow(std::string name, Task<R> (*function)(Context&, Args...),
                     std::vector<Change> changes = {}) {
    (workflow_internal::CheckParameter<Args>(), ...);
    return Add({std::move(name),
                [function](Context& ctx, Payloads input) {
                  return workflow_internal::RunWorkflow(
                      ctx, function, std::move(input),
                      std::index_sequence_for<Args...>());
                },
                std::move(changes)});
  }
  // The same for a lambda without captures.
  template <typename F>
    requires(!std::is_pointer_v<std::decay_t<F>>)
  Registry& Workflow(std::string name, F function,
                     std::vector<Change> changes = {}) {
    return Workflow(std::move(name), +function, std::move(changes));
  }

  // The first error of all calls.
  const absl::Status& status() const { return status_; }
  // Null when there is none of that name. A Go program's names may carry the
  // package ("main.Order"): the whole name is looked for first, then what
  // stands behind its last dot.
  const WorkflowDefinition* Find(std::string_view name) const;
  // In the order of names.
  const std::map<std::string, WorkflowDefinition, std::less<>>& workflows()
      const {
    return workflows_;
  }

 private:
  Registry& Add(WorkflowDefinition definition);

  std::map<std::string, WorkflowDefinition, std::less<>> workflows_;
  absl::Status status_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_REGISTRY_H_
