// Programs of updates.
#include <chrono>
#include <string>

#include "cohort/testing/official/ports.h"

namespace cohort_testing {
namespace {

using cohort::Context;
using cohort::Payload;
using cohort::Task;
using namespace std::chrono_literals;

using Nanoseconds = std::chrono::nanoseconds;

Task<void> UpdateUntilShutdown(Context& ctx) {
  ctx.OnUpdate("update", [&](std::int64_t duration) -> Task<void> {
    co_await ctx.Sleep(Nanoseconds(duration));
  });
  co_await ctx.Signals<Payload>("shutdown").Receive();
}

Task<void> UpdateAndExit(Context& ctx) {
  const auto closed = ctx.MakePromise();
  ctx.OnUpdate("update", [&](std::int64_t duration) -> Task<void> {
    if (duration != 0) co_await ctx.Sleep(Nanoseconds(duration));
    closed.Set();
  });
  co_await closed.future();
}

Task<void> UpdateWithoutItsTimer(Context& ctx) {
  const auto closed = ctx.MakePromise();
  ctx.OnUpdate("update", [&]() -> Task<void> {
    closed.Set();
    co_return;
  });
  co_await closed.future();
}

Task<void> Nothing(Context&) { co_return; }

// With the SDK's flag 4, a handler that is set takes the updates that wait for
// it before the program goes on.
Task<int> MultipleUpdates(Context& ctx) {
  int inflight = 0;
  int ran = 0;
  ctx.OnUpdate("echo", [&]() -> Task<void> {
    ++inflight;
    ++ran;
    co_await ctx.Activity<int>("Echo", 1, 1);
    --inflight;
  });
  co_await ctx.Spawn(Nothing(ctx));
  ctx.OnUpdate("sleep", [&]() -> Task<void> {
    ++inflight;
    ++ran;
    co_await ctx.Sleep(1s);
    --inflight;
  });
  co_await ctx.Spawn(Nothing(ctx));
  ctx.OnUpdate("empty", [&]() -> Task<void> {
    ++ran;
    co_return;
  });
  co_await ctx.Spawn(Nothing(ctx));
  co_await ctx.Until([&] { return inflight == 0; });
  Require(ran == 10);
  co_return ran;
}

Task<int> Counter(Context& ctx) {
  int counter = 0;
  ctx.OnUpdate(
      "fetch_and_add",
      [&](int i) -> Task<int> {
        const int before = counter;
        counter += i;
        co_await ctx.Sleep(1s);
        co_return before;
      },
      [](int i) {
        if (i < 0) throw cohort::ApplicationError("negative");
      });
  co_await ctx.Signals<Payload>("done").Receive();
  co_return counter;
}

Task<void> ChildCancelWithUpdate(Context& ctx) {
  ctx.OnUpdate("update", [&]() -> Task<void> {
    co_await ctx.Activity<std::string>("helloworldActivity", "world",
                                       std::int64_t{1'000'000'000});
  });
  cohort::CancelScope scope(ctx);
  const auto child = scope.ctx().StartChild<void>(cohort::ChildOptions(),
                                                  "ChildWorkflowWaitOnSignal");
  scope.Cancel();
  (void)co_await AsResult(child.started());
  co_await ctx.Signals<Payload>("shutdown").Receive();
}

// A side effect and a version each gave way to the other threads when this
// history was made; here the program says so.
Task<void> InterleavedGreeting(Context& ctx, std::string) {
  ctx.OnUpdate("notify", [&](Payload) -> Task<std::string> {
    ctx.SideEffect([&ctx] { return ctx.info().run_id; });
    co_await ctx.Spawn(Nothing(ctx));
    co_return "works";
  });
  co_await ctx.Spawn(Nothing(ctx));
  cohort::GetVersion(ctx, "ChangeId1", 0, 1);
  co_await ctx.Spawn(Nothing(ctx));
  cohort::GetVersion(ctx, "ChangeId2", 0, 1);
  co_await ctx.Until([] { return false; });
}

Task<void> LogSteps(Context& ctx) {
  co_await ctx.Until([] { return true; });
  co_await ctx.Until([] { return true; });
}
Task<void> RunTimer(Context& ctx) {
  co_await ctx.Sleep(100ms);
  co_await LogSteps(ctx);
}
Task<void> RunActivity(Context& ctx) {
  co_await ctx.Activity<std::string>("say_hello", "Enchi");
  co_await LogSteps(ctx);
}
// The list of steps is left out: it shows how another language interleaves.
Task<void> Tracing(Context& ctx) {
  ctx.OnSignal("dosig", [&](Payload) -> Task<void> { co_await LogSteps(ctx); });
  ctx.OnUpdate("doupdate",
               [&](Payload) -> Task<void> { co_await LogSteps(ctx); });
  const auto timer = ctx.Spawn(RunTimer(ctx));
  const auto activity = ctx.Spawn(RunActivity(ctx));
  co_await WhenAll(timer, activity);
}

// Python's handlers are there before the program begins.
Task<std::string> UpdateAfterReturn(Context& ctx) {
  bool returned = false;
  ctx.OnUpdate("my_update", [&]() -> Task<std::string> {
    co_await ctx.Until([&] { return returned; });
    co_return "update-result";
  });
  co_await ctx.Spawn(Nothing(ctx));
  returned = true;
  co_return "workflow-result";
}

const Port kPorts[] = {
    {"G-UPD", "original", Add<UpdateUntilShutdown>},
    {"G-UPDEXIT", "original", Add<UpdateAndExit>},
    {"G-NDUPD", "original", Add<UpdateWithoutItsTimer>},
    {"G-MULTIUPD", "original", Add<MultipleUpdates>},
    {"G-COUNTER", "original", Add<Counter>},
    {"G-CHILDCANUPD", "original", Add<ChildCancelWithUpdate>},
    {"J-INT", "original", Add<InterleavedGreeting>},
    {"J-INT", "original, with 5 added to langUsedFlags of every completed task",
     Add<InterleavedGreeting>},
    {"PY-TRACE", "original", Add<Tracing>},
    {"PY-UPDAFTER", "original", Add<UpdateAfterReturn>},
};

}  // namespace

std::span<const Port> UpdatePorts() { return kPorts; }

}  // namespace cohort_testing
