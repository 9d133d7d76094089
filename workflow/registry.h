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
#include <initializer_list>
#include <map>
#include <span>
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
#include "cohort/workflow/task.h"

namespace cohort {

struct WorkflowDefinition {
  std::string name;
  // Makes the run's first task from the recorded input.
  std::function<Task<void>(Context&, Payloads)> start;
  std::vector<Change> changes;
};

namespace workflow_internal {

template <typename T>
inline constexpr bool kIsView = false;
template <typename C, typename Tr>
inline constexpr bool kIsView<std::basic_string_view<C, Tr>> = true;
template <typename T, std::size_t N>
inline constexpr bool kIsView<std::span<T, N>> = true;

template <typename T>
constexpr void CheckParameter() {
  static_assert(!std::is_reference_v<T>,
                "workflow functions take their arguments by value: a reference "
                "dangles at the first co_await");
  static_assert(!std::is_pointer_v<T>,
                "workflow functions take their arguments by value, not by "
                "pointer");
  static_assert(!kIsView<std::remove_cvref_t<T>>,
                "workflow functions take std::string or std::vector, not a "
                "view: nothing would own what it shows");
}

// Closes the run as its first task ends: by value, or by what it throws.
void CloseWithResult(Context& ctx, Payloads result);
void CloseWithException(Context& ctx, std::exception_ptr error);
absl::Status BadArgument(std::size_t index, const absl::Status& cause);

template <typename T>
absl::Status ReadArgument(const Payloads& input, std::size_t index, T& value) {
  if (index >= input.size()) return absl::OkStatus();  // missing: default
  absl::Status status = PayloadTraits<T>::FromPayload(input[index], value);
  return status.ok() ? status : BadArgument(index, status);
}

template <typename R, typename... Args, std::size_t... I>
Task<void> RunWorkflow(Context& ctx, Task<R> (*function)(Context&, Args...),
                       Payloads input, std::index_sequence<I...>) {
  std::tuple<std::remove_cvref_t<Args>...> args;
  absl::Status status;
  (status.Update(ReadArgument(input, I, std::get<I>(args))), ...);
  if (!status.ok()) ctx.Refuse(status, std::source_location::current());
  std::exception_ptr error;
  try {
    if constexpr (std::is_void_v<R>) {
      co_await function(ctx, std::move(std::get<I>(args))...);
      CloseWithResult(ctx, {});
    } else {
      R result = co_await function(ctx, std::move(std::get<I>(args))...);
      CloseWithResult(ctx, ctx.host().state().wants_arguments
                               ? ToPayloads(result)
                               : Payloads{});
    }
  } catch (...) {
    error = std::current_exception();
  }
  if (error) CloseWithException(ctx, error);
}

}  // namespace workflow_internal

class Registry {
 public:
  template <typename R, typename... Args>
  Registry& Workflow(std::string name, Task<R> (*function)(Context&, Args...),
                     std::initializer_list<Change> changes = {}) {
    (workflow_internal::CheckParameter<Args>(), ...);
    return Add({std::move(name),
                [function](Context& ctx, Payloads input) {
                  return workflow_internal::RunWorkflow(
                      ctx, function, std::move(input),
                      std::index_sequence_for<Args...>());
                },
                changes});
  }
  // The same for a lambda without captures.
  template <typename F>
    requires(!std::is_pointer_v<std::decay_t<F>>)
  Registry& Workflow(std::string name, F function,
                     std::initializer_list<Change> changes = {}) {
    return Workflow(std::move(name), +function, changes);
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
