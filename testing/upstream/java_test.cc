// Bugs of the Java SDKs, Temporal's and Cadence's.
#include <chrono>
#include <string>

#include "cohort/testing/upstream/upstream.h"

namespace cohort_testing {
namespace {

using namespace cohort;  // NOLINT: the vocabulary of workflows
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

int Ask(Context& ctx, const char* id) {
  return GetVersion(ctx, id, kDefaultVersion, 1);
}
Task<void> Act(Context& ctx) { co_await ctx.Activity<void>("a"); }
Task<void> AskThenAct(Context& ctx) {
  (void)Ask(ctx, "x");
  co_await ctx.Activity<void>("a");
}

// The activity says what "bar", which is new, and "foo" were answered.
Task<void> BarBeforeFoo(Context& ctx) {
  const int bar = Ask(ctx, "bar");
  const int foo = Ask(ctx, "foo");
  co_await ctx.Activity<void>(std::to_string(bar) + std::to_string(foo));
}

TEST(UpstreamBug, JavaSdk80_NewCallBeforeAnOldOne) {
  HistoryBuilder b = Java();
  b.Turn().VersionAlone("foo", 1).Activity("-11").ActivityCompleted();
  b.Turn().Completed();
  EXPECT_THAT(Judge(BarBeforeFoo, b), Is(Verdict::kClean));
  const auto removed = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("-11");
  };
  EXPECT_THAT(Judge(removed, b), Is(Verdict::kClean));
  // A run of ours, with the code changed under it.
  const auto before = [](Context& ctx) -> Task<void> {
    (void)Ask(ctx, "foo");
    co_await ctx.Signals<int>("go").Receive();
    co_await ctx.Activity<void>("-11");
  };
  const auto after = [](Context& ctx) -> Task<void> {
    const int bar = Ask(ctx, "bar");
    const int foo = Ask(ctx, "foo");
    co_await ctx.Signals<int>("go").Receive();
    co_await ctx.Activity<void>(std::to_string(bar) + std::to_string(foo));
  };
  const Registry old_code = RegistryOf(before), new_code = RegistryOf(after);
  Recorder r({.registry = &old_code}, "W", {});
  EXPECT_OK(r.RunTurn());
  r.Deploy(new_code);
  r.Signal("go", ToPayloads(1));
  RunToEnd(r);
  EXPECT_THAT(Activities(*r.history()), ElementsAre("-11"));
  ExpectReplaysEveryWay(new_code, *r.history());
}

TEST(UpstreamBug, CadenceJavaClient463_SameAnswerDuringAndAfterReplay) {
  const auto before = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("a");
    co_await ctx.Activity<void>("b");
  };
  const auto after = [](Context& ctx) -> Task<void> {
    const int replayed = Ask(ctx, "x");
    co_await ctx.Activity<void>("a");
    const int live = Ask(ctx, "x");
    co_await ctx.Activity<void>(replayed == live ? "b" : "flipped");
  };
  const Registry old_code = RegistryOf(before), new_code = RegistryOf(after);
  Recorder r({.registry = &old_code}, "W", {});
  EXPECT_OK(r.RunTurn());
  r.Deploy(new_code);
  RunToEnd(r);
  EXPECT_THAT(Activities(*r.history()), ElementsAre("a", "b"));
  EXPECT_EQ(Count(*r.history(), EventType::kMarkerRecorded), 0);
}

// The timer leaves nothing; the call between returns at once, so both later
// timers are started in its turn.
TEST(UpstreamBug, JavaSdk648_CanceledScopeBesideAMarker) {
  const auto flow = [](Context& ctx) -> Task<void> {
    CancelScope scope(ctx);
    auto dropped = scope.ctx().Timer(4h);
    (void)Ask(ctx, "some-change");
    scope.Cancel();
    auto first = ctx.Timer(4s);
    co_await ctx.Sleep(6s);
  };
  HistoryBuilder b = Java({});
  b.Turn().VersionAlone("some-change", 1).Timer("t1").Timer("t2");
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
  const LiveRun run = LiveThenReplay(RegistryOf(flow), "W", {}, RunToEnd);
  EXPECT_EQ(Count(run.history, EventType::kTimerStarted), 2);
}

// What a call answers does not hang on where the marker's event stands.
TEST(UpstreamBug, JavaSdk845_AnswersAreKnownAheadOfTheirMarkers) {
  const auto flow = [](Context& ctx) -> Task<void> {
    ctx.OnSignal("ask", [&ctx](int) { (void)GetVersion(ctx, "x", 1, 2); });
    co_await ctx.Sleep(1h);
    (void)GetVersion(ctx, "x", 2, 2);
  };
  // The only output of its turn, behind a task that failed.
  HistoryBuilder only = Java();
  only.Turn().Timer().Signal("ask", ToPayloads(1)).FailedTask();
  only.Turn().VersionAlone("x", 2).TimerFired().Turn().Completed();
  EXPECT_THAT(Judge(flow, only), Is(Verdict::kClean));
  // A turn that recorded nothing knows nothing.
  HistoryBuilder none = Java();
  none.Turn().Timer().Signal("ask", ToPayloads(1)).Turn().TimerFired();
  EXPECT_THAT(Judge(flow, none.Turn().Completed()), Is(Verdict::kFailed));
}

TEST(UpstreamBug, JavaSdk1239_DefaultIsHeldAgainstTheRange) {
  const auto flow = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", 2, 3);
    co_await ctx.Activity<void>("a");
  };
  HistoryBuilder b = Java();
  b.Turn().Activity("a").ActivityCompleted().Turn().Completed();
  const ReplayReport report = Judge(flow, b);
  EXPECT_THAT(report, Is(Verdict::kFailed));
  EXPECT_EQ(report.status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(report.ToString(), HasSubstr("on version -1"));
}

Task<void> SleepBeside(Context& ctx) {
  auto beside = ctx.Spawn([&ctx]() -> Task<void> { co_await ctx.Sleep(1s); });
  (void)Ask(ctx, "x");
  co_await ctx.Activity<void>("a");
  co_await beside;
}

TEST(UpstreamBug, JavaSdk1430_CallReturnsAtOnce) {
  // Recorded without the call, and with one that does not yield.
  HistoryBuilder without = Java({1}), with = Java({1, 2});
  without.Turn().Activity("a").Timer();
  with.Turn().VersionAlone("x", 1).Activity("a").Timer();
  EXPECT_THAT(Judge(SleepBeside, without), Is(Verdict::kClean));
  EXPECT_THAT(Judge(SleepBeside, with), Is(Verdict::kClean));
  // Recorded by a call that let the other thread go first.
  HistoryBuilder yielded = Java({1});
  yielded.Turn().VersionAlone("x", 1).Timer().Activity("a");
  const ReplayReport report = Judge(SleepBeside, yielded);
  EXPECT_THAT(report, Is(Verdict::kDivergent));
  EXPECT_THAT(report.ToString(), HasSubstr("let other threads run first"));
}

TEST(UpstreamBug, JavaSdk1841_KnownVersionIsNotForgotten) {
  const auto flow = [](Context& ctx) -> Task<void> {
    for (const char* name : {"a", "b"}) {
      if (Ask(ctx, "x") == 1) co_await ctx.Activity<void>(name);
    }
  };
  HistoryBuilder b = Java({1});
  b.Turn().VersionAlone("x", 1).Activity("a").ActivityCompleted();
  b.Turn().Activity("b").ActivityCompleted().Turn().Completed();
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, JavaSdk2307_RemovedCallBeforeOtherMarkers) {
  const auto flow = [](Context& ctx) -> Task<void> {
    const int side = ctx.SideEffect([] { return 9; });
    const int value = ctx.MutableSideEffect("m", [] { return 9; });
    const int other = GetVersion(ctx, "other", 5, 6);
    const int local = co_await ctx.LocalActivity<int>("l");
    co_await ctx.Activity<void>(std::to_string(side) + std::to_string(value) +
                                std::to_string(other) + std::to_string(local));
  };
  for (bool upsert : {false, true}) {
    const auto marker = [upsert](HistoryBuilder& b, const char* id,
                                 int version) {
      upsert ? b.Version(id, version) : b.VersionAlone(id, version);
    };
    HistoryBuilder b = Java();
    marker(b.Turn(), "removed-1", 2);
    marker(b.SideEffect(ToPayloads(1)[0]), "removed-2", 2);
    b.MutableSideEffect({"m", std::nullopt, 0, ToPayloads(2)});
    marker(b, "removed-3", 2);
    marker(b, "other", 6);
    marker(b, "removed-4", 2);
    b.LocalActivity("l", "id", ToPayloads(3)).Activity("1263");
    EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean)) << upsert;
  }
}

TEST(UpstreamBug, JavaSdk2464_UpsertIsExpectedWhereOneIsRecorded) {
  // The option was switched on in between, and off again.
  const auto flow = [](Context& ctx) -> Task<void> {
    for (const char* id : {"x", "y", "z"}) {
      if (Ask(ctx, id) == 1) co_await ctx.Activity<void>(id);
    }
  };
  HistoryBuilder b = Java();
  b.Turn().VersionAlone("x", 1).Activity("x").ActivityCompleted();
  b.Turn().Version("y", 1).Activity("y").ActivityCompleted();
  b.Turn().VersionAlone("z", 1).Activity("z").ActivityCompleted();
  EXPECT_THAT(Judge(flow, b.Turn().Completed()), Is(Verdict::kClean));
}

TEST(UpstreamBug, JavaSdk2819_ExceptionBehindVersionsSurfaces) {
  const auto flow = [](Context& ctx) -> Task<void> {
    (void)Ask(ctx, "x");
    (void)Ask(ctx, "y");
    throw ApplicationError("the reason");
    co_return;
  };
  const LiveRun run = LiveThenReplay(RegistryOf(flow), "W", {}, RunToEnd);
  EXPECT_EQ(Count(run.history, EventType::kWorkflowExecutionFailed), 1);
  EXPECT_THAT(run.json, HasSubstr("the reason"));
}

Task<void> TwoVersionsAndUpdates(Context& ctx) {
  ctx.OnUpdate("u", [&ctx]() {
    return ctx.SideEffect([] { return std::string("works"); });
  });
  (void)Ask(ctx, "x");
  (void)Ask(ctx, "y");
  co_await ctx.Sleep(1h);
}

TEST(UpstreamBug, JavaSdk2796_UpdateCompletedBetweenTwoVersions) {
  const Payload works = ToPayloads(std::string("works"))[0];
  // In a run of ours an update may come between the two calls.
  const auto flow = [](Context& ctx) -> Task<void> {
    ctx.OnUpdate("u", [&ctx]() {
      return ctx.SideEffect([] { return std::string("works"); });
    });
    (void)Ask(ctx, "x");
    co_await ctx.Signals<int>("go").Receive();
    (void)Ask(ctx, "y");
    co_await ctx.Sleep(1h);
  };
  const LiveRun run =
      LiveThenReplay(RegistryOf(flow), "W", {}, [](Recorder& r) {
        EXPECT_OK(r.RunTurn());
        r.Update("1", "u");
        r.Signal("go", ToPayloads(1));
        RunToEnd(r);
      });
  EXPECT_EQ(Count(run.history, EventType::kWorkflowExecutionUpdateCompleted),
            1);
  // What Java 1.32 records, and refuses itself ever after.
  HistoryBuilder mixed = Java({1});
  mixed.Turn().UpdateAccepted("u", "1").SideEffect(works);
  mixed.VersionAlone("x", 1).UpdateCompleted("1").VersionAlone("y", 1).Timer();
  EXPECT_THAT(Judge(TwoVersionsAndUpdates, mixed), Is(Verdict::kClean));
  // What it records since, with its flag 5.
  HistoryBuilder ordered = Java({1, 2, 3, 5});
  ordered.Turn().VersionAlone("x", 1).VersionAlone("y", 1).Timer().Turn();
  ordered.UpdateAccepted("u", "1").SideEffect(works).UpdateCompleted("1");
  EXPECT_THAT(Judge(TwoVersionsAndUpdates, ordered), Is(Verdict::kClean));
}

TEST(UpstreamBug, JavaSdk2936_RecordedFlagsCountWhateverTheServerCan) {
  // Flag 1 is recorded: the call that answers by default did not yield.
  HistoryBuilder b = Java({1}), none = Java({});
  for (HistoryBuilder* each : {&b, &none}) each->Turn().Timer().Activity("a");
  EXPECT_THAT(Judge(SleepBeside, b).divergence->hint,
              testing::Not(HasSubstr("let other threads run first")));
  EXPECT_THAT(Judge(SleepBeside, none).divergence->hint,
              HasSubstr("let other threads run first"));
  HistoryBuilder unknown = Java({99});
  unknown.Turn().Activity("a");
  EXPECT_THAT(Judge(Act, unknown), Is(Verdict::kUnreadable));
}

TEST(UpstreamBug, JavaSdk1457_TerminatedRunsReplay) {
  HistoryBuilder b = Java();
  b.Turn().VersionAlone("x", 1).Activity("a").Terminated();
  EXPECT_THAT(Judge(AskThenAct, b), Is(Verdict::kClean));
  const auto wrong = [](Context& ctx) -> Task<void> { co_await ctx.Sleep(1s); };
  EXPECT_THAT(Judge(wrong, b), Is(Verdict::kDivergent));
}

// Tried on Java 1.31: without upserts both orders replay, with them only the
// recorded one.
TEST(UpstreamBug, JavaSdkNoIssue_SwappedIdsBesideUpserts) {
  const auto swapped = [](Context& ctx) -> Task<void> {
    (void)Ask(ctx, "y");
    (void)Ask(ctx, "x");
    co_await ctx.Activity<void>("a");
  };
  HistoryBuilder alone = Java(), upserted = Java();
  alone.Turn().VersionAlone("x", 1).VersionAlone("y", 1).Activity("a");
  upserted.Turn().Version("x", 1).Version("y", 1).Activity("a");
  EXPECT_THAT(Judge(swapped, alone), Is(Verdict::kClean));
  EXPECT_THAT(JudgeAsTheSdk(swapped, upserted), Is(Verdict::kDivergent));
  EXPECT_THAT(Judge(swapped, upserted, {.profile = &kOwnProfile}),
              Is(Verdict::kClean));
}

TEST(UpstreamBug, JavaSdkNoIssue_CauseOfADivergence) {
  // A call before the marker's place: the same cause as every divergence.
  HistoryBuilder b = Java();
  b.Turn().Activity("a").VersionAlone("x", 1);
  const ReplayReport report = Judge(AskThenAct, b);
  EXPECT_EQ(report.status.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(report.divergence);
  EXPECT_THAT(report.divergence->hint, HasSubstr("before the place where"));
}

TEST(UpstreamBug, JavaSdkNoIssue_ExplicitFalseInOldMarkers) {
  EventDraft marker;
  marker.text(Text::kName) = "Version";
  marker.details = {
      {"changeId", ToPayloads(std::string("x"))},
      {"version", ToPayloads(1)},
      {"versionSearchAttributeUpdated", ToPayloads(false)},
  };
  HistoryBuilder b = Java();
  b.Turn().Output(CommandKind::kRecordVersion, marker).Activity("a");
  EXPECT_THAT(Judge(AskThenAct, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(Act, b), Is(Verdict::kClean));
}

}  // namespace
}  // namespace cohort_testing
