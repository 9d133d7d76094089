// Random numbers of a run: which they are never changes, as histories hold
// them. A reset gives a run new ones.
#include <string>

#include "cohort/testing/history_builder.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

// Three activities, each named by the next number.
Task<void> Draw(Context& ctx) {
  for (int i = 0; i < 3; ++i) {
    co_await ctx.Activity<void>(std::to_string(ctx.Random()()));
  }
}

ReplayReport Replayed(const HistoryBuilder& history) {
  Registry registry;
  registry.Workflow("Draw", Draw);
  return Replayer(registry).Replay(history.Build());
}

// Numbers of std::mt19937_64, seeded by the stable hash of the run id.
HistoryBuilder FirstTurn() {
  HistoryBuilder b("Draw");
  b.Turn().Activity("9300026345400864604").ActivityCompleted();
  return b;
}

TEST(ResetTest, NumbersOfARunFollowFromItsId) {
  const ReplayReport report = Replayed(FirstTurn()
                                           .Turn()
                                           .Activity("17464407918810740165")
                                           .ActivityCompleted()
                                           .Turn()
                                           .Activity("14840735119055077759"));
  EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
}

TEST(ResetTest, NewNumbersFollowFromTheNewId) {
  const ReplayReport report = Replayed(FirstTurn()
                                           .Reset("run-2")
                                           .Turn()
                                           .Activity("6733984470158971427")
                                           .ActivityCompleted()
                                           .Turn()
                                           .Activity("12937220240688370619"));
  EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
}

TEST(ResetTest, ATaskThatFailsForAnotherReasonChangesNothing) {
  const ReplayReport report = Replayed(
      FirstTurn().FailedTask().Turn().Activity("17464407918810740165"));
  EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
}

// The run that was reset may have had a child of the same number, still open.
TEST(ResetTest, NamesOfChildrenFollowFromTheNewId) {
  Registry registry;
  registry.Workflow(
      "Parent", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("a");
        co_await ctx.Child<void>("Child");
      });
  HistoryBuilder b("Parent");
  b.Turn().Activity("a").Reset("run-2").ActivityCompleted();
  const History history = b.Build();
  Recorder recorder({.registry = &registry}, history);
  ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  ASSERT_EQ(recorder.Open().size(), 1u);
  EXPECT_TRUE(recorder.Open()[0].id.starts_with("run-2_"))
      << recorder.Open()[0].id;
}

TEST(ResetTest, OldNumbersBehindAResetAreADivergence) {
  const ReplayReport report = Replayed(
      FirstTurn().Reset("run-2").Turn().Activity("17464407918810740165"));
  EXPECT_EQ(report.verdict, Verdict::kDivergent) << report.ToString();
}

}  // namespace
}  // namespace cohort
