// Activities: the functions that do a workflow's real work, by name.
//
//   cohort::Activities activities;
//   activities.Add("charge",
//                  [&](std::string order) { return bank.Charge(order); });
//   activities.Add(
//       "copy", [&](cohort::ActivityContext& ctx, std::string path) {
//         int from = ctx.LastDetails<int>().value_or(0);
//         for (int block = from; block < 100; ++block) {
//           if (ctx.Heartbeat(block)) throw cohort::CanceledError();
//           Copy(path, block);
//         }
//       });
//
// A function takes its arguments by value, behind an ActivityContext& if it
// wants one. It returns a value that converts to a payload, nothing, an
// absl::Status or an absl::StatusOr. It fails by a status (failure type: the
// code's name, "NOT_FOUND"), by an ApplicationError (its type) or any other
// std::exception (type "exception"); CanceledError says that it was canceled.
//
// Threads: fill it in one; then it may be used by many. An ActivityContext
// belongs to the thread that runs the activity.
// Errors: the first wrong or double name is kept in status().
#ifndef COHORT_WORKER_ACTIVITIES_H_
#define COHORT_WORKER_ACTIVITIES_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/worker/task_port.h"
#include "cohort/workflow/convert.h"
#include "cohort/workflow/errors.h"
#include "cohort/workflow/handlers.h"
#include "cohort/workflow/parameters.h"

namespace cohort {

class ActivityContext {
 public:
  // Hands details to the engine; says whether the activity is to cancel.
  using Beat = std::function<bool(Payloads)>;

  ActivityContext(const ActivityTask& task, Beat beat)
      : task_(task), beat_(std::move(beat)) {}
  ActivityContext(const ActivityContext&) = delete;
  ActivityContext& operator=(const ActivityContext&) = delete;

  const ActivityTask& task() const { return task_; }

  // Says that the attempt is alive, and how far it is. True: somebody wants it
  // canceled, or its result is no longer wanted.
  template <typename... Details>
  bool Heartbeat(const Details&... details) {
    cancel_requested_ = beat_(ToPayloads(details...)) || cancel_requested_;
    return cancel_requested_;
  }
  // What the last attempt's last heartbeat said; nullopt if it said nothing.
  template <typename T>
  std::optional<T> LastDetails() const {
    if (task_.heartbeat_details.empty()) return std::nullopt;
    absl::StatusOr<T> value = FromPayload<T>(task_.heartbeat_details[0]);
    if (!value.ok()) return std::nullopt;
    return *std::move(value);
  }
  // As of the last heartbeat.
  bool cancel_requested() const { return cancel_requested_; }

  // The function's return does not end the activity: somebody else will, by
  // TaskPort::CompleteActivity or FailActivity with task().token.
  void EndsElsewhere() { ends_elsewhere_ = true; }
  bool ends_elsewhere() const { return ends_elsewhere_; }

 private:
  const ActivityTask& task_;
  Beat beat_;
  bool cancel_requested_ = false;
  bool ends_elsewhere_ = false;
};

// How an attempt ended.
struct ActivityOutcome {
  enum class End : std::uint8_t { kResult, kFailure, kCanceled, kElsewhere };
  End end = End::kResult;
  Payloads result;  // or the details of a cancellation
  Failure failure;
};

namespace worker_internal {

Failure FailureOf(const absl::Status& status);

template <typename T>
inline constexpr bool kIsStatusOr = false;
template <typename T>
inline constexpr bool kIsStatusOr<absl::StatusOr<T>> = true;

template <typename R>
absl::StatusOr<Payloads> ResultOf(R value) {
  if constexpr (std::is_same_v<R, absl::Status>) {
    if (!value.ok()) return value;
    return Payloads{};
  } else if constexpr (kIsStatusOr<R>) {
    if (!value.ok()) return value.status();
    return ToPayloads(*value);
  } else {
    return ToPayloads(value);
  }
}

template <typename Tuple>
struct WithoutContext;
template <typename... Args>
struct WithoutContext<std::tuple<ActivityContext&, Args...>> {
  static constexpr bool kChecked =
      (workflow_internal::CheckParameter<Args>(), ..., true);
  static_assert(kChecked);
  using Arguments = std::tuple<std::remove_cvref_t<Args>...>;
  static constexpr bool kTakesContext = true;
};

template <typename F>
struct Signature : Signature<decltype(std::function{std::declval<F>()})> {};
template <typename R, typename... Args>
struct Signature<std::function<R(Args...)>> {
  using Result = R;
  using Parameters = WithoutContext<std::tuple<Args...>>;
};
template <typename... Args>
struct WithoutContext<std::tuple<Args...>> {
  static constexpr bool kChecked =
      (workflow_internal::CheckParameter<Args>(), ..., true);
  static_assert(kChecked);
  using Arguments = std::tuple<std::remove_cvref_t<Args>...>;
  static constexpr bool kTakesContext = false;
};

}  // namespace worker_internal

class Activities {
 public:
  using Body = std::function<absl::StatusOr<Payloads>(ActivityContext&,
                                                      const Payloads&)>;

  template <typename F>
  Activities& Add(std::string name, F function) {
    using Signature = worker_internal::Signature<F>;
    using Parameters = typename Signature::Parameters;
    return AddBody(std::move(name),
                   [function = std::move(function)](
                       ActivityContext& ctx,
                       const Payloads& input) -> absl::StatusOr<Payloads> {
                     typename Parameters::Arguments arguments;
                     COHORT_RETURN_IF_ERROR(
                         workflow_internal::ReadArguments(input, arguments));
                     auto call = [&]() -> typename Signature::Result {
                       if constexpr (Parameters::kTakesContext) {
                         return std::apply(
                             function,
                             std::tuple_cat(std::tuple<ActivityContext&>(ctx),
                                            std::move(arguments)));
                       } else {
                         return std::apply(function, std::move(arguments));
                       }
                     };
                     if constexpr (std::is_void_v<typename Signature::Result>) {
                       call();
                       return Payloads{};
                     } else {
                       return worker_internal::ResultOf(call());
                     }
                   });
  }
  // One that reads and writes payloads itself.
  Activities& AddBody(std::string name, Body body);
  // For all names that are not there; the task tells its type.
  Activities& AddFallback(Body body);

  // Runs one attempt in this thread; an unknown name is a failure.
  ActivityOutcome Run(const ActivityTask& task, ActivityContext& ctx) const;
  bool Has(std::string_view name) const;

  // The first error of all calls.
  const absl::Status& status() const { return status_; }

 private:
  std::map<std::string, Body, std::less<>> bodies_;
  Body fallback_;
  absl::Status status_;
};

}  // namespace cohort

#endif  // COHORT_WORKER_ACTIVITIES_H_
