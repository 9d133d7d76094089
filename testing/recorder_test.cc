// The recorder: what it takes, and what it does not.
#include "cohort/testing/recorder.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cohort/history/event_table.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

// Closes with an activity that nobody has answered.
Task<void> LeavesOneOpen(Context& ctx) {
  ctx.OnSignal("s", [] {});
  (void)ctx.Activity<void>("open");
  co_return;
}

Registry Workflows() {
  Registry registry;
  registry.Workflow("W", LeavesOneOpen);
  return registry;
}

TEST(RecorderTest, AClosedRunTakesNothingMore) {
  using Call = std::function<void(Recorder&)>;
  const std::vector<std::pair<std::string, Call>> calls = {
      {"event of an operation",
       [](Recorder& r) { r.Complete(r.Open().at(0)); }},
      {"event of an operation",
       [](Recorder& r) { r.Fail(r.Open().at(0), Failure{.message = "no"}); }},
      {"event of an operation", [](Recorder& r) { r.TimeOut(r.Open().at(0)); }},
      {"event of an operation",
       [](Recorder& r) { r.AcknowledgeCancel(r.Open().at(0)); }},
      {"event of an operation", [](Recorder& r) { r.Start(r.Open().at(0)); }},
      {"update", [](Recorder& r) { r.Update("u-1", "u"); }},
      {"update", [](Recorder& r) { r.Admit("u-1", "u"); }},
      {"signal", [](Recorder& r) { r.Signal("s"); }},
      {"request to cancel", [](Recorder& r) { r.RequestCancel(); }},
      {"workflow task", [](Recorder& r) { r.FailTask(); }},
      {"workflow task", [](Recorder& r) { (void)r.RunTurn(); }},
  };
  const Registry registry = Workflows();
  for (const auto& [what, call] : calls) {
    Recorder recorder({.registry = &registry}, "W", {});
    EXPECT_OK(recorder.RunTurn());
    ASSERT_TRUE(recorder.closed());
    EXPECT_OK(recorder.status());
    const std::string before = recorder.ToJson();
    call(recorder);
    EXPECT_EQ(recorder.status(),
              absl::InvalidArgumentError("the run is closed, it takes no " +
                                         what + " any more"));
    EXPECT_EQ(recorder.ToJson(), before) << what;
  }
}

TEST(RecorderTest, AnOpenRunTakesThem) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<int> {
        Future<int> work = ctx.Activity<int>("open");
        co_return co_await work + co_await ctx.Signals<int>("s").Receive();
      });
  Recorder recorder({.registry = &registry}, "W", {});
  EXPECT_OK(recorder.RunTurn());
  recorder.Signal("s", ToPayloads(2));
  recorder.Complete(recorder.Open().at(0), ToPayloads(3));
  EXPECT_OK(recorder.RunTurn());
  EXPECT_TRUE(recorder.closed());
  EXPECT_EQ(recorder.commands().back().input, ToPayloads(5));
}

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

// --- A history that the official replayer for Python took --------------------

// golden/parcel.py is the same workflow in Python; it replays the file.
Task<std::string> Parcel(Context& ctx, std::string id) {
  auto notes = std::make_shared<int>(0);
  ctx.OnSignal("note", [notes](int n) { *notes += n; });
  const auto label = co_await ctx.Activity<std::string>("label", id);
  if (Patched(ctx, "weigh")) co_await ctx.Sleep(std::chrono::seconds(1));
  co_await ctx.Child<std::string>(ChildOptions().WorkflowId("courier-1"),
                                  "Courier", id);
  co_await ctx.Until([notes] { return *notes > 0; });
  co_return label;
}

std::string RecordParcel() {
  Registry registry;
  registry.Workflow("Parcel", Parcel);
  Recorder r({.registry = &registry}, "Parcel", ToPayloads("p-1"));
  EXPECT_OK(r.RunTurn());
  r.Complete(r.Open()[0], ToPayloads("label of p-1"));
  EXPECT_OK(r.RunTurn());
  r.Complete(r.Open()[0]);
  EXPECT_OK(r.RunTurn());
  r.Complete(r.Open()[0], ToPayloads("brought"));
  EXPECT_OK(r.RunTurn());
  r.Signal("note", ToPayloads(1));
  EXPECT_OK(r.RunTurn());
  EXPECT_TRUE(r.closed());
  return r.ToJson();
}

// After a change that is meant: COHORT_REWRITE=1 bazel run
// //testing:recorder_test, and once more what golden/parcel.py says.
TEST(GoldenTest, WhatIsWrittenIsWhatWasReplayed) {
  const std::string path = "testing/testdata/golden/parcel.json";
  if (std::getenv("COHORT_REWRITE") != nullptr) {
    const char* root = std::getenv("BUILD_WORKSPACE_DIRECTORY");
    ASSERT_NE(root, nullptr) << "only under bazel run";
    std::ofstream(std::string(root) + "/" + path) << RecordParcel();
    return;
  }
  std::ifstream in(path, std::ios::binary);
  EXPECT_EQ(RecordParcel(),
            std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace
}  // namespace cohort
