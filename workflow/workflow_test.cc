#include "cohort/workflow/workflow.h"

#include <chrono>
#include <string>
#include <vector>

#include "cohort/testing/live_replay.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using cohort_testing::RunToEnd;

constexpr int kManyAwaits = 1'000'000;

// Frames that live at the same time: sanitizers need several times the memory.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COHORT_TEST_SANITIZED
#endif
#endif
#ifdef COHORT_TEST_SANITIZED
constexpr int kDepth = 50'000;
#else
constexpr int kDepth = 1'000'000;
#endif

// Runs `function` to its end; every open operation completes with 7.
template <typename F>
std::string ResultOf(F function, Payloads input = {}) {
  Registry registry;
  registry.Workflow("W", +function);
  return LiveThenReplay(registry, "W", input, RunToEnd).result;
}

// The examples of the headers.

Task<int> Twice(Context& ctx, int n) {
  co_return 2 * co_await ctx.Activity<int>("noop", n);
}

TEST(TaskTest, HeaderExample) {
  EXPECT_EQ(ResultOf(Twice, ToPayloads(3)), "14");
}

TEST(FutureTest, HeaderExample) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<int> {
              Future<int> a = ctx.Activity<int>("left", 1);
              Future<int> b = ctx.Activity<int>("right", 2);
              const int sum = co_await a + co_await b;
              Future<void> timer = ctx.Timer(std::chrono::seconds(1));
              co_await WhenAll(a, b);
              const std::size_t first = co_await WhenAny(a, timer);
              Result<int> r = co_await AsResult(a);
              co_return sum + r.value() + static_cast<int>(first);
            }),
            "21");
}

Task<std::string> Order(Context& ctx, std::string id) {
  co_await ctx.Activity<void>("validate", id);
  if (GetVersion(ctx, "Step1", 1, 2) == 1) {
    co_await ctx.Activity<void>("ActivityC", id);
  } else {
    co_await ctx.Activity<void>("ActivityD", id);
  }
  co_await ctx.Sleep(std::chrono::hours(24));
  co_return "shipped:" + id;
}

TEST(ContextTest, HeaderExample) {
  EXPECT_EQ(ResultOf(Order, ToPayloads("o-1")), "\"shipped:o-1\"");
}

TEST(OptionsTest, HeaderExample) {
  using namespace std::chrono_literals;
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<int> {
              co_return co_await ctx.Activity<int>(
                  ActivityOptions().StartToClose(10s).MaximumAttempts(3),
                  "charge", std::string("order"));
            }),
            "7");
}

TEST(ErrorsTest, HeaderExample) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        try {
          co_await ctx.Activity<void>("charge", "order");
        } catch (const ActivityError& e) {
          throw ApplicationError("cannot charge: " + e.message());
        }
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    Failure failure;
    failure.message = "no money";
    r.Fail(r.Open()[0], failure);
    EXPECT_OK(r.RunTurn());
    ASSERT_TRUE(r.closed());
    const Command& last = r.commands().back();
    EXPECT_EQ(last.kind, CommandKind::kFailWorkflow);
    EXPECT_EQ(last.failure->message, "cannot charge: no money");
  });
  EXPECT_EQ(run.history.events().back().type,
            EventType::kWorkflowExecutionFailed);
}

// Tasks.

TEST(TaskTest, IsLazy) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              std::string log;
              auto sub = [](Context&, std::string& out) -> Task<int> {
                out += "sub ";
                co_return 1;
              };
              Task<int> task = sub(ctx, log);
              Task<int> never = sub(ctx, log);
              log += "made ";
              const int n = co_await std::move(task);
              co_return log + std::to_string(n);
            }),
            "\"made sub 1\"");
}

Task<int> Throw(Context&) {
  throw std::runtime_error("from below");
  co_return 0;
}

TEST(TaskTest, ExceptionComesOutOfTheAwait) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              std::string what;
              try {
                co_await Throw(ctx);
              } catch (const std::runtime_error& e) {
                what = e.what();
              }
              co_return what;
            }),
            "\"from below\"");
}

TEST(TaskTest, AwaitedTwiceThrows) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              Task<int> task = Twice(ctx, 1);
              (void)co_await std::move(task);
              std::string what;
              try {
                (void)co_await std::move(task);  // NOLINT: on purpose
              } catch (const std::logic_error& e) {
                what = e.what();
              }
              co_return what;
            }),
            "\"a cohort::Task was awaited twice\"");
}

Task<int> One(Context&) { co_return 1; }

TEST(TaskTest, ManySequentialAwaitsDoNotGrowTheStack) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<int> {
              int sum = 0;
              for (int i = 0; i < kManyAwaits; ++i) sum += co_await One(ctx);
              co_return sum;
            }),
            std::to_string(kManyAwaits));
}

Task<int> Nest(Context& ctx, int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await Nest(ctx, depth - 1);
}

TEST(TaskTest, DeepChainDoesNotGrowTheStack) {
  Registry registry;
  registry.Workflow("W", Nest);
  Recorder recorder({.registry = &registry}, "W", ToPayloads(kDepth));
  EXPECT_OK(recorder.RunTurn());
  EXPECT_EQ(recorder.commands().back().input[0].data, std::to_string(kDepth));
}

// Depth counts down; the innermost waits. `frames` counts what lives.
struct Counted {
  explicit Counted(int* frames) : count(frames) { ++*count; }
  Counted(const Counted&) = delete;
  ~Counted() { --*count; }
  int* count;
};

Task<void> Suspended(Context& ctx, int depth, std::int64_t frames) {
  Counted counted(reinterpret_cast<int*>(frames));
  if (depth == 0) {
    co_await ctx.Sleep(std::chrono::hours(1));
  } else {
    co_await Suspended(ctx, depth - 1, frames);
  }
}

TEST(TaskTest, DeepSuspendedChainIsDestroyed) {
  int frames = 0;
  {
    Registry registry;
    registry.Workflow("W", Suspended);
    Recorder recorder(
        {.registry = &registry}, "W",
        ToPayloads(kDepth, reinterpret_cast<std::int64_t>(&frames)));
    EXPECT_OK(recorder.RunTurn());
    EXPECT_EQ(frames, kDepth + 1);
  }
  EXPECT_EQ(frames, 0);
}

// Futures.

TEST(FutureTest, WhenAnyGivesTheFirstToSettleInEventOrder) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<int> {
        Future<int> a = ctx.Activity<int>("a");
        Future<int> b = ctx.Activity<int>("b");
        Future<int> c = ctx.Activity<int>("c");
        const auto first = static_cast<int>(co_await WhenAny(a, b, c));
        const auto settled = static_cast<int>(co_await WhenAny(c, b));
        co_return 10 * first + settled;
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    const auto open = r.Open();
    r.Complete(open[2], ToPayloads(1));
    r.Complete(open[1], ToPayloads(1));
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "20");
}

TEST(FutureTest, WhenAllOfAVectorKeepsTheOrder) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<std::string> {
        std::vector<Future<int>> all;
        for (int i = 0; i < 3; ++i) all.push_back(ctx.Activity<int>("a", i));
        const std::vector<int> values = co_await WhenAll(std::move(all));
        std::string out;
        for (int v : values) out += std::to_string(v);
        co_return out;
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    const auto open = r.Open();
    r.Complete(open[2], ToPayloads(3));
    EXPECT_OK(r.RunTurn());
    r.Complete(open[0], ToPayloads(1));
    r.Complete(open[1], ToPayloads(2));
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "\"123\"");
}

TEST(FutureTest, AsResultDoesNotThrow) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<std::string> {
        Result<int> r = co_await AsResult(ctx.Activity<int>("charge"));
        if (!r.ok()) co_await ctx.Activity<void>("undo", r.message());
        co_return std::string(r.Is<ActivityError>() ? "activity:" : "other:") +
            r.message();
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    Failure failure;
    failure.message = "no";
    r.Fail(r.Open()[0], failure);
    RunToEnd(r);
  });
  EXPECT_EQ(run.result, "\"activity:no\"");
}

TEST(FutureTest, WrongTypeIsAConversionError) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<bool> {
        auto r = co_await AsResult(ctx.Activity<std::string>("a"));
        co_return r.Is<ConversionError>();
      });
  EXPECT_EQ(LiveThenReplay(registry, "W", {}, RunToEnd).result, "true");
}

TEST(FutureTest, TwoTasksMayAwaitOne) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<int> {
              Future<int> a = ctx.Activity<int>("a");
              auto wait = [](Context&, Future<int> f) -> Task<int> {
                co_return co_await f;
              };
              Future<int> x = ctx.Spawn(wait(ctx, a));
              Future<int> y = ctx.Spawn(wait(ctx, a));
              co_return co_await x + co_await y + co_await a;
            }),
            "21");
}

}  // namespace
}  // namespace cohort
