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
#include "cohort/workflow/host.h"
#include "cohort/workflow/options.h"
#include "cohort/workflow/task.h"

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

// Thrown by Context::ContinueAsNew; leaves the workflow function.
struct ContinueAsNewRequest {
  std::string workflow_type;
  Payloads input;
  std::source_location site;
};

// The signals of one name as a channel. Signals that came before anybody asked
// are kept.
template <typename T>
class SignalChannel {
 public:
  SignalChannel(Host& host, std::string_view name)
      : host_(&host), queue_(&host.state().signals[std::string(name)]) {}

  // The next signal's (first) argument.
  Future<T> Receive() {
    workflow_internal::Ref state(workflow_internal::TypedState<T>::New(*host_));
    if (queue_->unread.empty()) {
      queue_->readers.push_back(
          workflow_internal::Ref<workflow_internal::FutureState>(state.get()));
    } else {
      state->SettlePayload(TakeFirst());
    }
    return Future<T>(std::move(state));
  }
  // How many have come and were not received.
  std::size_t unread() const { return queue_->unread.size(); }

 private:
  Payload TakeFirst() {
    Payloads signal = std::move(queue_->unread.front());
    queue_->unread.pop_front();
    return signal.empty() ? Payload{} : std::move(signal[0]);
  }

  Host* host_;
  SignalQueue* queue_;
};

class Context {
 public:
  explicit Context(Host& host) : host_(&host) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // --- Operations --------------------------------------------------------

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
      c.input = ToPayloads(args...);
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
      absl::Status status = PayloadTraits<T>::FromPayload(*recorded, value);
      if (!status.ok()) host_->Refuse(std::move(status), site);
      return value;
    }
    {
      ReadOnly guard(host_->state(), "a side-effect function");
      value = make();
    }
    host_->RecordSideEffect(PayloadTraits<T>::ToPayload(value), site);
    return value;
  }

  // Sets search attributes of the run. TemporalChangeVersion is refused: the
  // library writes it.
  void UpsertSearchAttributes(
      PayloadMap attributes,
      std::source_location site = std::source_location::current());

  // --- Waiting -----------------------------------------------------------

  // Runs a task beside this one; it starts when this one waits. Its value or
  // error is the future's.
  template <typename T>
  Future<T> Spawn(Task<T> task) {
    auto state = NewState<T>();
    if (host_->Enter("Spawn", std::source_location::current())) {
      host_->state().scheduler.AddRoot(
          std::move(RunBeside(*this, std::move(task), state).owner_));
    }
    return Future<T>(std::move(state));
  }

  template <typename T = void>
  Promise<T> MakePromise() {
    return Promise<T>(NewState<T>());
  }

  // Settles when `holds` answers true; it is asked whenever all tasks wait. It
  // may read the run's variables, not use the Context.
  Future<void> Until(
      std::function<bool()> holds,
      std::source_location site = std::source_location::current());

  // --- Signals and cancellation --------------------------------------------

  template <typename T>
  SignalChannel<T> Signals(std::string_view name) {
    return SignalChannel<T>(*host_, name);
  }
  // Calls `handle` with each signal of that name from now on, those that came
  // before included, before the tasks of the turn go on.
  template <typename T>
  void OnSignal(std::string_view name, std::function<void(T)> handle,
                std::source_location site = std::source_location::current()) {
    SetSignalHandler(
        name, [this, handle = std::move(handle), site](const Payloads& args) {
          T value{};
          absl::Status status =
              args.empty() ? absl::OkStatus()
                           : PayloadTraits<T>::FromPayload(args[0], value);
          if (!status.ok()) return host_->Refuse(std::move(status), site);
          handle(std::move(value));
        });
  }

  // Settles when the run's cancellation is requested.
  Future<void> CancelRequested() { return Future<void>(cancel_requested_); }

  // --- Closing -------------------------------------------------------------

  // Closes this run and starts the next one of the same workflow with `args`.
  template <typename... Args>
  [[noreturn]] void ContinueAsNew(const Args&... args) {
    throw ContinueAsNewRequest{
        host_->state().info.workflow_type,
        host_->state().wants_arguments ? ToPayloads(args...) : Payloads{},
        std::source_location::current()};
  }

  // --- Facts ---------------------------------------------------------------

  const RunInfo& info() const { return host_->state().info; }
  // The time of this turn: the same on replay.
  absl::Time Now() const { return host_->Now(); }
  // Seeded by the run id; the same numbers on replay.
  std::mt19937_64& Random() { return host_->state().random; }
  // A random UUID (version 4) from Random().
  std::string Uuid();
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
  Promise<void> cancel_promise() const {
    return Promise<void>(cancel_requested_);
  }

 private:
  template <typename T>
  using StateRef = workflow_internal::Ref<workflow_internal::TypedState<T>>;

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
  template <typename R>
  Future<R> Start(Command command, StateRef<R> state,
                  CancellationType cancellation) {
    workflow_internal::Ref<workflow_internal::FutureState> base(state.get());
    state->operation =
        host_->Issue(std::move(command), std::move(base), cancellation);
    return Future<R>(std::move(state));
  }
  template <typename T>
  static Task<void> RunBeside(Context&, Task<T> task, StateRef<T> state) {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(task);
        state->SettleValue({});
      } else {
        state->SettleValue(co_await std::move(task));
      }
    } catch (const Unwind&) {
    } catch (...) {
      state->SettleError(std::current_exception());
    }
  }
  void SetSignalHandler(std::string_view name,
                        std::function<void(const Payloads&)> handler);

  Host* host_;
  ActivityOptions default_activity_options_;
  StateRef<void> cancel_requested_ = NewState<void>();
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_CONTEXT_H_
