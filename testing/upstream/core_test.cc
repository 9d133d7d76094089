// Bugs of sdk-core, which Python, TypeScript, .NET, Ruby and Rust stand on.
#include <chrono>
#include <string>

#include "cohort/testing/upstream/upstream.h"

namespace cohort_testing {
namespace {

using namespace cohort;  // NOLINT: the vocabulary of workflows
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Task<void> Act(Context& ctx) { co_await ctx.Activity<void>("a"); }
Task<void> ActB(Context& ctx) { co_await ctx.Activity<void>("b"); }
Task<void> PatchThenAct(Context& ctx) {
  if (Patched(ctx, "x")) co_await ctx.Activity<void>("a");
}

TEST(UpstreamBug, CoreSdk520_OldAndNewMarkersBothRead) {
  const auto removed = Act;
  for (Dialect dialect : {Dialect::kCore, Dialect::kCoreOld}) {
    for (bool upsert : {false, true}) {
      HistoryBuilder patch = Python(), deprecated = Python();
      patch.Markers(dialect).Turn();
      deprecated.Markers(dialect).Turn();
      upsert ? patch.Patch("x") : patch.PatchAlone("x");
      upsert ? deprecated.DeprecatedPatch("x")
             : deprecated.DeprecatedPatchAlone("x");
      patch.Activity("a").ActivityCompleted().Turn().Completed();
      deprecated.Activity("a").ActivityCompleted().Turn().Completed();
      EXPECT_THAT(Judge(PatchThenAct, patch), Is(Verdict::kClean));
      EXPECT_THAT(Judge(PatchThenAct, deprecated), Is(Verdict::kClean));
      EXPECT_THAT(Judge(removed, patch), Is(Verdict::kDivergent));
      EXPECT_THAT(Judge(removed, deprecated), Is(Verdict::kClean));
    }
  }
}

TEST(UpstreamBug, CoreSdk527_ValuesOfTheListAreNotCompared) {
  HistoryBuilder b = Python();
  b.Turn().PatchAlone("x").UpsertAttribute("TemporalChangeVersion");
  b.Activity("a").ActivityCompleted().Turn().Completed();
  EXPECT_THAT(Judge(PatchThenAct, b), Is(Verdict::kClean));
  HistoryBuilder other = Python();
  other.Turn().PatchAlone("x").UpsertAttribute("Mine");
  other.Activity("a").ActivityCompleted().Turn().Completed();
  EXPECT_THAT(Judge(PatchThenAct, other), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, CoreSdk532_DeprecatedCallRemovedBesideItsUpsert) {
  HistoryBuilder b = Python();
  b.Turn().DeprecatedPatch("x").Activity("a").ActivityCompleted();
  EXPECT_THAT(Judge(Act, b.Turn().Completed()), Is(Verdict::kClean));
  // Only the upsert of the list goes with it.
  HistoryBuilder other = Python();
  other.Turn().DeprecatedPatchAlone("x").UpsertAttribute("Mine").Activity("a");
  EXPECT_THAT(Judge(Act, other), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, CoreSdk535_DeprecatedCallRemovedBesideAnotherPatch) {
  const auto only_second = [](Context& ctx) -> Task<void> {
    DeprecatePatch(ctx, "y");
    co_await ctx.Activity<void>("a");
  };
  const auto only_first = [](Context& ctx) -> Task<void> {
    if (Patched(ctx, "x")) co_await ctx.Activity<void>("a");
  };
  HistoryBuilder first = Python(), second = Python(), neither = Python();
  first.Turn().DeprecatedPatch("x").Patch("y").Activity("a");
  second.Turn().Patch("x").DeprecatedPatch("y").Activity("a");
  neither.Turn().Patch("x").Patch("y").Activity("a");
  EXPECT_THAT(Judge(only_second, first), Is(Verdict::kClean));
  EXPECT_THAT(Judge(only_first, second), Is(Verdict::kClean));
  EXPECT_THAT(Judge(only_second, neither), Is(Verdict::kDivergent));
  EXPECT_THAT(Judge(only_first, neither), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, CoreSdk671_DeprecatedCallRemovedWithNothingBehind) {
  HistoryBuilder b = Python();
  b.Turn().Activity("a").DeprecatedPatch("x").ActivityCompleted();
  b.Turn().DeprecatedPatch("y").Signal("s").Turn().Completed();
  const auto flow = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("a");
    co_await ctx.Signals<Payload>("s").Receive();
  };
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, CoreSdk759_FlagsStandInTheTurnsOwnCompletion) {
  HistoryBuilder with = Python({1, 2, 3}), without = Python({});
  for (HistoryBuilder* b : {&with, &without}) b->Turn().Activity("a");
  EXPECT_THAT(JudgeAsTheSdk(ActB, with), Is(Verdict::kDivergent));
  EXPECT_THAT(JudgeAsTheSdk(ActB, without), Is(Verdict::kClean));
  EXPECT_EQ(Judge(ActB, without).rule, "core-types-unchecked");
}

// With core's flag 3 what is ready when the workflow returns goes on in that
// turn. In C++ its variables are gone by then: the code waits for it.
TEST(UpstreamBug, CoreSdk776_HandlersThatGoOnBehindTheReturn) {
  const auto waits = [](Context& ctx) -> Task<void> {
    bool done = false;
    ctx.OnUpdate(
        "u", [&]() -> Task<void> { co_await ctx.Until([&] { return done; }); });
    co_await ctx.Activity<void>("a");
    done = true;
    co_await ctx.Until([&] { return ctx.AllHandlersFinished(); });
  };
  const auto leaves = [](Context& ctx) -> Task<void> {
    auto done = std::make_shared<bool>(false);
    ctx.OnUpdate("u", [&ctx, done]() -> Task<void> {
      co_await ctx.Until([done] { return *done; });
    });
    co_await ctx.Activity<void>("a");
    *done = true;
  };
  HistoryBuilder flagged = Python({1, 2, 3}), before = Python({1, 2});
  for (HistoryBuilder* b : {&flagged, &before}) {
    b->Turn().Activity("a").Signal("wake");
    b->Turn().UpdateAccepted("u", "1").ActivityCompleted().Turn();
  }
  flagged.UpdateCompleted("1").Completed();
  before.Completed();
  EXPECT_THAT(Judge(waits, flagged), Is(Verdict::kClean));
  EXPECT_THAT(Judge(leaves, flagged), Is(Verdict::kDivergent));
  EXPECT_THAT(Judge(leaves, before), Is(Verdict::kClean));
}

TEST(UpstreamBug, CoreSdk789_SignalsBeforeResults) {
  const auto flow = [](Context& ctx) -> Task<void> {
    auto seen = std::make_shared<std::string>();
    ctx.OnSignal("s", [seen](int) { *seen += "signal "; });
    co_await ctx.Activity<void>("a");
    co_await ctx.Activity<void>(*seen + "result");
  };
  HistoryBuilder b = Python();
  b.Turn().Activity("a").ActivityCompleted().Signal("s", ToPayloads(1));
  b.Turn().Activity("signal result");
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, CoreSdk1032_ListSaysItsType) {
  const LiveRun run =
      LiveThenReplay(RegistryOf(PatchThenAct), "W", {}, RunToEnd);
  EXPECT_EQ(Count(run.history, EventType::kUpsertWorkflowSearchAttributes), 1);
  PayloadReader reader;
  for (const Event& e : run.history.events()) {
    if (e.type != EventType::kUpsertWorkflowSearchAttributes) continue;
    const auto attributes = reader.ReadPayloadMap(e.details);
    ASSERT_TRUE(attributes.ok());
    const Payload& list = attributes->at("TemporalChangeVersion");
    EXPECT_EQ(list.data, "[\"x\"]");
    EXPECT_EQ(list.metadata.at("type"), "KeywordList");
    EXPECT_EQ(list.metadata.at("encoding"), "json/plain");
  }
}

Task<void> ManyPatches(Context& ctx) {
  for (int i = 1; i <= 200; ++i) {
    (void)Patched(ctx, "patch-" + std::to_string(i));
  }
  co_await ctx.Activity<void>("a");
}

HistoryBuilder ManyRecorded(int upserts) {
  HistoryBuilder b = Python();
  b.Turn();
  for (int i = 1; i <= 200; ++i) {
    const std::string id = "patch-" + std::to_string(i);
    i <= upserts ? b.Patch(id) : b.PatchAlone(id);
  }
  return b.Activity("a");
}

TEST(UpstreamBug, CoreSdk1225_ManyPatchesInOneTurn) {
  const LiveRun run =
      LiveThenReplay(RegistryOf(ManyPatches), "W", {}, RunToEnd);
  EXPECT_EQ(Count(run.history, EventType::kMarkerRecorded), 200);
  EXPECT_EQ(Count(run.history, EventType::kUpsertWorkflowSearchAttributes),
            179);
  // An upsert is expected where one is recorded; nothing is counted anew.
  for (int upserts : {0, 100, 179}) {
    EXPECT_THAT(Judge(ManyPatches, ManyRecorded(upserts)), Is(Verdict::kClean))
        << upserts;
  }
}

TEST(UpstreamBug, CoreSdkNoIssue_RemovedCallMovesTheSizeLimit) {
  HistoryBuilder b = Python();
  b.Turn().DeprecatedPatch("a-long-id-that-counts-against-the-limit");
  for (int i = 1; i <= 190; ++i) {
    const std::string id = "patch-" + std::to_string(i);
    i <= 174 ? b.Patch(id) : b.PatchAlone(id);
  }
  b.Activity("a");
  const auto removed = [](Context& ctx) -> Task<void> {
    for (int i = 1; i <= 190; ++i) {
      (void)Patched(ctx, "patch-" + std::to_string(i));
    }
    co_await ctx.Activity<void>("a");
  };
  EXPECT_THAT(Judge(removed, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, CoreSdkNoIssue_MarkerOfOneIdTwice) {
  HistoryBuilder deprecated = Python(), twice = Python();
  deprecated.Turn().Patch("x").DeprecatedPatchAlone("x").Activity("a");
  twice.Turn().Patch("x").PatchAlone("x").Activity("a");
  EXPECT_THAT(Judge(PatchThenAct, deprecated), Is(Verdict::kClean));
  EXPECT_THAT(Judge(PatchThenAct, twice), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, CoreSdkNoIssue_MovedDeprecatedCallAndItsUpsert) {
  HistoryBuilder with = Python(), without = Python({1, 3});
  with.Turn().Activity("a").DeprecatedPatch("x");
  without.Turn().Activity("a").DeprecatedPatchAlone("x");
  EXPECT_THAT(JudgeAsTheSdk(PatchThenAct, with), Is(Verdict::kDivergent));
  EXPECT_THAT(JudgeAsTheSdk(PatchThenAct, without), Is(Verdict::kClean));
}

// Queries come when the run is not in memory; they decide nothing.
TEST(UpstreamBug, CoreSdk589_QueryDoesNotDecideForTheRun) {
  const auto flow = [](Context& ctx) -> Task<void> {
    ctx.OnQuery("status", [] { return std::string("waits"); });
    ctx.OnQuery("asks", [&ctx] { return Patched(ctx, "x"); });
    co_await ctx.Signals<int>("go").Receive();
    co_await ctx.Activity<void>(Patched(ctx, "x") ? "new" : "old");
  };
  const LiveRun run =
      LiveThenReplay(RegistryOf(flow), "W", {}, [](Recorder& r) {
        EXPECT_OK(r.RunTurn());
        r.Signal("go", ToPayloads(1));
        EXPECT_OK(r.Query("status").status());
        EXPECT_EQ(r.Query("asks").status().code(),
                  absl::StatusCode::kInvalidArgument);
        RunToEnd(r);
      });
  EXPECT_THAT(Activities(run.history), ElementsAre("new"));
}

}  // namespace
}  // namespace cohort_testing
