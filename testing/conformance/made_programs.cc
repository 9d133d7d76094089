#include "cohort/testing/conformance/made_programs.h"

#include <chrono>
#include <memory>
#include <string>

namespace cohort_testing {
namespace {

using cohort::CancelScope;
using cohort::Context;
using cohort::Future;
using cohort::Task;
using cohort_examples::OrderStyle;
using std::chrono::seconds;

constexpr std::string_view kSignal = "cancel-order";

Task<void> SleepThen(Context& ctx, seconds duration, std::string activity) {
  co_await ctx.Sleep(duration);
  co_await ctx.Activity<void>(activity);
}

Task<void> TwoTasks(Context& ctx) {
  Future<void> a = ctx.Spawn(SleepThen(ctx, seconds(1), "a"));
  Future<void> b = ctx.Spawn(SleepThen(ctx, seconds(2), "b"));
  co_await a;
  co_await b;
}

Task<void> RunAtSignal(Context& ctx) {
  co_await ctx.Signals<std::string>(kSignal).Receive();
  co_await ctx.Activity<void>("s");
}

template <OrderStyle kStyle>
Task<void> SignalAndTimer(Context& ctx) {
  if (kStyle == OrderStyle::kGo) {
    (void)ctx.Spawn(RunAtSignal(ctx));
  } else {
    ctx.OnSignal(kSignal, [&ctx](std::string) -> Task<void> {
      co_await ctx.Activity<void>("s");
    });
  }
  co_await ctx.Sleep(seconds(1));
  co_await ctx.Activity<void>("m");
  co_await ctx.Sleep(seconds(100));
}

Task<void> CanceledTimer(Context& ctx) {
  CancelScope scope(ctx);
  Future<void> timer = scope.ctx().Timer(seconds(1));
  scope.Cancel();
  co_await ctx.Sleep(seconds(5));
}

Task<void> CanceledActivity(Context& ctx) {
  CancelScope scope(ctx);
  Future<void> activity = scope.ctx().Activity<void>("a");
  scope.Cancel();
  co_await ctx.Sleep(seconds(5));
}

Task<void> CanceledChild(Context& ctx) {
  CancelScope scope(ctx);
  Future<void> child = scope.ctx().Child<void>(
      cohort::ChildOptions().WorkflowId("cc"), "Notify");
  scope.Cancel();
  co_await ctx.Sleep(seconds(5));
}

Task<void> SignalBetweenHeartbeats(Context& ctx) {
  const auto arrived = std::make_shared<bool>(false);
  ctx.OnSignal(kSignal, [arrived](std::string) { *arrived = true; });
  const bool before = *arrived;
  co_await ctx.LocalActivity<void>("price");
  co_await ctx.Activity<void>(before ? "pre" : "post");
}

}  // namespace

cohort::Registry MadeRegistry(OrderStyle style, std::string_view program) {
  cohort::Registry registry;
  if (program == "X") registry.Workflow("Order", TwoTasks);
  if (program == "Y") {
    registry.Workflow("Order", style == OrderStyle::kGo
                                   ? SignalAndTimer<OrderStyle::kGo>
                                   : SignalAndTimer<OrderStyle::kPython>);
  }
  if (program == "Z") registry.Workflow("Order", CanceledTimer);
  if (program == "W") registry.Workflow("Order", CanceledActivity);
  if (program == "U") registry.Workflow("Order", CanceledChild);
  if (program == "V") registry.Workflow("Order", SignalBetweenHeartbeats);
  return registry;
}

}  // namespace cohort_testing
