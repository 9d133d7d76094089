// Signals, queries, updates and selectors, live and replayed.
#include "cohort/workflow/handlers.h"

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/history/event_table.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using cohort_testing::Script;
using namespace std::chrono_literals;

template <typename F>
LiveRun RunOf(F workflow, const Script& script) {
  Registry registry;
  registry.Workflow("W", workflow);
  return LiveThenReplay(registry, "W", {}, script);
}

std::vector<std::string> EventsOf(const LiveRun& run) {
  std::vector<std::string> names;
  for (const Event& event : run.history.events()) {
    if (RoleOf(event.type) == Role::kOutput) {
      names.emplace_back(RowOf(event.type).camel());
    }
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(UpdateTest, IsAcceptedAndCompletedWhereItCame) {
  const auto workflow = [](Context& ctx) -> Task<std::string> {
    std::string address;
    ctx.OnUpdate(
        "set-address",
        [&address](std::string to) {
          address = to;
          return "ok:" + to;
        },
        [](std::string to) {
          if (to.empty()) throw ApplicationError("empty address");
        });
    co_await ctx.Activity<void>("work");
    co_return address;
  };
  const LiveRun run = RunOf(workflow, [](Recorder& r) {
    r.Update("u0", "set-address", ToPayloads("early"));
    EXPECT_OK(r.RunTurn());
    r.Update("u1", "set-address", ToPayloads(""));
    r.Update("u2", "set-address", ToPayloads("here"));
    r.Update("u3", "no-such-update");
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(r.rejected().size(), 2u);
    EXPECT_EQ(r.rejected()[0].id, "u1");
    EXPECT_EQ(r.rejected()[0].failure.message, "empty address");
    EXPECT_EQ(r.rejected()[1].id, "u3");
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "\"here\"");
  EXPECT_EQ(
      EventsOf(run),
      (Names{
          "WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted",
          "ActivityTaskScheduled", "WorkflowExecutionUpdateAccepted",
          "WorkflowExecutionUpdateCompleted", "WorkflowExecutionCompleted"}));
}

TEST(UpdateTest, OneThatWaitsEndsInALaterTurn) {
  const auto workflow = [](Context& ctx) -> Task<std::string> {
    ctx.OnUpdate("work", [&ctx](int n) -> Task<int> {
      const int got = co_await ctx.Activity<int>("activity", n);
      if (got == 0) throw ApplicationError("nothing");
      co_return got + 1;
    });
    co_await ctx.Sleep(1h);
    co_await ctx.Until([&ctx] { return ctx.AllHandlersFinished(); });
    co_return "done";
  };
  const LiveRun run = RunOf(workflow, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Update("u1", "work", ToPayloads(1));
    r.Update("u2", "work", ToPayloads(2));
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);  // the timer
    EXPECT_OK(r.RunTurn());
    EXPECT_FALSE(r.closed());
    r.Complete(r.Open()[1], ToPayloads(5));
    r.Complete(r.Open()[0], ToPayloads(0));
    EXPECT_OK(r.RunTurn());
    EXPECT_TRUE(r.closed());
  });
  EXPECT_EQ(run.result, "\"done\"");
}

TEST(UpdateTest, AdmittedBeforeAnybodyCouldTakeIt) {
  const auto workflow = [](Context& ctx) -> Task<int> {
    int sum = 0;
    ctx.OnUpdate("add", [&sum](int n) { return sum += n; });
    co_await ctx.Activity<void>("work");
    co_return sum;
  };
  const LiveRun run = RunOf(workflow, [](Recorder& r) {
    r.Admit("u1", "add", ToPayloads(3));
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "3");
}

// History records no rejection: a run that is rebuilt must not ask again.
TEST(UpdateTest, AdmittedAndRejectedIsNotAskedAgain) {
  const auto workflow = [](Context& ctx) -> Task<int> {
    int sum = 0;
    co_await ctx.Activity<void>("work");
    ctx.OnUpdate("add", [&sum](int n) { return sum += n; });
    co_await ctx.Activity<void>("more");
    co_return sum;
  };
  const LiveRun run = RunOf(workflow, [](Recorder& r) {
    r.Admit("u1", "add", ToPayloads(3));
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(r.rejected().size(), 1u);
    for (int i = 0; i < 2; ++i) {
      r.Complete(r.Open()[0]);
      EXPECT_OK(r.RunTurn());
    }
  });
  EXPECT_EQ(run.result, "0");
}

TEST(UpdateTest, ValidatorMayNotChangeTheRun) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        ctx.OnUpdate(
            "u", [] {}, [&ctx] { (void)Patched(ctx, "in-validator"); });
        co_await ctx.Sleep(1h);
      });
  Recorder r({.registry = &registry}, "W", {});
  EXPECT_OK(r.RunTurn());
  r.Update("u1", "u");
  EXPECT_EQ(r.RunTurn().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(ToStd(r.status().message()).find("an update validator"),
            std::string_view::npos)
      << r.status();
}

TEST(QueryTest, ReadsAndNeverChanges) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        const auto status = std::make_shared<std::string>("new");
        ctx.OnQuery("status", [status] { return *status; });
        ctx.OnQuery("plus", [](int a, int b) { return a + b; });
        ctx.OnQuery("bad", [&ctx] {
          (void)ctx.Activity<void>("from a query");
          return 0;
        });
        *status = "waiting";
        co_await ctx.Sleep(1h);
      });
  Recorder r({.registry = &registry}, "W", {});
  EXPECT_OK(r.RunTurn());
  EXPECT_EQ(r.Query("status")->at(0).data, "\"waiting\"");
  EXPECT_EQ(r.Query("plus", ToPayloads(2, 3))->at(0).data, "5");
  EXPECT_EQ(r.Query("plus", ToPayloads("x", 3)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(r.Query("nothing").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(r.Query("bad").status().code(), absl::StatusCode::kInvalidArgument);
  // The run is none the worse for it.
  r.Complete(r.Open()[0]);
  EXPECT_OK(r.RunTurn());
  EXPECT_TRUE(r.closed());
  EXPECT_EQ(r.Query("status")->at(0).data, "\"waiting\"");
}

Task<void> Inner(Context& ctx) { co_await ctx.Sleep(1h); }

// All that runs user code beside its own lines.
Task<void> WaitsEverywhere(Context& ctx) {
  ctx.OnSignal("s", [&ctx]() -> Task<void> { co_await ctx.Sleep(1h); });
  ctx.OnUpdate("u", [&ctx]() -> Task<int> {
    co_await ctx.Sleep(1h);
    co_return 1;
  });
  auto called = ctx.Spawn([&ctx]() -> Task<void> { co_await Inner(ctx); });
  auto given = ctx.Spawn(Inner(ctx));
  auto all = ctx.Spawn([&ctx]() -> Task<void> {
    std::vector<Future<int>> some;
    some.push_back(ctx.Activity<int>("a"));
    co_await WhenAll(std::move(some));
  });
  auto any = ctx.Spawn([&ctx]() -> Task<void> {
    Selector next(ctx);
    next.OnReceive(ctx.Signals<int>("x"), [](int) {});
    co_await next.Select();
  });
  auto tried = ctx.Spawn([&ctx]() -> Task<void> {
    const Result<void> r = co_await AsResult(Inner(ctx));
    r.Rethrow();
  });
  co_await ctx.UntilWithin(1h, [] { return false; });
  co_await called;
}

// Each task by the number of its lines. All are of this file.
TEST(QueryTest, StackTraceNamesTheUsersLinesOnly) {
  Registry registry;
  registry.Workflow("W", WaitsEverywhere);
  Recorder r({.registry = &registry}, "W", {});
  EXPECT_OK(r.RunTurn());
  r.Signal("s");
  r.Update("u-1", "u", {});
  EXPECT_OK(r.RunTurn());
  const std::string trace =
      *FromPayload<std::string>(r.Query("__stack_trace")->at(0));
  std::istringstream lines(trace);
  std::string counts;
  int count = -1;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("task ")) {
      if (count >= 0) counts += std::to_string(count) + " ";
      count = 0;
    } else {
      EXPECT_TRUE(line.starts_with("  handlers_test.cc:")) << line;
      ++count;
    }
  }
  EXPECT_EQ(counts + std::to_string(count), "1 1 1 2 1 1 1 2") << trace;
}

// The innermost line first.
TEST(QueryTest, StackTraceIsInOrder) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> { co_await Inner(ctx); });
  Recorder r({.registry = &registry}, "W", {});
  EXPECT_OK(r.RunTurn());
  const std::string trace =
      *FromPayload<std::string>(r.Query("__stack_trace")->at(0));
  int inner = 0;
  int outer = 0;
  ASSERT_EQ(std::sscanf(trace.c_str(),
                        "task 1\n  handlers_test.cc:%d\n"
                        "  handlers_test.cc:%d\n",
                        &inner, &outer),
            2)
      << trace;
  EXPECT_LT(inner, outer);
}

TEST(SignalTest, HandlersMayWaitAndReplaceEachOther) {
  const auto workflow = [](Context& ctx) -> Task<std::string> {
    std::string log;
    int waiting = 2;
    ctx.OnSignal("s", [&](std::string first) -> Task<void> {
      ctx.OnSignal("s", [&](std::string second) {
        log += "second:" + second + " ";
        --waiting;
      });
      co_await ctx.Activity<void>("slow");
      log += "first:" + first + " ";
      --waiting;
    });
    co_await ctx.Until([&] { return waiting == 0; });
    co_return log;
  };
  const LiveRun run = RunOf(workflow, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Signal("s", ToPayloads("a"));
    EXPECT_OK(r.RunTurn());
    r.Signal("s", ToPayloads("b"));
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "\"second:b first:a \"");
}

// The usual way to go on with the next timer: out of the last one's own case.
TEST(SelectorTest, ACaseAddsTheNextOne) {
  const auto workflow = [](Context& ctx) -> Task<std::string> {
    Selector next(ctx);
    std::string fired;
    int left = 20;
    std::function<void()> arm = [&] {
      const int number = left;
      std::string name =
          "a name too long for a small string " + std::to_string(number) + ";";
      next.OnSettled(ctx.Timer(1s), [&, name = std::move(name)] {
        if (--left > 0) arm();
        fired += name.substr(name.size() - 3);
      });
    };
    arm();
    while (left > 0) co_await next.Select();
    co_return fired.substr(0, 6);
  };
  const LiveRun run = RunOf(workflow, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    while (!r.closed() && !r.Open().empty()) {
      r.Complete(r.Open()[0]);
      EXPECT_OK(r.RunTurn());
    }
  });
  EXPECT_EQ(run.result, "\"20;19;\"") << run.json;
}

TEST(SelectorTest, FirstReadyCaseInTheOrderOfAdding) {
  const auto workflow = [](Context& ctx) -> Task<std::string> {
    std::string log;
    auto signals = ctx.Signals<std::string>("s");
    auto timer = ctx.Timer(1h);
    bool expired = false;
    Selector next(ctx);
    next.OnReceive(signals, [&](std::string s) { log += s; })
        .OnSettled(timer, [&] { expired = true; });
    while (!expired) co_await next.Select();
    EXPECT_FALSE(next.TrySelect());
    co_return log;
  };
  const LiveRun run = RunOf(workflow, [](Recorder& r) {
    r.Signal("s", ToPayloads("a"));
    EXPECT_OK(r.RunTurn());
    r.Signal("s", ToPayloads("b"));
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);
    r.Signal("s", ToPayloads("c"));
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "\"abc\"");
}

TEST(UntilWithinTest, HoldsOrTimesOut) {
  const auto workflow = [](Context& ctx) -> Task<std::string> {
    bool told = false;
    ctx.OnSignal("tell", [&told](int) { told = true; });
    std::string log;
    log += co_await ctx.UntilWithin(1h, [&] { return told; }) ? "y" : "n";
    told = false;
    log += co_await ctx.UntilWithin(1h, [&] { return told; }) ? "y" : "n";
    co_return log;
  };
  const LiveRun run = RunOf(workflow, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Signal("tell", ToPayloads(1));
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "\"yn\"");
}

TEST(MutableSideEffectTest, IsRecordedWhenItChanges) {
  static int calls = 0;  // the world outside
  calls = 0;
  const auto workflow = [](Context& ctx) -> Task<std::vector<int>> {
    std::vector<int> seen;
    for (int turn = 0; turn < 3; ++turn) {
      for (int i = 0; i < 3; ++i) {
        seen.push_back(
            ctx.MutableSideEffect("load", [] { return calls++ / 4; }));
      }
      co_await ctx.Sleep(1s);
    }
    co_return seen;
  };
  Registry registry;
  registry.Workflow("W", +workflow);
  const LiveRun run = cohort_testing::RecordLive({.registry = &registry}, "W",
                                                 {}, cohort_testing::RunToEnd,
                                                 Recorder::Mode::kCached);
  EXPECT_EQ(run.result, "[0,0,0,0,1,1,1,1,2]");
  int markers = 0;
  for (const Event& e : run.history.events()) {
    markers += e.type == EventType::kMarkerRecorded ? 1 : 0;
  }
  EXPECT_EQ(markers, 3);
  calls = 1000;
  cohort_testing::ExpectReplaysEveryWay(registry, run.history);
}

TEST(MemoTest, IsACommand) {
  const auto workflow = [](Context& ctx) -> Task<void> {
    ctx.UpsertMemo({{"note", ToPayload("hi")}});
    co_await ctx.Sleep(1s);
  };
  const LiveRun run = RunOf(workflow, cohort_testing::RunToEnd);
  EXPECT_EQ(EventsOf(run), (Names{"WorkflowPropertiesModified", "TimerStarted",
                                  "WorkflowExecutionCompleted"}));
}

}  // namespace
}  // namespace cohort
