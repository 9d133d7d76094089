// Signal, query and update handlers: from user functions to what a Host calls.
//
//   ctx.OnSignal("greet", [&](std::string name) { ++greeted; });
//   ctx.OnQuery("greeted", [&] { return greeted; });
//
// A handler is any callable. Its parameters are the arguments of the signal,
// query or update; its result is the answer. One that returns a Task runs as a
// coroutine of its own; the engine owns the callable for as long as it runs.
//
// Threads: one run, one thread. Errors: a WorkflowError that a signal handler
// throws closes the run; one that an update handler throws is its outcome.
#ifndef COHORT_WORKFLOW_HANDLERS_H_
#define COHORT_WORKFLOW_HANDLERS_H_

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "cohort/workflow/convert.h"
#include "cohort/workflow/errors.h"
#include "cohort/workflow/host.h"
#include "cohort/workflow/parameters.h"
#include "cohort/workflow/task.h"

namespace cohort::workflow_internal {

template <typename F>
struct FunctionTraits
    : FunctionTraits<decltype(std::function{std::declval<F>()})> {};
template <typename R, typename... Args>
struct FunctionTraits<std::function<R(Args...)>> {
  using Result = R;
  using Arguments = std::tuple<std::remove_cvref_t<Args>...>;
  static constexpr bool kChecked = (CheckParameter<Args>(), ..., true);
};

template <typename T>
inline constexpr bool kIsTask = false;
template <typename T>
inline constexpr bool kIsTask<Task<T>> = true;

// Closes the run as its first task ends by `error`.
void CloseWithException(Host& host, std::exception_ptr error);
// Ends a handler's coroutine: by what it threw, if anything.
void EndSignalHandler(Host& host, std::exception_ptr error);

template <typename F, typename Arguments>
Task<void> RunSignalHandler(Host& host, std::shared_ptr<F> handler,
                            Arguments arguments) {
  co_await LibraryCode();
  std::exception_ptr error;
  try {
    co_await std::apply(*handler, std::move(arguments));
  } catch (...) {
    error = std::current_exception();
  }
  EndSignalHandler(host, error);
}

template <typename F>
std::function<void(const Payloads&)> MakeSignalHandler(
    Host& host, F function, std::source_location site) {
  using Traits = FunctionTraits<F>;
  static_assert(Traits::kChecked);
  return [&host, site, handler = std::make_shared<F>(std::move(function))](
             const Payloads& input) {
    typename Traits::Arguments arguments;
    absl::Status status = ReadArguments(input, arguments);
    if (!status.ok()) return host.Refuse(std::move(status), site);
    if constexpr (kIsTask<typename Traits::Result>) {
      ++host.state().handlers_running;
      host.AddRoot(RunSignalHandler(host, handler, std::move(arguments)),
                   RootRole::kHandler);
    } else {
      try {
        std::apply(*handler, std::move(arguments));
      } catch (const Unwind&) {
        throw;
      } catch (...) {
        CloseWithException(host, std::current_exception());
      }
    }
  };
}

template <typename F>
QueryHandler MakeQueryHandler(F function) {
  using Traits = FunctionTraits<F>;
  static_assert(Traits::kChecked);
  static_assert(!kIsTask<typename Traits::Result>,
                "a query handler answers at once: it returns a value, no Task");
  return [function = std::move(function)](const Payloads& input) mutable {
    typename Traits::Arguments arguments;
    absl::Status status = ReadArguments(input, arguments);
    if (!status.ok()) std::rethrow_exception(ConversionFailure(status));
    return ToPayloads(std::apply(function, std::move(arguments)));
  };
}

template <typename F, typename Arguments>
Task<void> RunUpdateHandler(Host& host, std::shared_ptr<F> handler,
                            std::string id, Arguments arguments) {
  co_await LibraryCode();
  Payloads result;
  std::exception_ptr error;
  try {
    host.AcceptUpdate(id);
    using Result = typename FunctionTraits<F>::Result::value_type;
    if constexpr (std::is_void_v<Result>) {
      co_await std::apply(*handler, std::move(arguments));
    } else {
      Result value = co_await std::apply(*handler, std::move(arguments));
      if (host.state().wants_arguments) result = host.Encode({}, value);
    }
  } catch (...) {
    error = std::current_exception();
  }
  --host.state().handlers_running;
  host.EndUpdate(std::move(id), std::move(result), error);
}

// Runs a handler that does not wait.
template <typename F, typename Arguments>
Payloads CallUpdateHandler(Host& host, F& function, Arguments arguments) {
  using Result = typename FunctionTraits<F>::Result;
  if constexpr (std::is_void_v<Result>) {
    std::apply(function, std::move(arguments));
    return {};
  } else {
    Result value = std::apply(function, std::move(arguments));
    return host.state().wants_arguments ? host.Encode({}, value) : Payloads{};
  }
}

template <typename F>
std::function<void(std::string, Payloads)> MakeUpdateHandler(Host& host,
                                                             F function) {
  using Traits = FunctionTraits<F>;
  static_assert(Traits::kChecked);
  return [&host, handler = std::make_shared<F>(std::move(function))](
             std::string id, Payloads input) {
    typename Traits::Arguments arguments;
    absl::Status status = ReadArguments(input, arguments);
    if (!status.ok()) {
      host.AcceptUpdate(id);
      return host.EndUpdate(std::move(id), {}, ConversionFailure(status));
    }
    if constexpr (kIsTask<typename Traits::Result>) {
      ++host.state().handlers_running;
      host.AddRoot(
          RunUpdateHandler(host, handler, std::move(id), std::move(arguments)),
          RootRole::kHandler);
    } else {
      host.AcceptUpdate(id);
      Payloads result;
      std::exception_ptr error;
      try {
        result = CallUpdateHandler(host, *handler, std::move(arguments));
      } catch (const Unwind&) {
        throw;
      } catch (...) {
        error = std::current_exception();
      }
      host.EndUpdate(std::move(id), std::move(result), error);
    }
  };
}

template <typename V>
std::function<void(const Payloads&)> MakeUpdateValidator(V function) {
  using Traits = FunctionTraits<V>;
  static_assert(Traits::kChecked);
  return [function = std::move(function)](const Payloads& input) mutable {
    typename Traits::Arguments arguments;
    absl::Status status = ReadArguments(input, arguments);
    if (!status.ok()) std::rethrow_exception(ConversionFailure(status));
    std::apply(function, std::move(arguments));
  };
}

}  // namespace cohort::workflow_internal

#endif  // COHORT_WORKFLOW_HANDLERS_H_
