// Bugs that the Go SDK, and Cadence's client before it, has fixed.
#include <chrono>
#include <string>

#include "cohort/testing/upstream/upstream.h"

namespace cohort_testing {
namespace {

using namespace cohort;  // NOLINT: the vocabulary of workflows
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Task<void> AskThenAct(Context& ctx) {
  (void)GetVersion(ctx, "x", kDefaultVersion, 1);
  co_await ctx.Activity<void>("a");
}
Task<void> Act(Context& ctx) { co_await ctx.Activity<void>("a"); }
Task<void> ActB(Context& ctx) { co_await ctx.Activity<void>("b"); }

TEST(UpstreamBug, CadenceClient848_OneUpsertForEachVersion) {
  const auto flow = [](Context& ctx) -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      (void)GetVersion(ctx, "x", kDefaultVersion, 1);
      co_await ctx.Sleep(1s);
      (void)GetVersion(ctx, "x", kDefaultVersion, 1);
    }
  };
  const LiveRun run = LiveThenReplay(RegistryOf(flow), "W", {}, RunToEnd);
  EXPECT_EQ(Count(run.history, EventType::kMarkerRecorded), 1);
  EXPECT_EQ(Count(run.history, EventType::kUpsertWorkflowSearchAttributes), 1);
}

TEST(UpstreamBug, CadenceClient889_UpsertGoesWithItsMarker) {
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1).Activity("a").ActivityCompleted().Turn().Completed();
  EXPECT_THAT(Judge(AskThenAct, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(Act, b), Is(Verdict::kClean));
  // An upsert of the code's own is a command like every other.
  const auto own_upsert = [](Context& ctx) -> Task<void> {
    ctx.UpsertSearchAttributes(
        {{"Mine", PayloadTraits<std::string>::ToPayload("x")}});
    co_await ctx.Activity<void>("a");
  };
  EXPECT_THAT(Judge(own_upsert, b), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, GoSdk124_RemovedOrRenamedVersionKeepsIds) {
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1).Activity("a", "7").ActivityCompleted();
  b.Turn().Completed();
  const auto renamed = [](Context& ctx) -> Task<void> {
    if (GetVersion(ctx, "y", kDefaultVersion, 1) == kDefaultVersion) {
      co_await ctx.Activity<void>("a");
    }
  };
  EXPECT_THAT(Judge(AskThenAct, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(renamed, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(Act, b), Is(Verdict::kClean));
  HistoryBuilder other = Go();
  other.Turn().Version("x", 1).Activity("a", "5").ActivityCompleted();
  EXPECT_THAT(Judge(AskThenAct, other.Turn().Completed()),
              Is(Verdict::kDivergent));
}

TEST(UpstreamBug, GoSdk246_VersionBeforeALocalActivity) {
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1).LocalActivity("l", "1", ToPayloads(3));
  b.Activity("a", "8").ActivityCompleted().Turn().Completed();
  const auto with = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", kDefaultVersion, 1);
    co_await ctx.LocalActivity<int>("l");
    co_await ctx.Activity<void>("a");
  };
  const auto behind = [](Context& ctx) -> Task<void> {
    co_await ctx.LocalActivity<int>("l");
    (void)GetVersion(ctx, "x", kDefaultVersion, 1);
    co_await ctx.Activity<void>("a");
  };
  EXPECT_THAT(Judge(with, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(behind, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(AskThenAct, b), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, GoSdk380_VersionBeforeASideEffect) {
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1).SideEffect(ToPayloads(3)[0]);
  b.Activity("a", "8").ActivityCompleted().Turn().Completed();
  const auto with = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", kDefaultVersion, 1);
    if (ctx.SideEffect([] { return 9; }) == 3) co_await Act(ctx);
  };
  const auto without = [](Context& ctx) -> Task<void> {
    if (ctx.SideEffect([] { return 9; }) == 3) co_await Act(ctx);
  };
  EXPECT_THAT(Judge(with, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(without, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, GoSdk473_SeveralVersionsInARow) {
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1).Version("y", 1).Version("z", 1);
  b.UpsertAttribute("Mine").Activity("a", "12").ActivityCompleted();
  b.Turn().Completed();
  const auto all = [](Context& ctx) -> Task<void> {
    for (const char* id : {"x", "y", "z"}) {
      if (GetVersion(ctx, id, kDefaultVersion, 1) != 1) co_return;
    }
    ctx.UpsertSearchAttributes({{"Mine", Payload{}}});
    co_await ctx.Activity<void>("a");
  };
  const auto one = [](Context& ctx) -> Task<void> {
    if (GetVersion(ctx, "y", kDefaultVersion, 1) != 1) co_return;
    ctx.UpsertSearchAttributes({{"Mine", Payload{}}});
    co_await ctx.Activity<void>("a");
  };
  EXPECT_THAT(Judge(all, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(one, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, GoSdk798_EachFailureHasItsCause) {
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1).Activity("b").ActivityCompleted().Turn();
  const auto range = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", 2, 3);
    co_await ctx.Activity<void>("b");
  };
  const auto throws = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", kDefaultVersion, 1);
    throw std::runtime_error("a bug of the code");
    co_await ctx.Activity<void>("b");
  };
  const ReplayReport diverges = Judge(AskThenAct, b);
  EXPECT_EQ(diverges.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(diverges.divergence);
  EXPECT_EQ(Judge(range, b).status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Judge(throws, b).status.code(), absl::StatusCode::kInternal);
}

TEST(UpstreamBug, GoSdk876_CompletedRunsAreCompared) {
  HistoryBuilder b = Go();
  b.Turn().Activity("a").ActivityCompleted();
  b.Turn().Activity("b").ActivityCompleted().Turn().Completed();
  const auto swapped = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("b");
    co_await ctx.Activity<void>("a");
  };
  EXPECT_THAT(JudgeAsTheSdk(swapped, b), Is(Verdict::kDivergent));
  EXPECT_THAT(JudgeAsTheSdk(Act, b), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, GoSdk978_ArgumentsAndResultsAreNotCompared) {
  HistoryBuilder b = Go();
  b.Turn().Activity("a").ActivityCompleted(ToPayloads(1));
  b.Turn().Completed(ToPayloads("as recorded"));
  const auto flow = [](Context& ctx) -> Task<int> {
    co_return co_await ctx.Activity<int>("a", "another argument") + 41;
  };
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
}

template <int kTimes>
Task<void> Locals(Context& ctx) {
  for (int i = 0; i < kTimes; ++i) co_await ctx.LocalActivity<void>("l");
}

TEST(UpstreamBug, GoSdk983_LocalActivitiesAreCompared) {
  HistoryBuilder b = Go();
  b.Turn().LocalActivity("l", "1").LocalActivity("l", "2").Completed();
  const auto other_type = [](Context& ctx) -> Task<void> {
    co_await ctx.LocalActivity<void>("l");
    co_await ctx.LocalActivity<void>("m");
  };
  EXPECT_THAT(JudgeAsTheSdk(Locals<2>, b), Is(Verdict::kClean));
  EXPECT_THAT(JudgeAsTheSdk(Locals<1>, b), Is(Verdict::kDivergent));
  EXPECT_THAT(JudgeAsTheSdk(Locals<3>, b), Is(Verdict::kDivergent));
  EXPECT_THAT(JudgeAsTheSdk(other_type, b), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, GoSdk1052_ListStopsAtTheSizeLimit) {
  const auto flow = [](Context& ctx) -> Task<void> {
    for (int i = 0; i < 256; ++i) {
      (void)GetVersion(ctx, "versionID:" + std::to_string(i), kDefaultVersion,
                       1);
    }
    co_await ctx.Sleep(1s);
  };
  const Registry registry = RegistryOf(flow);
  const LiveRun live = RecordLive({.registry = &registry}, "W", {}, RunToEnd,
                                  Recorder::Mode::kCached);
  EXPECT_OK(live.status);
  EXPECT_EQ(Count(live.history, EventType::kMarkerRecorded), 256);
  EXPECT_EQ(Count(live.history, EventType::kUpsertWorkflowSearchAttributes),
            119);
  EXPECT_EQ(Count(live.history, EventType::kTimerStarted), 1);
  for (const Event& e : live.history.events()) {
    if (e.type == EventType::kTimerStarted) EXPECT_EQ(e.key(), "380");
  }
  for (const char* profile : {"cohort", "go"}) {
    const ReplayReport report =
        Replayer(registry, {.profile = FindProfile(profile)})
            .Replay(live.history);
    EXPECT_THAT(report, Is(Verdict::kClean));
  }
}

Task<void> ThreeWithUpdates(Context& ctx) {
  ctx.OnUpdate(
      "u", [&ctx]() -> Task<void> { co_await ctx.Activity<void>("handler"); });
  for (const char* name : {"a", "b", "c"}) co_await ctx.Activity<void>(name);
  co_await ctx.Sleep(1h);
}

// Go's flag 4: handlers that begin go before everything else.
TEST(UpstreamBug, GoSdk1112_FlagsHoldFromTheTurnThatRecordsThem) {
  for (bool flagged : {false, true}) {
    HistoryBuilder handler_first = Go({3}), main_first = Go({3});
    for (HistoryBuilder* b : {&handler_first, &main_first}) {
      b->Turn().Activity("a").ActivityCompleted();
      if (flagged) b->Sdk("temporal-go", {4});
      b->Turn();
    }
    handler_first.UpdateAccepted("u", "1").Activity("handler").Activity("b");
    main_first.Activity("b").UpdateAccepted("u", "1").Activity("handler");
    const Verdict first = flagged ? Verdict::kClean : Verdict::kDivergent;
    const Verdict last = flagged ? Verdict::kDivergent : Verdict::kClean;
    EXPECT_THAT(Judge(ThreeWithUpdates, handler_first), Is(first)) << flagged;
    EXPECT_THAT(Judge(ThreeWithUpdates, main_first), Is(last)) << flagged;
  }
}

TEST(UpstreamBug, GoSdk1116_FlagsHoldForAllLaterTurns) {
  HistoryBuilder b = Go({3, 4});
  b.Turn().Activity("a").ActivityCompleted();
  b.Sdk("temporal-go").Turn();  // Go records a flag once
  b.UpdateAccepted("u", "1").Activity("handler").Activity("b");
  b.ActivityCompleted().ActivityCompleted().Turn();
  b.UpdateAccepted("u", "2").Activity("handler").UpdateCompleted("1");
  b.Activity("c");
  EXPECT_THAT(Judge(ThreeWithUpdates, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, GoSdk1144_VersionBeforeAMutableSideEffect) {
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1);
  b.MutableSideEffect({"m", 1, std::nullopt, ToPayloads(3)});
  b.Activity("v3", "8").ActivityCompleted().Turn().Completed();
  const auto flow = [](Context& ctx) -> Task<void> {
    if (GetVersion(ctx, "x", kDefaultVersion, 1) != 1) co_return;
    const int value = ctx.MutableSideEffect("m", [] { return 9; });
    co_await ctx.Activity<void>("v" + std::to_string(value));
  };
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
}

Task<void> TimerUntilCanceled(Context& ctx) {
  (void)GetVersion(ctx, "x", kDefaultVersion, 1);
  const Result<void> timer = co_await AsResult(ctx.Timer(1h));
  CancelScope rest(ctx, ScopeLink::kDetached);
  (void)GetVersion(rest.ctx(), "y", kDefaultVersion, 1);
  co_await rest.ctx().Activity<void>(timer.ok() ? "fired" : "canceled");
}

TEST(UpstreamBug, GoSdk1181_CancellationKeepsIds) {
  HistoryBuilder canceled = Go();
  canceled.Turn().Version("x", 1).Timer("7").CancelRequested();
  canceled.Turn().CancelTimer().Version("y", 1).Activity("canceled", "15");
  EXPECT_THAT(Judge(TimerUntilCanceled, canceled), Is(Verdict::kClean));
  // A timer that fires in that turn: what was delivered first counts.
  HistoryBuilder fired = Go();
  fired.Turn().Version("x", 1).Timer("7").TimerFired().CancelRequested();
  fired.Turn().Version("y", 1).Activity("fired", "15");
  EXPECT_THAT(Judge(TimerUntilCanceled, fired), Is(Verdict::kClean));
}

TEST(UpstreamBug, GoSdk1670_HistoryThatEndsWithATasksStart) {
  HistoryBuilder b = Go();
  b.Turn().Activity("a").ActivityCompleted().StartedTask();
  EXPECT_THAT(Judge(Act, b), Is(Verdict::kClean));
  const ReplayReport wrong = Judge(ActB, b);
  EXPECT_THAT(wrong, Is(Verdict::kDivergent));
  EXPECT_EQ(wrong.rule, "go-tail-started");
  EXPECT_THAT(JudgeAsTheSdk(ActB, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, GoSdk1837_DivergenceNamesBothSides) {
  HistoryBuilder b = Go();
  b.Turn().Timer().TimerFired().Turn().Completed();
  const std::string text = Judge(Act, b).ToString();
  EXPECT_THAT(text, HasSubstr("event 5"));
  EXPECT_THAT(text, HasSubstr("TimerStarted"));
  EXPECT_THAT(text, HasSubstr("ScheduleActivity(activity_type=\"a\")"));
  EXPECT_THAT(text, HasSubstr("go_test.cc:"));
  EXPECT_THAT(text, HasSubstr("hint: "));
}

TEST(UpstreamBug, GoSdk2425_RecordedFlagsCountWhateverTheServerCan) {
  HistoryBuilder known = Go({8}), unknown = Go({4294967290});
  for (HistoryBuilder* b : {&known, &unknown}) {
    b->Turn().Activity("a").ActivityCompleted().Turn().Completed();
  }
  EXPECT_THAT(Judge(Act, known), Is(Verdict::kClean));
  const ReplayReport report = Judge(Act, unknown);
  EXPECT_THAT(report, Is(Verdict::kUnreadable));
  EXPECT_THAT(report.ToString(), HasSubstr("4294967290"));
}

TEST(UpstreamBug, GoSdk2447_PolicyIsAskedForFirstLiveCallsOnly) {
  const auto flow = [](Context& ctx) -> Task<void> {
    const int version = GetVersion(ctx, "x", kDefaultVersion, 2);
    co_await ctx.Activity<void>("v" + std::to_string(version));
  };
  const auto before = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("v-1");
  };
  for (int pinned : {-1, 1, 2}) {
    const CohortPolicy policy = CohortPolicy::Pinned(pinned);
    RunOptions options;
    options.policy = &policy;
    const LiveRun run =
        LiveThenReplay(RegistryOf(flow), "W", {}, RunToEnd, options);
    EXPECT_THAT(Activities(run.history),
                ElementsAre("v" + std::to_string(pinned)));
    EXPECT_EQ(Count(run.history, EventType::kMarkerRecorded), 1);
    // Code from before the change still runs what is on -1.
    const Registry old = RegistryOf(before);
    EXPECT_THAT(Replayer(old).Replay(run.history),
                Is(pinned == -1 ? Verdict::kClean : Verdict::kDivergent));
  }
}

}  // namespace
}  // namespace cohort_testing
