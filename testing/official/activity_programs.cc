// Programs of activities, timers, signals, memo and mutable side effects.
#include <chrono>
#include <string>
#include <vector>

#include "cohort/testing/official/ports.h"

namespace cohort_testing {

struct HelloInput {
  std::string name;
  bool wait = false;
  bool fail = false;
  bool timer_on_replay = false;
};

// Python spells the fields in its way, .NET in its own.
void from_json(const nlohmann::json& json, HelloInput& input) {
  const bool python = json.contains("name");
  input.name = json.at(python ? "name" : "Name");
  input.wait = json.at(python ? "should_wait" : "ShouldWait");
  input.fail = json.at(python ? "should_error" : "ShouldError");
  input.timer_on_replay = json.at(python ? "should_cause_nondeterminism"
                                         : "ShouldCauseNonDeterminism");
}

namespace {

using cohort::Context;
using cohort::Payload;
using cohort::PayloadMap;
using cohort::Task;
using namespace std::chrono_literals;

constexpr std::string_view kHello = "helloworldActivity";

Task<std::string> SayHello(Context& ctx, HelloInput input,
                           std::string_view activity, std::string_view finish) {
  std::string r = co_await ctx.Activity<std::string>(activity, input.name);
  if (input.wait) co_await ctx.Signals<Payload>(finish).Receive();
  if (input.fail) throw cohort::ApplicationError("Intentional error");
  if (input.timer_on_replay && ctx.replaying()) co_await ctx.Sleep(1ms);
  co_return r;
}
Task<std::string> PythonHello(Context& ctx, HelloInput input) {
  co_return co_await SayHello(ctx, std::move(input), "say_hello", "finish");
}
Task<std::string> DotnetHello(Context& ctx, HelloInput input) {
  co_return co_await SayHello(ctx, std::move(input), "SayHello", "Finish");
}

Task<void> QuickActivities(Context& ctx, double seconds) {
  const absl::Time end = ctx.Now() + absl::Seconds(seconds);
  while (ctx.Now() <= end) {
    co_await ctx.Activity<int>("short_activity_async");
  }
}

Task<std::string> AwaitUnblocked(Context& ctx) {
  bool unblocked = false;
  ctx.OnSignal("unblock", [&] { unblocked = true; });
  // Without the SDK's flag 4 the timer stays when the condition holds.
  const auto timer = ctx.Timer(1h);
  const auto condition = ctx.Until([&unblocked] { return unblocked; });
  const bool timed_out = co_await WhenAny(condition, timer) == 1;
  co_return timed_out ? "timed out" : "condition satisfied";
}

Task<std::string> RetryAsynchronously(Context& ctx, std::string) {
  const auto work = ctx.Activity<std::string>("HeartbeatAndThrowIO");
  co_return co_await work;
}

Task<void> CancelBeforeTaskStarted(Context& ctx) {
  co_await ctx.Activity<std::string>(
      cohort::ActivityOptions().Id("custom-activity-id"), kHello, "world");
}

Task<void> MeetAfter(Context& ctx, bool* met) {
  co_await ctx.Sleep(100ms);
  *met = true;
}

Task<bool> AwaitWithTimeout(Context& ctx) {
  bool met = false;
  const auto beside = ctx.Spawn(MeetAfter(ctx, &met));
  // Without the SDK's flag 6 the timer stays when the condition holds.
  const auto timer = ctx.Timer(10s);
  const auto condition = ctx.Until([&met] { return met; });
  co_return co_await WhenAny(condition, timer) == 0;
}

Task<void> Orphan(Context& ctx, std::string input) {
  const auto left = ctx.Activity<std::string>(kHello, input);
  co_return;
}

Task<void> Greet(Context& ctx, std::string_view first) {
  const auto greeting = co_await ctx.Activity<std::string>(first);
  const auto name = co_await ctx.Activity<std::string>("getNameActivity");
  co_await ctx.Activity<Payload>("sayGreetingActivity", greeting, name);
}
Task<void> Greetings(Context& ctx) {
  co_await Greet(ctx, "getGreetingActivity");
}
Task<void> GreetingsRenamed(Context& ctx) {
  co_await Greet(ctx, "getGreetingActivitytest");
}
Task<void> GreetingsAsNumber(Context& ctx) {
  co_await ctx.Activity<int>("getGreetingActivity");
  const auto name = co_await ctx.Activity<std::string>("getNameActivity");
  co_await ctx.Activity<Payload>("sayGreetingActivity", 0, name);
}

Task<void> Sample(Context& ctx) {
  co_await ctx.Activity<std::string>("testActivityMultipleArgs", 2, "test",
                                     true);
}

PayloadMap TestKey(std::string value) {
  return {{"Test key", cohort::ToPayload(value)}};
}

Task<void> Memo(Context& ctx, std::string memo) {
  ctx.UpsertMemo(TestKey(memo));
  memo = co_await ctx.Activity<std::string>(kHello, memo);
  ctx.UpsertMemo(TestKey(memo));
}

Task<std::vector<int>> MutableSideEffects(Context& ctx) {
  std::vector<int> results;
  const auto add = [&](int x) {
    results.push_back(
        ctx.MutableSideEffect("side-effect-1", [x] { return x; }));
  };
  for (int x : {0, 0, 0, 1, 1, 2}) add(x);
  co_await ctx.Sleep(1s);
  for (int x : {3, 3, 4}) add(x);
  co_await ctx.Sleep(1s);
  for (int x : {4, 5}) add(x);
  Require(results == std::vector<int>{0, 0, 0, 1, 1, 2, 3, 3, 4, 4, 5});
  co_return results;
}

Task<void> MutableSideEffectAdded(Context& ctx, std::string name) {
  cohort::GetVersion(ctx, "test-change", -1, 1);
  ctx.MutableSideEffect("m", [] { return 1; });
  for (int i = 0; i < 3; ++i) {
    co_await ctx.Activity<std::string>(kHello, name);
  }
}

const Port kPorts[] = {
    {"PY-HELLO", "original", Add<PythonHello>},
    {"N-HELLO", "original", Add<DotnetHello>},
    {"PY-QUICK", "original", Add<QuickActivities>},
    {"PY-QUICK", "original, with langUsedFlags [1] removed from the file",
     Add<QuickActivities>},
    {"J-AWAIT", "original", Add<AwaitUnblocked>},
    {"J-ASYNCRETRY", "original", Add<RetryAsynchronously>},
    {"G-CANCELACT", "original", Add<CancelBeforeTaskStarted>},
    {"G-AWAIT", "original", Add<AwaitWithTimeout>},
    {"G-ORPHAN", "none", Add<Orphan>},
    {"K-GREET", "original", Add<Greetings>},
    {"K-GREET", "first activity renamed getGreetingActivitytest (int result)",
     Add<GreetingsRenamed>},
    {"K-GREET",
     "second activity's Go function returns int, registered under the "
     "recorded name",
     Add<Greetings>},
    {"K-GREET", "first result read as int", Add<GreetingsAsNumber>},
    {"K-SAMPLE", "original", Add<Sample>},
    {"G-MEMO", "original", Add<Memo>},
    {"G-MSE", "original", Add<MutableSideEffects>},
    {"G-W1", "mutable-side-effect-added", Add<MutableSideEffectAdded>},
};

}  // namespace

std::span<const Port> ActivityPorts() { return kPorts; }

}  // namespace cohort_testing
