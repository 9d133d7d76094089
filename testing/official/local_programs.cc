// Programs of local activities.
#include <chrono>
#include <string>
#include <vector>

#include "cohort/testing/official/ports.h"

namespace cohort_testing {
namespace {

using cohort::Context;
using cohort::Future;
using cohort::Payload;
using cohort::Task;
using namespace std::chrono_literals;

Task<void> LocalHello(Context& ctx, std::string name) {
  co_await ctx.LocalActivity<std::string>("helloworldActivity", name);
}

Task<std::string> ParallelLocals(Context& ctx) {
  std::vector<Future<int>> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(ctx.LocalActivity<int>("Echo", 0, i));
  }
  for (int i = 0; i < 10; ++i) {
    Require(co_await all[static_cast<std::size_t>(i)] == i);
  }
  co_return "";
}

Task<std::string> LocalAnswer(Context& ctx) {
  co_return co_await ctx.LocalActivity<std::string>("Activity2", "input", 1);
}

Task<std::string> LocalHeartbeats(Context& ctx) {
  co_await ctx.LocalActivity<std::string>("SleepActivity", 10000, 1);
  co_return "done";
}

Task<void> LocalExecute(Context& ctx) {
  co_await ctx.LocalActivity<void>("Execute");
}

Task<std::string> CadenceOptions(Context& ctx, Payload) {
  constexpr std::string_view kWithoutResult[] = {
      "testActivityByteArgs", "testActivityMultipleArgs",
      "testActivityNoResult", "testActivityNoContextArg"};
  for (const std::string_view name : kWithoutResult) {
    co_await ctx.LocalActivity<void>(name);
  }
  co_await ctx.LocalActivity<Payload>("testActivityReturnByteArray");
  Require(co_await ctx.LocalActivity<int>("testActivityReturnInt") == 5);
  Require(co_await ctx.LocalActivity<std::string>("testActivityReturnString") ==
          "testActivity");
  Require(co_await ctx.LocalActivity<std::string>(
              "testActivityReturnEmptyString") == "");
  constexpr std::string_view kStructs[] = {
      "testActivityReturnEmptyStruct", "testActivityReturnNilStructPtr",
      "testActivityReturnStructPtr", "testActivityReturnNilStructPtrPtr",
      "testActivityReturnStructPtrPtr"};
  for (const std::string_view name : kStructs) {
    co_await ctx.LocalActivity<Payload>(name);
  }
  co_return "Done";
}

Task<void> LocalThenActivity(Context& ctx) {
  co_await ctx.LocalActivity<void>("delay", "hi!");
  co_await ctx.Activity<void>("delay", "hi!");
}
Task<void> OnlyLocal(Context& ctx) {
  co_await ctx.LocalActivity<void>("delay", "hi!");
}
Task<void> OnlyActivity(Context& ctx) {
  co_await ctx.Activity<void>("delay", "hi!");
}

// The length of the updates' timers is the program's input, which the recorded
// starts lack; the type's last digit tells it.
Task<int> LongLocalWithUpdates(Context& ctx) {
  int counter = 1;
  const bool timers = ctx.info().workflow_type.ends_with("-3");
  ctx.OnUpdate("update", [&](Payload) -> Task<void> {
    if (timers) co_await ctx.Sleep(2s);
    ++counter;
  });
  co_await ctx.LocalActivity<void>("delay", "hi!");
  co_return counter;
}

// With core's flag 3, what is ready when the program returns goes on in that
// turn. Here its variables would be gone: it waits for its handlers itself.
enum class Handlers : std::uint8_t { kLeft, kAwaited };

Task<std::string> Complete(Context& ctx, Handlers handlers) {
  std::string complete_with;
  std::string update_result;
  bool completed = false;
  ctx.OnUpdate("DoUpdate", [&]() -> Task<std::string> {
    complete_with = "complete-workflow";
    co_await ctx.Until([&] { return !update_result.empty(); });
    co_return update_result;
  });
  ctx.OnSignal("DoErroringSignal", [&](bool wait) -> Task<void> {
    complete_with = "complete-workflow";
    if (wait) co_await ctx.Until([&] { return completed; });
    throw cohort::ApplicationError("Intentional error from signal");
  });
  co_await ctx.Until([&] { return !complete_with.empty(); });
  co_await ctx.LocalActivity<std::string>("SomeActivity",
                                          "activity-from-workflow");
  update_result = "complete-update";
  completed = true;
  if (handlers == Handlers::kAwaited) {
    co_await ctx.Until([&] { return ctx.AllHandlersFinished(); });
  }
  co_return complete_with;
}
Task<std::string> AfterComplete(Context& ctx) {
  co_return co_await Complete(ctx, Handlers::kLeft);
}
Task<std::string> BeforeComplete(Context& ctx) {
  co_return co_await Complete(ctx, Handlers::kAwaited);
}

Task<std::vector<std::string>> MultiSignalOrder(Context& ctx) {
  std::vector<std::string> list;
  ctx.OnSignal("Signal", [&](std::string value) { list.push_back(value); });
  co_await ctx.LocalActivity<void>("SendTwoSignals");
  co_await ctx.Until(
      [&] { return ctx.AllHandlersFinished() && !list.empty(); });
  co_return list;
}

Task<std::string> SignalStart(Context& ctx) {
  std::string all;
  all += co_await ctx.LocalActivity<std::string>("a");
  ctx.OnSignal("startSignal", [&]() -> Task<void> {
    const auto b = co_await ctx.LocalActivity<std::string>("b");
    all += b;
  });
  const auto c = co_await ctx.LocalActivity<std::string>("c");
  all += c;
  Require(all == "abc");
  co_return all;
}

const Port kPorts[] = {
    {"G-LA", "original", Add<LocalHello>},
    {"G-PARLA", "original", Add<ParallelLocals>},
    {"J-LAOK", "original", Add<LocalAnswer>},
    {"J-LAHB", "original", Add<LocalHeartbeats>},
    {"J-UNKNOWN", "original", Add<LocalExecute>},
    {"K-LA", "original", Add<CadenceOptions>},
    {"C-LA", "original", Add<LocalThenActivity>},
    {"C-LA", "activity-removed", Add<OnlyLocal>},
    {"C-LA", "local-activity-removed", Add<OnlyActivity>},
    {"C-LAUPD", "original", Add<LongLocalWithUpdates>},
    {"N-AFTER", "original", Add<AfterComplete>},
    {"N-AFTER", "handlers awaited", Add<BeforeComplete>},
    {"N-SIG", "original", Add<MultiSignalOrder>},
    {"T-OTELSIG", "original with interceptor", Add<SignalStart>},
};

}  // namespace

std::span<const Port> LocalPorts() { return kPorts; }

}  // namespace cohort_testing
