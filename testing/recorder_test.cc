// The recorder: what it takes, and what it does not.
#include "cohort/testing/recorder.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

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

}  // namespace
}  // namespace cohort
