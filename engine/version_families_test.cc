// What runs say and write about versions beyond the plain cases: two families
// in one run, and markers that are not where they should be.
#include <chrono>
#include <string>

#include "cohort/base/status.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using std::chrono::hours;
using ::testing::HasSubstr;

Registry Of(Task<void> (*workflow)(Context&)) {
  Registry registry;
  registry.Workflow("W", workflow);
  return registry;
}

// What the change versions' search attribute lists after the last turn.
std::string Listed(const Recorder& recorder) {
  std::string list;
  for (const Command& command : recorder.commands()) {
    if (command.kind != CommandKind::kUpsertSearchAttributes) continue;
    list = command.details.at(std::string(kChangeVersionAttribute))[0].data;
  }
  return list;
}

// Java lists no version that was answered by default. That the upsert is
// written for a patch changes nothing about it.
TEST(VersionsTest, EachFamilyIsWrittenAsItsOwnDialectDoes) {
  const Registry before = Of(+[](Context& ctx) -> Task<void> {
    co_await ctx.Sleep(hours(1));
    co_await ctx.Sleep(hours(1));
  });
  const Registry now = Of(+[](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "Step1", kDefaultVersion, 1);
    co_await ctx.Sleep(hours(1));
    (void)Patched(ctx, "p");
    co_await ctx.Sleep(hours(1));
  });
  for (const Dialect dialect : {Dialect::kGo, Dialect::kJava}) {
    Recorder recorder({.registry = &before, .version_dialect = dialect}, "W",
                      {});
    EXPECT_OK(recorder.RunTurn());
    recorder.Deploy(now);
    recorder.Complete(recorder.Open()[0]);
    EXPECT_OK(recorder.RunTurn());
    EXPECT_EQ(Listed(recorder),
              dialect == Dialect::kJava ? R"(["p"])" : R"(["Step1--1","p"])");
  }
}

TEST(VersionsTest, TheOtherFamilysMarkerOfAnEarlierTurnIsHistorys) {
  const Registry registry = Of(+[](Context& ctx) -> Task<void> {
    co_await ctx.Sleep(hours(1));
    (void)Patched(ctx, "x");
  });
  HistoryBuilder b("W");
  b.Turn().Version("x", 1).Timer().TimerFired().Turn().Completed();
  const ReplayReport report = Replayer(registry).Replay(b.Build());
  EXPECT_EQ(report.verdict, Verdict::kDivergent) << report.ToString();
  EXPECT_THAT(report.ToString(),
              HasSubstr("history records \"x\" as a marker of GetVersion"));
}

// Not that the code asked in an earlier turn: there is none.
TEST(VersionsTest, AMarkerTwiceInOneTurnIsNamedSo) {
  const Registry registry = Of(+[](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", 1, 2);
    co_await ctx.Sleep(hours(1));
  });
  HistoryBuilder b("W");
  b.Turn().Version("x", 1).Version("x", 2).Timer().StartedTask();
  const Replayer replayer(registry, {.profile = &kOwnProfile});
  const ReplayReport twice = replayer.Replay(b.Build());
  ASSERT_EQ(twice.verdict, Verdict::kDivergent);
  EXPECT_EQ(NameOf(twice.divergence->cause), "repeated marker");
  EXPECT_THAT(twice.ToJson(), HasSubstr("\"cause\": \"repeated marker\""));
  EXPECT_THAT(twice.ToString(), HasSubstr("one turn records \"x\" twice"));

  HistoryBuilder late("W");
  late.Turn().Version("x", 1).Timer().TimerFired().Turn().Version("x", 1);
  late.StartedTask();
  EXPECT_THAT(replayer.Replay(late.Build()).ToString(),
              HasSubstr("asks for \"x\" in an earlier turn"));
}

}  // namespace
}  // namespace cohort
