// Programs of cancellation scopes.
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

#include "cohort/testing/official/ports.h"

namespace cohort_testing {
namespace {

using cohort::ActivityOptions;
using cohort::CancellationType;
using cohort::CancelScope;
using cohort::Context;
using cohort::Payload;
using cohort::Task;
using namespace std::chrono_literals;

// Java's threads have scopes of their own: so has the timer's here.
Task<void> ScopeOrder(Context& ctx) {
  CancelScope scope(ctx);
  CancelScope thread(ctx);
  const auto beside = ctx.Spawn(
      [&thread]() -> Task<void> { co_await thread.ctx().Sleep(5min); });
  co_await scope.ctx().Activity<void>("DoActivity");
}

Task<void> CancelFakeProgress(Context& ctx) {
  bool started = false;
  ctx.OnSignal("activityStarted", [&] { started = true; });
  CancelScope scope(ctx);
  const auto work = scope.ctx().Activity<void>(
      ActivityOptions().StartToClose(200s).Cancellation(
          CancellationType::kWait),
      "fakeProgress");
  co_await ctx.Until([&started] { return started; });
  scope.Cancel();
  Require((co_await AsResult(work)).Is<cohort::CanceledError>());
}

Task<std::string> Http(Context& ctx) {
  co_return co_await ctx.Activity<std::string>("httpGet");
}

Task<void> FailsTask(Context& ctx) {
  (void)ctx;
  throw std::runtime_error("intentional failure of the task");
  co_return;
}

// A scope with a time-out. Before the SDK's flag 1 its timer was left alone
// when the scope's work was done.
enum class ItsTimer : std::uint8_t { kCanceled, kLeft };

Task<void> WithTimeout(Context& ctx, ItsTimer what) {
  auto timer = ctx.Timer(10s);
  co_await ctx.Activity<void>("noopActivity");
  if (what == ItsTimer::kCanceled) timer.Cancel();
}
Task<void> FlagsNow(Context& ctx) {
  co_await WithTimeout(ctx, ItsTimer::kCanceled);
}
Task<void> FlagsBefore(Context& ctx) {
  co_await WithTimeout(ctx, ItsTimer::kLeft);
}

// The tracing interceptors put what the program starts at once in an order of
// their own; each version's is recorded.
enum class First : std::uint8_t { kTimer, kActivities };

Task<void> Smorgasbord(Context& ctx, int iteration, First first) {
  bool unblocked = false;
  ctx.OnSignal("activityStarted", [&] { unblocked = true; });
  CancelScope scope(ctx);
  Context& in = scope.ctx();
  in.SetActivityOptions(
      ActivityOptions().Cancellation(CancellationType::kWait));
  const auto start_timer = [&] { return in.Timer(1s); };
  std::optional<cohort::Future<void>> timer;
  if (first == First::kTimer) timer = start_timer();
  const auto progress = in.Activity<void>("fakeProgress", 100, 10);
  const auto query = in.Activity<Payload>("queryOwnWf", "step");
  if (!timer) timer = start_timer();
  const auto child =
      in.StartChild<void>(cohort::ChildOptions(), "signalTarget");
  const auto echo = in.LocalActivity<std::string>("echo", "local-activity");
  const auto with_child = in.Spawn([&]() -> Task<void> {
    const cohort::ExternalWorkflow started = co_await child.started();
    co_await in.SignalExternal(started, "unblock");
    co_await child.result();
  });
  if (iteration == 0) scope.Cancel();
  co_await WhenAll(progress, query, *timer, with_child, echo);
  co_await ctx.Until([&unblocked] { return unblocked; });
  if (iteration < 2) ctx.ContinueAsNew(iteration + 1);
}
Task<void> SmorgasbordTimerFirst(Context& ctx, int iteration) {
  co_await Smorgasbord(ctx, iteration, First::kTimer);
}
Task<void> SmorgasbordActivitiesFirst(Context& ctx, int iteration) {
  co_await Smorgasbord(ctx, iteration, First::kActivities);
}

const Port kPorts[] = {
    {"J-CSD", "original", Add<ScopeOrder>},
    {"T-FAKE", "original", Add<CancelFakeProgress>},
    {"T-FAKE",
     "other workflow type (http: one activity of another type, result "
     "returned)",
     Add<Http>},
    {"T-FAKE", "other workflow type (failsWorkflowTask)", Add<FailsTask>},
    {"T-FLAGS", "original", Add<FlagsNow>},
    {"T-FLAGS", "before flag 1", Add<FlagsBefore>},
    {"T-SMORG", "activities first", Add<SmorgasbordActivitiesFirst>},
    {"T-SMORG", "timer first", Add<SmorgasbordTimerFirst>},
};

}  // namespace

std::span<const Port> ScopePorts() { return kPorts; }

}  // namespace cohort_testing
