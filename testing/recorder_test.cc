#include "cohort/testing/recorder.h"

#include <cstdint>
#include <string>

#include "cohort/history/event_table.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::ExpectReplaysEveryWay;
using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;

std::string Types(const History& history) {
  std::string out;
  for (const Event& event : history.events()) {
    out += std::string(RowOf(event.type).camel()) + " ";
  }
  return out;
}

Registry Waiting() {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<int> {
        co_return co_await ctx.Signals<int>("go").Receive();
      });
  return registry;
}

// What a server records where a task is scheduled, and something comes in
// before a worker takes it.
TEST(RecorderTest, TasksCanBeTakenApart) {
  const LiveRun run = LiveThenReplay(Waiting(), "W", {}, [](Recorder& r) {
    r.ScheduleTask();
    r.TimeOutTask();  // nobody took it
    r.StartTask();
    r.TimeOutTask();  // nobody answered
    r.ScheduleTask();
    r.Signal("go", ToPayloads(7));
    r.ScheduleTask();  // is scheduled already
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "7");
  EXPECT_EQ(Types(run.history),
            "WorkflowExecutionStarted "
            "WorkflowTaskScheduled WorkflowTaskTimedOut "
            "WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskTimedOut "
            "WorkflowTaskScheduled WorkflowExecutionSignaled "
            "WorkflowTaskStarted WorkflowTaskCompleted "
            "WorkflowExecutionCompleted ");
}

TEST(RecorderTest, ATerminatedRunIsClosed) {
  const LiveRun run = LiveThenReplay(Waiting(), "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Terminate(ToPayloads(std::string("enough")));
    EXPECT_TRUE(r.closed());
  });
  EXPECT_EQ(run.history.events().back().type,
            EventType::kWorkflowExecutionTerminated);
}

TEST(RecorderTest, ARunCanBeNamed) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<std::string> {
        co_return ctx.info().workflow_id + " " + ctx.info().run_id;
      });
  EventDraft start;
  start.text(Text::kName) = "W";
  start.text(Text::kId) = "order-1";
  start.text(Text::kControl) = "run-1";
  Recorder r({.registry = &registry}, start);
  EXPECT_OK(r.RunTurn());
  EXPECT_EQ(r.commands().back().input[0].data, "\"order-1 run-1\"");
}

// How often the code of a loop went through its body.
std::int64_t bodies = 0;

Registry Counting() {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx, int n) -> Task<void> {
        for (int i = 0; i < n; ++i) {
          ++bodies;
          co_await ctx.Activity<void>("work");
        }
      });
  return registry;
}

std::int64_t BodiesOf(int n) {
  bodies = 0;
  LiveThenReplay(Counting(), "W", ToPayloads(n), cohort_testing::RunToEnd);
  return bodies;
}

// Short runs are rebuilt at every turn and cut behind every event; of long ones
// that would cost the square of their length.
TEST(LiveReplayTest, CostsAFixedMultipleOfTheEvents) {
  // 20 turns: live, 21 times rebuilt, 5 replays and a cut behind each event.
  EXPECT_GT(BodiesOf(20), 20 * 60);
  const std::int64_t one = BodiesOf(200);
  const std::int64_t four = BodiesOf(800);
  EXPECT_LT(four, 5 * one);
  EXPECT_LT(four, std::int64_t{800} * 100);
}

}  // namespace
}  // namespace cohort
