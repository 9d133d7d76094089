#include "cohort/workflow/context.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using cohort_testing::RunToEnd;
using cohort_testing::Script;
using std::chrono::hours;

template <typename F>
std::string ResultOf(F function, const Script& script = RunToEnd) {
  Registry registry;
  registry.Workflow("W", +function);
  return LiveThenReplay(registry, "W", {}, script).result;
}

TEST(SpawnTest, RunsBesideInTheOrderOfSpawning) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              auto log = std::make_shared<std::string>();
              auto side = [](Context& c, std::string name,
                             std::shared_ptr<std::string> out) -> Task<int> {
                *out += name + "1 ";
                co_await c.Activity<int>("a");
                *out += name + "2 ";
                co_return 3;
              };
              Future<int> x = ctx.Spawn(side(ctx, "x", log));
              Future<int> y = ctx.Spawn(side(ctx, "y", log));
              *log += "main ";
              const int sum = co_await x + co_await y;
              co_return *log + std::to_string(sum);
            }),
            "\"main x1 y1 x2 y2 6\"");
}

TEST(SpawnTest, ErrorComesOutOfTheFuture) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              auto side = [](Context&) -> Task<void> {
                throw ApplicationError("beside");
                co_return;
              };
              auto r = co_await AsResult(ctx.Spawn(side(ctx)));
              co_return r.message();
            }),
            "\"beside\"");
}

TEST(PromiseTest, SettlesWhoWaits) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<int> {
              Promise<int> promise = ctx.MakePromise<int>();
              auto side = [](Context&, Promise<int> p) -> Task<void> {
                p.Set(4);
                p.Set(5);
                co_return;
              };
              (void)ctx.Spawn(side(ctx, promise));
              co_return co_await promise.future();
            }),
            "4");
}

TEST(PromiseTest, FailThrows) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              Promise<int> promise = ctx.MakePromise<int>();
              promise.Fail(std::make_exception_ptr(ApplicationError("failed")));
              co_return (co_await AsResult(promise.future())).message();
            }),
            "\"failed\"");
}

TEST(UntilTest, IsAskedWhenAllWait) {
  EXPECT_EQ(ResultOf(
                [](Context& ctx) -> Task<int> {
                  auto sum = std::make_shared<int>(0);
                  ctx.OnSignal("add", [sum](int n) { *sum += n; });
                  co_await ctx.Until([sum] { return *sum >= 5; });
                  co_return *sum;
                },
                [](Recorder& r) {
                  EXPECT_OK(r.RunTurn());
                  r.Signal("add", ToPayloads(3));
                  EXPECT_OK(r.RunTurn());
                  EXPECT_FALSE(r.closed());
                  r.Signal("add", ToPayloads(3));
                  EXPECT_OK(r.RunTurn());
                }),
            "6");
}

TEST(UntilTest, MayNotChangeTheRun) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        auto first = std::make_shared<bool>(true);
        co_await ctx.Until([&ctx, first] {
          if (std::exchange(*first, false)) return false;
          (void)ctx.Activity<void>("a");
          return true;
        });
      });
  Recorder recorder({.registry = &registry}, "W", {});
  const absl::Status status = recorder.RunTurn();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
}

TEST(SignalTest, BufferedBeforeAnybodyAsks) {
  EXPECT_EQ(ResultOf(
                [](Context& ctx) -> Task<std::string> {
                  co_await ctx.Activity<void>("slow");
                  auto go = ctx.Signals<std::string>("go");
                  std::string out = std::to_string(go.unread());
                  out += co_await go.Receive();
                  out += co_await go.Receive();
                  co_return out;
                },
                [](Recorder& r) {
                  EXPECT_OK(r.RunTurn());
                  r.Signal("go", ToPayloads("x"));
                  r.Signal("go", ToPayloads("y"));
                  EXPECT_OK(r.RunTurn());
                  r.Complete(r.Open()[0]);
                  EXPECT_OK(r.RunTurn());
                }),
            "\"2xy\"");
}

TEST(SignalTest, DroppedReaderDoesNotSwallow) {
  EXPECT_EQ(ResultOf(
                [](Context& ctx) -> Task<std::string> {
                  auto go = ctx.Signals<std::string>("go");
                  {
                    Future<std::string> dropped = go.Receive();
                    co_await WhenAny(dropped, ctx.Activity<void>("first"));
                  }
                  co_return co_await go.Receive();
                },
                [](Recorder& r) {
                  EXPECT_OK(r.RunTurn());
                  r.Complete(r.Open()[0]);
                  EXPECT_OK(r.RunTurn());
                  r.Signal("go", ToPayloads("x"));
                  EXPECT_OK(r.RunTurn());
                }),
            "\"x\"");
}

TEST(SignalTest, HandlerTakesWhatCameBefore) {
  EXPECT_EQ(ResultOf(
                [](Context& ctx) -> Task<std::string> {
                  auto all = std::make_shared<std::string>();
                  co_await ctx.Activity<void>("a");
                  ctx.OnSignal("go", [all](std::string s) { *all += s; });
                  co_await ctx.Until([all] { return all->size() == 2; });
                  co_return *all;
                },
                [](Recorder& r) {
                  EXPECT_OK(r.RunTurn());
                  r.Signal("go", ToPayloads("x"));
                  r.Complete(r.Open()[0]);
                  EXPECT_OK(r.RunTurn());
                  r.Signal("go", ToPayloads("y"));
                  EXPECT_OK(r.RunTurn());
                }),
            "\"xy\"");
}

TEST(CancelTest, RequestIsAFuture) {
  EXPECT_EQ(ResultOf(
                [](Context& ctx) -> Task<int> {
                  Future<int> work = ctx.Activity<int>("work");
                  co_return static_cast<int>(
                      co_await WhenAny(work, ctx.CancelRequested()));
                },
                [](Recorder& r) {
                  EXPECT_OK(r.RunTurn());
                  r.RequestCancel();
                  EXPECT_OK(r.RunTurn());
                }),
            "1");
}

TEST(ContinueAsNewTest, ClosesWithItsArguments) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx, int n) -> Task<void> {
        co_await ctx.Activity<void>("a", n);
        ctx.ContinueAsNew(n + 1);
      });
  const LiveRun run = LiveThenReplay(registry, "W", ToPayloads(1), RunToEnd);
  const Event& last = run.history.events().back();
  EXPECT_EQ(last.type, EventType::kWorkflowExecutionContinuedAsNew);
  EXPECT_EQ(last.name(), "W");
  EXPECT_EQ(run.result, "2");
}

TEST(ContinueAsNewTest, OptionsAreOfTheNextRun) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("a");
        ctx.ContinueAsNew(ContinueAsNewOptions()
                              .WorkflowType("Next")
                              .TaskQueue("other")
                              .RunTimeout(hours(2))
                              .TaskTimeout(std::chrono::seconds(7))
                              .Memo({{"note", ToPayload("hi")}}),
                          "x", 3);
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, RunToEnd);
  const Event& last = run.history.events().back();
  ASSERT_EQ(last.type, EventType::kWorkflowExecutionContinuedAsNew);
  EXPECT_EQ(last.name(), "Next");
  EXPECT_EQ(last.text(Text::kScope), "other");
  for (std::string_view field :
       {R"("workflowRunTimeout":"7200s")", R"("workflowTaskTimeout":"7s")",
        R"("memo":{"fields":{"note":)"}) {
    EXPECT_NE(last.json.find(field), std::string_view::npos)
        << field << " in " << last.json;
  }
  PayloadReader reader;
  EXPECT_EQ(*reader.ReadPayloads(last.input), ToPayloads("x", 3));
}

TEST(ContinueAsNewTest, WhatIsNotSetIsNotSent) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("a");
        ctx.ContinueAsNew(ContinueAsNewOptions().TaskQueue("other"));
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, RunToEnd);
  const Event& last = run.history.events().back();
  EXPECT_EQ(last.name(), "W");
  EXPECT_EQ(last.json.find("imeout"), std::string_view::npos) << last.json;
  EXPECT_EQ(last.json.find("memo"), std::string_view::npos) << last.json;
}

// A divergence there names the line of the options.
TEST(ContinueAsNewTest, OptionsSayWhereTheyAreMade) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        ctx.ContinueAsNew(ContinueAsNewOptions().WorkflowType("Next"));
        co_return;
      });
  const History history =
      HistoryBuilder("W").Turn().Activity("a").StartedTask().Build();
  const ReplayReport report = Replayer(registry).Replay(history);
  ASSERT_TRUE(report.divergence) << report.ToString();
  EXPECT_NE(report.ToString().find("ContinueAsNew at context_test.cc:"),
            std::string::npos)
      << report.ToString();
}

TEST(FactsTest, AreTheSameOnReplay) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        // Each becomes a recorded activity type: a replay would diverge.
        co_await ctx.Activity<void>(ctx.Uuid());
        co_await ctx.Activity<void>(absl::FormatTime(ctx.Now()));
        co_await ctx.Activity<void>(std::to_string(ctx.Random()()));
        co_await ctx.Activity<void>(ctx.info().workflow_id + ctx.info().run_id);
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, RunToEnd);
  const std::string_view uuid = run.history.events()[4].name();
  ASSERT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
}

TEST(LogTest, IsSilentOnReplay) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        ctx.Log("one");
        co_await ctx.Activity<void>("a");
        ctx.Log("two");
      });
  std::vector<std::string> lines;
  RunOptions options{.registry = &registry};
  options.log = [&](std::string_view line) { lines.emplace_back(line); };
  const LiveRun run = cohort_testing::RecordLive(options, "W", {}, RunToEnd,
                                                 Recorder::Mode::kEvicted);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two"}));
}

TEST(ArenaTest, ALongLoopDoesNotGrow) {
  constexpr int kTurns = 45'000;
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx, int n) -> Task<void> {
        auto step = [](Context& c, int i) -> Task<int> {
          co_return co_await c.Activity<int>("noop", i);
        };
        for (int i = 0; i < n; ++i) co_await step(ctx, i);
      });
  Recorder recorder({.registry = &registry}, "W", ToPayloads(kTurns));
  std::size_t reserved = 0;
  for (int i = 0; i < kTurns; ++i) {
    ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
    recorder.Complete(recorder.Open()[0], ToPayloads(1));
    const std::size_t now = recorder.run().state().arena.bytes_reserved();
    if (i < 10) reserved = now;
    ASSERT_LE(now, reserved) << "turn " << i;
  }
  EXPECT_OK(recorder.RunTurn());
  EXPECT_TRUE(recorder.closed());
}

TEST(ArenaTest, ASelectorsCasesThatAreUsedUpGo) {
  constexpr int kTurns = 2'000;
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx, int n) -> Task<void> {
        int ticks = 0;
        Selector next(ctx);
        std::function<void()> again = [&] {
          ++ticks;
          next.OnSettled(ctx.Activity<int>("tick", ticks), again);
        };
        again();
        for (int i = 0; i < n; ++i) {
          if (co_await next.Select() != static_cast<std::size_t>(i)) {
            throw std::logic_error("cases keep the numbers of their adding");
          }
        }
      });
  Recorder recorder({.registry = &registry}, "W", ToPayloads(kTurns));
  std::size_t reserved = 0;
  for (int i = 0; i < kTurns; ++i) {
    ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
    recorder.Complete(recorder.Open()[0], ToPayloads(1));
    const std::size_t now = recorder.run().state().arena.bytes_reserved();
    if (i < 10) reserved = now;
    ASSERT_LE(now, reserved) << "turn " << i;
  }
  EXPECT_OK(recorder.RunTurn());
  EXPECT_TRUE(recorder.closed());
}

}  // namespace
}  // namespace cohort
