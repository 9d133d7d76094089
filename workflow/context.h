// Context: all that workflow code can do.
//
//   cohort::Task<std::string> Order(cohort::Context& ctx, std::string id) {
//     co_await ctx.Activity<void>("validate", id);
//     if (cohort::GetVersion(ctx, "Step1", 1, 2) == 1) {
//       co_await ctx.Activity<void>("ActivityC", id);
//     } else {
//       co_await ctx.Activity<void>("ActivityD", id);
//     }
//     co_await ctx.Sleep(std::chrono::hours(24));
//     co_return "shipped:" + id;
//   }
//
// A call that starts something issues its command at once, in the order of the
// calls, and returns a future. Workflow code must do the same whenever it runs
// again over the same history: no clock but Now(), no chance but Random(), no
// threads, no I/O but through activities.
//
// Context models VersionHost: GetVersion, Patched and DeprecatePatch
// (versioning/get_version.h) take it as their first argument.
//
// A destructor of workflow code may run while the run is taken down; calls on
// Context do nothing then. At other times they may leave by an exception, which
// a destructor does not survive: do not call Context in one.
//
// Threads: one run, one thread. Errors: misuse fails the run with
// kInvalidArgument and never returns to the caller.
#ifndef COHORT_WORKFLOW_CONTEXT_H_
#define COHORT_WORKFLOW_CONTEXT_H_

#include <chrono>
#include <functional>
#include <random>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "cohort/history/command.h"
#include "cohort/versioning/host.h"
#include "cohort/workflow/convert.h"
#include "cohort/workflow/future.h"
#include "cohort/workflow/handlers.h"
#include "cohort/workflow/host.h"
#include "cohort/workflow/operation_calls.h"
#include "cohort/workflow/signals.h"
#include "cohort/workflow/task.h"
#include "cohort/workflow/when.h"

namespace cohort {

// Thrown by Context::ContinueAsNew; leaves the workflow function.
struct ContinueAsNewRequest {
  ContinueAsNewOptions options;
  Payloads input;
};

class Context : public OperationCalls {
 public:
  explicit Context(Host& host, ScopeId scope = kRunScope)
      : OperationCalls(host, scope) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // --- Values that history remembers -------------------------------------

  // Calls `make` once in the life of the run, records its value, and gives the
  // recorded one on replay. `make` may not use the Context.
  template <typename F>
  auto SideEffect(F make,
                  std::source_location site = std::source_location::current())
      -> std::invoke_result_t<F&> {
    using T = std::invoke_result_t<F&>;
    T value{};
    if (!host_->Enter("SideEffect", site)) return value;
    if (const Payload* recorded = host_->RecordedSideEffect(site)) {
      absl::Status status = cohort::FromPayload(*recorded, value);
      if (!status.ok()) RefuseValue(status, site);
      return value;
    }
    if (!Make(make, value, site)) return value;
    Payloads encoded = host_->Encode(site, value);
    if (encoded.empty()) return value;
    host_->RecordSideEffect(std::move(encoded[0]), site);
    return value;
  }

  // A value that `make` gives anew at each call, recorded only when it is
  // another one than the run has under this id.
  template <typename F>
  auto MutableSideEffect(
      std::string_view id, F make,
      std::source_location site = std::source_location::current())
      -> std::invoke_result_t<F&> {
    using T = std::invoke_result_t<F&>;
    T value{};
    if (!host_->Enter("MutableSideEffect", site)) return value;
    const MutableValue known = host_->RecordedMutable(id, site);
    T old{};
    if (known.value != nullptr) {
      absl::Status status = cohort::FromPayload(*known.value, old);
      if (!status.ok()) RefuseValue(status, site);
      if (known.recorded) return old;
    }
    if (!Make(make, value, site)) return value;
    if (known.value != nullptr && value == old) return old;
    Payloads encoded = host_->Encode(site, value);
    if (encoded.empty()) return value;
    host_->RecordMutable(id, std::move(encoded[0]), site);
    return value;
  }

  // Sets fields of the run's memo; a null payload removes one.
  void UpsertMemo(PayloadMap fields,
                  std::source_location site = std::source_location::current());

  // Sets search attributes of the run. TemporalChangeVersion is refused: the
  // library writes it.
  void UpsertSearchAttributes(
      PayloadMap attributes,
      std::source_location site = std::source_location::current());

  // --- Waiting -----------------------------------------------------------

  // Runs a task beside this one; it starts when this one waits. Its value or
  // error is the future's. Where nobody holds the future, an exception that is
  // no WorkflowError fails the turn, as everywhere.
  template <typename T>
  Future<T> Spawn(Task<T> task,
                  std::source_location site = std::source_location::current()) {
    auto state = NewState<T>();
    if (host_->Enter("Spawn", site)) {
      host_->AddRoot(RunBeside(*host_, std::move(task), state),
                     RootRole::kSpawned);
    }
    return Future<T>(std::move(state));
  }
  // The same for a callable that gives the task; it lives as long as the task.
  template <typename F>
    requires workflow_internal::kIsTask<std::invoke_result_t<F&>>
  auto Spawn(F function,
             std::source_location site = std::source_location::current())
      -> Future<typename std::invoke_result_t<F&>::value_type> {
    return Spawn(CallOwned(*host_, std::move(function)), site);
  }

  template <typename T = void>
  Promise<T> MakePromise() {
    return Promise<T>(NewState<T>());
  }

  // Settles when `holds` answers true; it is asked whenever all tasks wait. It
  // may read the run's variables, not use the Context. Fails with CanceledError
  // when the scope is canceled.
  Future<void> Until(
      std::function<bool()> holds,
      std::source_location site = std::source_location::current());
  // The same with a time-out: whether it holds. The timer is started at once.
  Task<bool> UntilWithin(
      Nanoseconds timeout, std::function<bool()> holds,
      std::source_location site = std::source_location::current());

  // --- Signals, queries, updates --------------------------------------------

  template <typename T>
  SignalChannel<T> Signals(std::string_view name) {
    return SignalChannel<T>(*host_, host_->state().signals[std::string(name)],
                            scope_);
  }
  // Calls `handle` with each signal of that name from now on, those that came
  // before included, before the tasks of the turn go on. A handler that returns
  // a Task runs beside the others.
  template <typename F>
  void OnSignal(std::string_view name, F handle,
                std::source_location site = std::source_location::current()) {
    if (!host_->Enter("OnSignal", site)) return;
    SetSignalHandler(name, workflow_internal::MakeSignalHandler(
                               *host_, std::move(handle), site));
  }
  // Answers queries of that name, at any time, also when the run has closed.
  // The function may read the run's variables; it may change nothing. Variables
  // of the workflow function go when that returns: a function that is asked
  // after the end has to own what it reads (a shared_ptr that it captures).
  template <typename F>
  void OnQuery(std::string_view name, F answer,
               std::source_location site = std::source_location::current()) {
    if (!host_->Enter("OnQuery", site)) return;
    host_->state().queries[std::string(name)] =
        workflow_internal::MakeQueryHandler(std::move(answer));
  }
  // Takes updates of that name. `validate` (by the same arguments) throws to
  // reject one; it may change nothing, and is never called on replay.
  template <typename F, typename V = std::nullptr_t>
  void OnUpdate(std::string_view name, F handle, V validate = nullptr,
                std::source_location site = std::source_location::current()) {
    if (!host_->Enter("OnUpdate", site)) return;
    UpdateHandler handler;
    handler.start =
        workflow_internal::MakeUpdateHandler(*host_, std::move(handle));
    if constexpr (!std::is_null_pointer_v<V>) {
      handler.validate =
          workflow_internal::MakeUpdateValidator(std::move(validate));
    }
    host_->state().updates[std::string(name)] = std::move(handler);
    host_->UpdateHandlerAdded(name);
  }
  // Is no handler waiting for something? Worth waiting for before the run
  // closes: what they wait for is lost with it.
  bool AllHandlersFinished() const {
    return host_->state().handlers_running == 0;
  }

  // --- Cancellation ----------------------------------------------------------

  // Settles when cancellation of this context's scope is requested: of the run,
  // for the context that the workflow function was given.
  Future<void> CancelRequested() const {
    return Future<void>(host_->state().scopes.requested(scope_));
  }
  bool canceled() const { return CancelRequested().settled(); }

  // --- Closing -------------------------------------------------------------

  // Closes this run and starts the next one, of the same workflow, with `args`.
  template <typename... Args>
  [[noreturn]] void ContinueAsNew(const Args&... args) {
    ContinueAsNew(ContinueAsNewOptions(std::source_location()), args...);
  }
  // The next one may be of another workflow, on another task queue, ...
  template <typename... Args>
  [[noreturn]] void ContinueAsNew(const ContinueAsNewOptions& options,
                                  const Args&... args) {
    throw ContinueAsNewRequest{
        options, host_->state().wants_arguments
                     ? host_->Encode(std::source_location(), args...)
                     : Payloads{}};
  }

  // --- Facts ---------------------------------------------------------------

  const RunInfo& info() const { return host_->state().info; }
  // The time of this turn: the same on replay.
  absl::Time Now() const { return host_->Now(); }
  // Seeded by the run id; the same numbers on replay. A draw changes the run:
  // read-only code is refused it.
  std::mt19937_64& Random(
      std::source_location site = std::source_location::current()) {
    host_->Enter("Random", site);
    return host_->state().random;
  }
  // A random UUID (version 4) from Random().
  std::string Uuid(std::source_location site = std::source_location::current());
  // The build id of the worker that completes this turn: what history records
  // on replay, so it is safe to branch on. "" where nobody says.
  std::string_view CurrentBuildId() const { return host_->BuildId(); }
  // Is this turn replayed? Not to branch on: for metrics and the like.
  bool replaying() const { return host_->state().turn_completed; }
  // Writes a line to the log; silent on replay.
  void Log(std::string_view message) { host_->Log(message); }

  // --- VersionHost -----------------------------------------------------------

  VersionBook& versions() { return host_->state().versions; }
  bool turn_completed() const { return host_->state().turn_completed; }
  const RecordedVersion* recorded(std::string_view change_id) {
    return host_->Recorded(change_id);
  }
  std::string_view read_only() const { return host_->state().read_only; }
  const CohortPolicy* policy() const { return host_->state().policy; }
  absl::Time start_time() const { return host_->state().info.start_time; }
  std::string_view workflow_id() const {
    return host_->state().info.workflow_id;
  }
  void ExpectMarker(const VersionRecord& record, std::source_location site) {
    if (host_->Enter("GetVersion", site)) host_->ExpectMarker(record, site);
  }
  void IssueMarker(const VersionRecord& record, std::source_location site) {
    if (host_->Enter("GetVersion", site)) host_->IssueMarker(record, site);
  }
  void Refuse(absl::Status status, std::source_location site) {
    host_->Refuse(std::move(status), site);
  }

  // For the engine.
  Host& host() { return *host_; }
  ScopeId scope() const { return scope_; }

 private:
  // Refuses changing calls while it lives.
  class ReadOnly {
   public:
    ReadOnly(RunState& state, std::string_view why) : state_(state) {
      state_.read_only = why;
    }
    ~ReadOnly() { state_.read_only = {}; }

   private:
    RunState& state_;
  };

  template <typename T>
  static Task<void> RunBeside(Host& host, Task<T> task, StateRef<T> state) {
    co_await workflow_internal::LibraryCode();
    std::exception_ptr error;
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(task);
        state->SettleValue({});
      } else {
        state->SettleValue(co_await std::move(task));
      }
    } catch (const Unwind&) {
    } catch (const WorkflowError&) {
      state->SettleError(std::current_exception());
    } catch (...) {
      error = std::current_exception();
    }
    if (!error) co_return;
    if (state->shared()) {
      state->SettleError(error);
    } else {
      workflow_internal::CloseWithException(host, error);
    }
  }
  template <typename F>
  static auto CallOwned(Host&, F function) -> std::invoke_result_t<F&> {
    co_await workflow_internal::LibraryCode();
    co_return co_await function();
  }
  // The value of a side-effect function. What it throws would be seen live
  // only: it fails the turn.
  template <typename F, typename T>
  bool Make(F& make, T& value, std::source_location site) {
    std::string what;
    try {
      ReadOnly guard(host_->state(), "a side-effect function");
      value = make();
      return true;
    } catch (const Unwind&) {
      throw;
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {
      what = "something that is no std::exception";
    }
    host_->Refuse(Internal("a side-effect function threw {}: its value is what "
                           "is recorded, let it return one that says so",
                           what),
                  site);
    return false;
  }
  void RefuseValue(const absl::Status& status, std::source_location site) {
    host_->Refuse(InvalidArgument("the recorded value does not fit: {}",
                                  ToStd(status.message())),
                  site);
  }
  bool Holds(const std::function<bool()>& condition);
  void SetSignalHandler(std::string_view name,
                        std::function<void(const Payloads&)> handler);
};

// A scope of cancellation. What is issued through ctx() belongs to it and is
// canceled with it; so are the attached scopes below it.
//
//   cohort::CancelScope attempt(ctx);
//   auto work = attempt.ctx().Activity<int>("slow");
//   if (co_await WhenAny(work, ctx.Timer(1min)) == 1) attempt.Cancel();
//
//   cohort::CancelScope cleanup(ctx, cohort::ScopeLink::kDetached);
//   co_await cleanup.ctx().Activity<void>("undo");  // although ctx is canceled
//
// The object outlives what uses its ctx(). When it goes, what it still holds
// belongs to the scope around it.
class CancelScope {
 public:
  explicit CancelScope(Context& parent, ScopeLink link = ScopeLink::kAttached);
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;
  ~CancelScope();

  Context& ctx() { return context_; }
  // Cancels all that is open in it; later calls in it fail with CanceledError.
  void Cancel(std::source_location site = std::source_location::current());

 private:
  ScopeId id_;
  Context context_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_CONTEXT_H_
