// Cancellation scopes: what a request, or the code, cancels.
#include "cohort/workflow/scope.h"

#include <chrono>
#include <memory>
#include <string>

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

void RequestThenRun(Recorder& r) {
  EXPECT_OK(r.RunTurn());
  r.RequestCancel();
  EXPECT_OK(r.RunTurn());
  while (!r.closed() && !r.Open().empty()) {
    r.Complete(r.Open().back());
    EXPECT_OK(r.RunTurn());
  }
}

TEST(ScopeTest, ARequestCancelsWhatIsOpenAndTheRun) {
  const LiveRun run = RunOf(
      [](Context& ctx) -> Task<void> {
        auto timer = ctx.Timer(1h);
        co_await ctx.Activity<void>("work");
        co_await timer;
      },
      RequestThenRun);
  EXPECT_EQ(run.history.events().back().type,
            EventType::kWorkflowExecutionCanceled);
}

TEST(ScopeTest, CleanUpInADetachedScope) {
  const LiveRun run = RunOf(
      [](Context& ctx) -> Task<std::string> {
        const Result<void> work = co_await AsResult(ctx.Activity<void>("work"));
        EXPECT_TRUE(ctx.canceled());
        // In the canceled scope nothing begins any more.
        const Result<void> late = co_await AsResult(ctx.Activity<void>("late"));
        CancelScope cleanup(ctx, ScopeLink::kDetached);
        co_await cleanup.ctx().Activity<void>("undo");
        co_return work.Is<CanceledError>() && late.Is<CanceledError>() ? "both"
                                                                       : "no";
      },
      RequestThenRun);
  EXPECT_EQ(run.result, "\"both\"") << run.json;
}

// A scope that outlives the one above it belongs to the next one above, not to
// a stranger that is opened under the same number.
TEST(ScopeTest, AScopeOutlivesTheOneAboveIt) {
  const LiveRun run = RunOf(
      [](Context& ctx) -> Task<std::string> {
        auto above = std::make_unique<CancelScope>(ctx);
        CancelScope below(above->ctx());
        auto timer = below.ctx().Timer(1h);
        above.reset();
        CancelScope stranger(ctx);
        stranger.Cancel();
        auto late = below.ctx().Timer(2h);
        const bool untouched = !timer.settled() && !late.settled();
        below.Cancel();
        const Result<void> ended = co_await AsResult(timer);
        co_return untouched&& ended.Is<CanceledError>() ? "own" : "stranger's";
      },
      [](Recorder& r) { EXPECT_OK(r.RunTurn()); });
  EXPECT_EQ(run.result, "\"own\"") << run.json;
}

TEST(ScopeTest, CodeCancelsAScopeAndThoseBelow) {
  const LiveRun run = RunOf(
      [](Context& ctx) -> Task<std::string> {
        CancelScope outer(ctx);
        CancelScope inner(outer.ctx());
        CancelScope apart(outer.ctx(), ScopeLink::kDetached);
        auto a = outer.ctx().Activity<void>("a");
        auto b = inner.ctx().Timer(1h);
        auto c = apart.ctx().Activity<void>("c");
        auto d = inner.ctx().Until([] { return false; });
        auto e = inner.ctx().Signals<int>("s").Receive();
        co_await ctx.Sleep(1s);
        outer.Cancel();
        std::string words;
        words += (co_await AsResult(a)).Is<CanceledError>() ? "a" : "-";
        words += (co_await AsResult(b)).Is<CanceledError>() ? "b" : "-";
        words += (co_await AsResult(d)).Is<CanceledError>() ? "d" : "-";
        words += (co_await AsResult(e)).Is<CanceledError>() ? "e" : "-";
        words += c.settled() ? "c" : "-";
        words += ctx.canceled() ? "run" : "-";
        co_await c;
        co_return words;
      },
      [](Recorder& r) {
        EXPECT_OK(r.RunTurn());
        for (const Recorder::OpenOperation& open : r.Open()) {
          if (open.name.empty() && open.kind == CommandKind::kStartTimer &&
              open.event_id == r.Open().back().event_id) {
            r.Complete(open);  // the second timer
            break;
          }
        }
        EXPECT_OK(r.RunTurn());
        for (const Recorder::OpenOperation& open : r.Open()) {
          if (open.name != "c") continue;
          r.Complete(open);
          break;
        }
        EXPECT_OK(r.RunTurn());
      });
  EXPECT_EQ(run.result, "\"abde--\"") << run.json;
}

TEST(ScopeTest, WhatAScopeLeavesBelongsToTheOneAround) {
  const LiveRun run = RunOf(
      [](Context& ctx) -> Task<void> {
        std::optional<Future<void>> left;
        {
          CancelScope scope(ctx);
          left = scope.ctx().Timer(1h);
        }
        co_await *left;
      },
      RequestThenRun);
  EXPECT_EQ(run.history.events().back().type,
            EventType::kWorkflowExecutionCanceled);
}

// A run that began before requests canceled scopes keeps its rule.
TEST(ScopeTest, OldRunsOnlyHearOfTheRequest) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        auto work = ctx.Activity<void>("work");
        co_await ctx.CancelRequested();
        co_await work;
      });
  const LiveRun now = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.RequestCancel();
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(now.history.events().back().type,
            EventType::kWorkflowExecutionCanceled);
  // The same without the flag, and as the old rule went on.
  std::string old = now.json;
  const std::size_t flag = old.find(",\"coreUsedFlags\":[\"1001\"]");
  ASSERT_NE(flag, std::string::npos);
  old.erase(flag, std::string(",\"coreUsedFlags\":[\"1001\"]").size());
  for (int outputs = 0; outputs < 2; ++outputs) {
    old.erase(old.rfind(",\n"));
  }
  old += "]}";
  const auto history = History::FromJson(old);
  ASSERT_TRUE(history.ok()) << history.status() << old;
  const ReplayReport report = Replayer(registry).Replay(*history);
  EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
}

}  // namespace
}  // namespace cohort
