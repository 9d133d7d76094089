// The ids that live calls get: unique in the run, as the replayers of each
// dialect want them, and by the scheme that the run began with.
#include <chrono>
#include <string>
#include <vector>

#include "cohort/base/version.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using ::testing::ElementsAre;
using namespace std::chrono_literals;

// Two activities around a timer, a local activity, and a timer that is
// canceled in its own turn; then both once more.
Task<void> Calls(Context& ctx) {
  co_await ctx.Activity<void>("a");
  co_await ctx.LocalActivity<void>("local");
  CancelScope scope(ctx);
  (void)scope.ctx().Timer(1h);
  scope.Cancel();
  co_await ctx.Sleep(1s);
  co_await ctx.Activity<void>(ActivityOptions().Id("mine"), "chosen");
  co_await ctx.Activity<void>("b");
  co_await ctx.Sleep(1s);
}

Registry Program() {
  Registry registry;
  registry.Workflow("Calls", Calls);
  return registry;
}

std::vector<std::string> IdsOf(const History& history) {
  std::vector<std::string> ids;
  for (const Event& event : history.events()) {
    if (event.type == EventType::kActivityTaskScheduled ||
        event.type == EventType::kTimerStarted) {
      ids.emplace_back(event.key());
    }
  }
  return ids;
}

std::vector<std::string> LiveIds(RunOptions options) {
  const LiveRun run =
      LiveThenReplay(Program(), "Calls", {}, cohort_testing::RunToEnd, options);
  EXPECT_OK(run.status);
  return IdsOf(run.history);
}

TEST(IdsTest, AreEventNumbersOrNumbersOfCalls) {
  EXPECT_THAT(LiveIds({}), ElementsAre("5", "12", "mine", "23", "29"));
  // The local activity is the second, the chosen one the third, and the timer
  // that left no event the first.
  EXPECT_THAT(LiveIds({.version_dialect = Dialect::kCore,
                       .ids = IdScheme::kCallNumber}),
              ElementsAre("1", "2", "mine", "4", "3"));
}

// What `options` append to the first turn of a history.
std::vector<std::string> GoneOnWith(const HistoryBuilder& begun,
                                    RunOptions options) {
  const Registry registry = Program();
  const History history = begun.Build();
  options.registry = &registry;
  Recorder recorder(options, history);
  cohort_testing::RunToEnd(recorder);
  EXPECT_OK(recorder.status());
  const auto all = recorder.history();
  return all.ok() ? IdsOf(*all) : std::vector<std::string>();
}

TEST(IdsTest, ARunKeepsTheSchemeThatItBeganWith) {
  HistoryBuilder by_call("Calls"), by_event("Calls"), python("Calls");
  by_call.Sdk(std::string(kSdkName))
      .Turn()
      .Activity("a", "1")
      .ActivityCompleted();
  by_event.Sdk(std::string(kSdkName)).Turn().Activity("a").ActivityCompleted();
  python.Sdk("temporal-python").Turn().Activity("a", "1").ActivityCompleted();
  EXPECT_EQ(GoneOnWith(by_call, {})[1], "2");
  EXPECT_EQ(GoneOnWith(by_event, {.ids = IdScheme::kCallNumber})[1], "12");
  EXPECT_EQ(GoneOnWith(python, {.profile = FindProfile("python")})[1], "2");
}

}  // namespace
}  // namespace cohort
