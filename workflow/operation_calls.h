// The calls of Context that start operations: activities, local activities,
// timers, child workflows, external signals and cancels, Nexus operations.
//
//   cohort::Future<int> price = ctx.LocalActivity<int>("price", item);
//   co_await ctx.Activity<void>(
//       cohort::ActivityOptions().StartToClose(10s), "charge", item);
//
// Each issues its command at once, in the order of the calls. In a scope that
// was canceled it fails with CanceledError instead.
//
// Threads: one run, one thread. Errors: what each future fails with; misuse
// fails the run with kInvalidArgument.
#ifndef COHORT_WORKFLOW_OPERATION_CALLS_H_
#define COHORT_WORKFLOW_OPERATION_CALLS_H_

#include <concepts>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include "cohort/history/command.h"
#include "cohort/workflow/convert.h"
#include "cohort/workflow/future.h"
#include "cohort/workflow/host.h"
#include "cohort/workflow/operations.h"
#include "cohort/workflow/options.h"

namespace cohort {

// A name, with the line of code that says it. Made from a literal or a string.
struct CallName {
  template <typename Name>
    requires std::convertible_to<Name, std::string_view>
  CallName(const Name& name,  // NOLINT: implicit on purpose
           std::source_location s = std::source_location::current())
      : text(name), site(s) {}

  std::string_view text;
  std::source_location site;
};

class OperationCalls {
 public:
  // Schedules the activity `name` with `args`; R is its result type. Fails
  // with ActivityError (failed or timed out for good) or CanceledError.
  template <typename R = void, typename... Args>
  Future<R> Activity(const ActivityOptions& options, CallName name,
                     const Args&... args) {
    auto state = NewState<R>();
    if (!host_->Enter("Activity", name.site)) return Future<R>(state);
    Command c = MakeCommand(CommandKind::kScheduleActivity, name);
    c.text(Text::kId) = options.id();
    if (host_->state().wants_arguments) {
      c.input = host_->Encode(c.site, args...);
      c.attributes = options.Attributes();
    }
    return Start(std::move(c), std::move(state), options.cancellation());
  }
  // The same with default options.
  template <typename R = void, typename... Args>
  Future<R> Activity(CallName name, const Args&... args) {
    return Activity<R>(default_activity_options_, name, args...);
  }
  // What Activity without options uses from now on.
  void SetActivityOptions(ActivityOptions options) {
    default_activity_options_ = std::move(options);
  }
  const ActivityOptions& activity_options() const {
    return default_activity_options_;
  }

  // Runs the activity `name` in this worker, inside the workflow task; history
  // records its outcome only. For work that takes a second or so.
  template <typename R = void, typename... Args>
  Future<R> LocalActivity(const LocalActivityOptions& options, CallName name,
                          const Args&... args) {
    auto state = NewState<R>();
    if (!host_->Enter("LocalActivity", name.site)) return Future<R>(state);
    Command c = MakeCommand(CommandKind::kRecordLocalActivity, name);
    // Always: one that is still running when a replay ends has to be run.
    c.input = host_->Encode(c.site, args...);
    c.attributes = options.Attributes();
    return Start(std::move(c), std::move(state), options.cancellation());
  }
  template <typename R = void, typename... Args>
  Future<R> LocalActivity(CallName name, const Args&... args) {
    return LocalActivity<R>(LocalActivityOptions(), name, args...);
  }

  // A timer; fires after `duration` (at least; nanoseconds). Fails with
  // CanceledError when it is canceled.
  Future<void> Timer(Nanoseconds duration, std::source_location site =
                                               std::source_location::current());
  // Timer under the name it has when it is awaited at once.
  Future<void> Sleep(
      Nanoseconds duration,
      std::source_location site = std::source_location::current()) {
    return Timer(duration, site);
  }

  // Starts a child workflow of the given type. Fails with ChildWorkflowError or
  // CanceledError.
  template <typename R = void, typename... Args>
  ChildWorkflow<R> StartChild(const ChildOptions& options, CallName type,
                              const Args&... args) {
    auto started = NewState<ExternalWorkflow>();
    auto result = NewState<R>();
    if (host_->Enter("StartChild", type.site)) {
      Command c = MakeCommand(CommandKind::kStartChild, type);
      c.text(Text::kId) = options.workflow_id();
      c.text(Text::kScope) = options.namespace_name();
      if (host_->state().wants_arguments) {
        c.input = host_->Encode(c.site, args...);
        c.attributes = options.Attributes();
      }
      (void)Start(std::move(c), result, options.cancellation(),
                  AsBase(started));
    }
    return {Future<ExternalWorkflow>(started), Future<R>(result)};
  }
  template <typename R = void, typename... Args>
  ChildWorkflow<R> StartChild(CallName type, const Args&... args) {
    return StartChild<R>(ChildOptions(), type, args...);
  }
  // The result of a child that nothing else is asked of.
  template <typename R = void, typename... Args>
  Future<R> Child(const ChildOptions& options, CallName type,
                  const Args&... args) {
    return StartChild<R>(options, type, args...).result();
  }
  template <typename R = void, typename... Args>
  Future<R> Child(CallName type, const Args&... args) {
    return Child<R>(ChildOptions(), type, args...);
  }

  // Signals another workflow; settles when the signal has arrived. Fails with
  // ExternalError.
  template <typename... Args>
  Future<void> SignalExternal(const ExternalWorkflow& target, CallName signal,
                              const Args&... args) {
    auto state = NewState<void>();
    if (!host_->Enter("SignalExternal", signal.site))
      return Future<void>(state);
    Command c = MakeCommand(CommandKind::kSignalExternal, signal);
    c.text(Text::kId) = target.workflow_id;
    if (host_->state().wants_arguments) {
      c.input = host_->Encode(c.site, args...);
      c.attributes = {{"workflowExecution.runId", target.run_id}};
    }
    return Start(std::move(c), std::move(state), CancellationType::kAbandon);
  }
  // Requests cancellation of another workflow; settles when the request has
  // arrived. Fails with ExternalError.
  Future<void> CancelExternal(
      const ExternalWorkflow& target,
      std::source_location site = std::source_location::current());

  // Starts a Nexus operation. Fails with NexusError or CanceledError.
  template <typename R = void, typename Input = Payload>
  NexusOperation<R> Nexus(const NexusOptions& options, CallName operation,
                          const Input& input = {}) {
    auto started = NewState<std::string>();
    auto result = NewState<R>();
    if (host_->Enter("Nexus", operation.site)) {
      Command c = MakeCommand(CommandKind::kScheduleNexus, operation);
      c.text(Text::kScope) = options.service();
      c.text(Text::kControl) = options.endpoint();
      if (host_->state().wants_arguments) {
        c.input = host_->Encode(c.site, input);
        c.attributes = options.Attributes();
      }
      (void)Start(std::move(c), result, options.cancellation(),
                  AsBase(started));
    }
    return {Future<std::string>(started), Future<R>(result)};
  }

 protected:
  OperationCalls(Host& host, ScopeId scope) : host_(&host), scope_(scope) {}
  ~OperationCalls() = default;

  template <typename T>
  using StateRef = workflow_internal::Ref<workflow_internal::TypedState<T>>;
  using AnyState = workflow_internal::Ref<workflow_internal::FutureState>;
  template <typename T>
  static AnyState AsBase(const StateRef<T>& state) {
    return AnyState(state.get());
  }
  template <typename R>
  Future<R> Start(Command command, StateRef<R> state,
                  CancellationType cancellation, AnyState started = {}) {
    state->operation = host_->Issue({std::move(command), AsBase(state),
                                     std::move(started), cancellation, scope_});
    return Future<R>(std::move(state));
  }
  template <typename T>
  StateRef<T> NewState() {
    return StateRef<T>(workflow_internal::TypedState<T>::New(*host_));
  }
  static Command MakeCommand(CommandKind kind, const CallName& name) {
    Command c;
    c.kind = kind;
    c.text(Text::kName) = name.text;
    c.site = name.site;
    return c;
  }

  Host* host_;
  ScopeId scope_;

 private:
  ActivityOptions default_activity_options_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_OPERATION_CALLS_H_
