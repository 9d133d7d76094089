// What is still odd in the Go SDK: the numbered list of docs/upstream_bugs.md.
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

// The versions in the last upsert of the search attribute.
std::string LastList(const History& history) {
  PayloadReader reader;
  std::string list;
  for (const Event& e : history.events()) {
    if (e.type != EventType::kUpsertWorkflowSearchAttributes) continue;
    const auto details = reader.ReadPayloadMap(e.details);
    if (details.ok()) list = details->at("TemporalChangeVersion").data;
  }
  return list;
}

TEST(UpstreamBug, GoGotcha1_ChildIsCanceledBehindAVersion) {
  const auto flow = [](Context& ctx) -> Task<void> {
    CancelScope scope(ctx);
    auto child = scope.ctx().Child<void>(ChildOptions(), "Child");
    co_await ctx.Signals<int>("go").Receive();
    (void)GetVersion(ctx, "x", kDefaultVersion, 1);
    scope.Cancel();
    co_await ctx.Activity<void>("a");
  };
  HistoryBuilder b = Go();
  b.Turn().Child("Child").Outcome(EventType::kChildWorkflowExecutionStarted);
  b.Signal("go", ToPayloads(1)).Turn().Version("x", 1);
  b.Cancel(CommandKind::kCancelExternal);
  b.Activity("a", std::to_string(b.last_id() + 1)).ActivityCompleted();
  EXPECT_THAT(Judge(flow, b.Turn().Completed()), Is(Verdict::kClean));
}

TEST(UpstreamBug, GoGotcha2_EarlyCompletionIsFound) {
  HistoryBuilder b = Go();
  b.Turn().Activity("a").ActivityCompleted();
  b.Turn().Activity("b").ActivityCompleted().Turn().Timer();
  EXPECT_THAT(JudgeAsTheSdk(Act, b), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, GoGotcha4_DefaultAnswerIsListedWithTheNextUpsert) {
  const auto before = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("a");
    co_await ctx.Activity<void>("b");
  };
  const auto after = [](Context& ctx) -> Task<void> {
    const int n1 = GetVersion(ctx, "n1", kDefaultVersion, 1);
    co_await ctx.Activity<void>("a");
    const int n2 = GetVersion(ctx, "n2", kDefaultVersion, 1);
    co_await ctx.Activity<void>("b" + std::to_string(n1) + std::to_string(n2));
    if (GetVersion(ctx, "n1", kDefaultVersion, 1) != n1) co_return;
    co_await ctx.Activity<void>("c");
  };
  const Registry old_code = RegistryOf(before), new_code = RegistryOf(after);
  Recorder r({.registry = &old_code}, "W", {});
  EXPECT_OK(r.RunTurn());
  r.Deploy(new_code);
  RunToEnd(r);
  const History history = *r.history();
  EXPECT_THAT(Activities(history), ElementsAre("a", "b-11", "c"));
  EXPECT_EQ(Count(history, EventType::kMarkerRecorded), 1);
  EXPECT_EQ(LastList(history), "[\"n2-1\",\"n1--1\"]");
  ExpectReplaysEveryWay(new_code, history);
}

TEST(UpstreamBug, GoGotcha5_ListHasOneOrderAndIsNeverCompared) {
  const auto flow = [](Context& ctx) -> Task<void> {
    for (const char* id : {"b", "c", "a"}) {
      (void)GetVersion(ctx, id, kDefaultVersion, 1);
    }
    co_await ctx.Activity<void>("a");
  };
  const LiveRun run = LiveThenReplay(RegistryOf(flow), "W", {}, RunToEnd);
  EXPECT_EQ(LastList(run.history), "[\"a-1\",\"b-1\",\"c-1\"]");
  HistoryBuilder b = Go();
  b.Turn().Version("b", 1).VersionAlone("c", 1);
  b.UpsertAttribute("TemporalChangeVersion").Version("a", 1).Activity("a");
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, GoGotcha7_AnswerFlipsWithinOneReplay) {
  const auto flow = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", kDefaultVersion, 1);  // added here later
    co_await ctx.Activity<void>("a");
    const int version = GetVersion(ctx, "x", kDefaultVersion, 1);
    co_await ctx.Activity<void>("v" + std::to_string(version));
  };
  HistoryBuilder b = Go();
  b.Turn().Activity("a").ActivityCompleted().Turn().Version("x", 1);
  b.Activity("v1").ActivityCompleted().Turn().Completed();
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
  // In a run of ours the second answer never differs from the first.
  const ReplayReport own = Judge(flow, b, {.profile = &kOwnProfile});
  EXPECT_THAT(own, Is(Verdict::kDivergent));
  EXPECT_EQ(own.divergence->cause, DivergenceCause::kLateMarker);
}

TEST(UpstreamBug, GoGotcha8_PositionIsTheEventsOwn) {
  HistoryBuilder b = Go();
  b.Turn().Timer("77").TimerFired().Turn().Completed();
  EXPECT_EQ(Judge(Act, b).divergence->event_id, 5);
}

TEST(UpstreamBug, GoGotcha9_UndecodableMarkerIsNotPassedOver) {
  EventDraft marker;
  marker.text(Text::kName) = "Version";
  const Payload encrypted{{{"encoding", "binary/encrypted"}}, "\x01\x02"};
  marker.details = {{"change-id", {encrypted}}, {"version", {encrypted}}};
  HistoryBuilder b = Go();
  b.Turn().Output(CommandKind::kRecordVersion, marker).Activity("a");
  const ReplayReport report = Judge(Act, b);
  EXPECT_THAT(report, Is(Verdict::kUnreadable));
  EXPECT_THAT(report.ToString(), HasSubstr("event 5"));
}

TEST(UpstreamBug, GoGotcha10_CutsGiveNoFalseAlarm) {
  const auto flow = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", kDefaultVersion, 1);
    for (const char* name : {"a", "b", "c"}) co_await ctx.Activity<void>(name);
  };
  const auto wrong = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", kDefaultVersion, 1);
    co_await ctx.Activity<void>("z");
  };
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1).Activity("a").ActivityCompleted();
  b.Turn().Activity("b").ActivityCompleted();
  b.Turn().Activity("c").ActivityCompleted().Turn().Completed();
  ExpectReplaysEveryWay(RegistryOf(flow), b.Build());
  // 7 is the activity, 11 the start of the next task.
  for (std::int64_t event : {7, 8, 9, 10, 11, 12}) {
    EXPECT_THAT(Judge(wrong, b, {.until_event = event}),
                Is(Verdict::kDivergent))
        << event;
  }
}

TEST(UpstreamBug, GoGotcha11_RunKnowsItsOwnIds) {
  const auto flow = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>(ctx.info().workflow_id + " " +
                                ctx.info().run_id);
  };
  HistoryBuilder b = Go();
  b.Turn().Activity("workflow-1 run-1").ActivityCompleted().Turn().Completed();
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
}

TEST(UpstreamBug, GoGotcha12_RaisedMinStopsOlderRuns) {
  const auto flow = [](Context& ctx) -> Task<void> {
    (void)GetVersion(ctx, "x", 2, 3);
    co_await ctx.Activity<void>("a");
  };
  HistoryBuilder b = Go();
  b.Turn().Version("x", 1).Activity("a").ActivityCompleted().Turn().Completed();
  const ReplayReport report = Judge(flow, b);
  EXPECT_THAT(report, Is(Verdict::kFailed));
  EXPECT_THAT(report.ToString(), HasSubstr("on version 1, which the code no"));
  EXPECT_THAT(Judge(Act, b), Is(Verdict::kClean));  // the guard is gone
}

TEST(UpstreamBug, GoGotcha13_ReusedIdGetsTheOldAnswer) {
  const auto flow = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("a");
    const int version = GetVersion(ctx, "x", kDefaultVersion, 2);
    co_await ctx.Activity<void>("v" + std::to_string(version));
  };
  HistoryBuilder b = Go();  // its first turn's call for "x" was deleted
  b.Turn().Version("x", 1).Activity("a").ActivityCompleted();
  b.Turn().Activity("v1").ActivityCompleted().Turn().Completed();
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
}

Task<void> TwoSteps(Context& ctx) {
  co_await ctx.Activity<void>("a");
  co_await ctx.Activity<void>("old");
}
Task<void> TwoStepsAsked(Context& ctx) {
  co_await ctx.Activity<void>("a");
  const bool fresh = GetVersion(ctx, "x", kDefaultVersion, 1) == 1;
  co_await ctx.Activity<void>(fresh ? "new" : "old");
}

TEST(UpstreamBug, GoGotcha14_RunOfBeforeTakesTheNewPathWhenItGetsThere) {
  const Registry old_code = RegistryOf(TwoSteps);
  const Registry new_code = RegistryOf(TwoStepsAsked);
  const CohortPolicy by_start = CohortPolicy::ByStartTime(
      kDefaultVersion, {{absl::FromUnixSeconds(1'800'000'000), 1}});
  for (const CohortPolicy* policy :
       {static_cast<const CohortPolicy*>(nullptr), &by_start}) {
    RunOptions options;
    options.registry = &old_code;
    options.policy = policy;
    Recorder r(options, "W", {});
    EXPECT_OK(r.RunTurn());
    r.Deploy(new_code);
    RunToEnd(r);
    EXPECT_THAT(Activities(*r.history()),
                ElementsAre("a", policy == nullptr ? "new" : "old"));
    ExpectReplaysEveryWay(new_code, *r.history());
  }
}

TEST(UpstreamBug, GoGotcha17_OlderWorkerWaitsForANewerOne) {
  const auto three = [](Context& ctx) -> Task<void> {
    for (const char* name : {"a", "b", "c"}) {
      (void)GetVersion(ctx, "x", 1, 2);
      co_await ctx.Activity<void>(name);
    }
  };
  const auto three_old = [](Context& ctx) -> Task<void> {
    for (const char* name : {"a", "b", "c"}) {
      (void)GetVersion(ctx, "x", 1, 1);
      co_await ctx.Activity<void>(name);
    }
  };
  const Registry new_code = RegistryOf(three);
  const Registry old_code = RegistryOf(three_old);
  const CohortPolicy pinned = CohortPolicy::Pinned(1);
  for (const CohortPolicy* policy :
       {static_cast<const CohortPolicy*>(nullptr), &pinned}) {
    RunOptions options;
    options.registry = &new_code;
    options.policy = policy;
    Recorder r(options, "W", {});
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);
    r.Deploy(old_code);
    const absl::Status on_old = r.RunTurn();
    if (policy == nullptr) {
      EXPECT_EQ(on_old.code(), absl::StatusCode::kOutOfRange);
      EXPECT_THAT(std::string(on_old.message()), HasSubstr("too old for it"));
    } else {
      EXPECT_OK(on_old);
    }
    r.Deploy(new_code);
    RunToEnd(r);
    EXPECT_THAT(Activities(*r.history()), ElementsAre("a", "b", "c"));
  }
}

}  // namespace
}  // namespace cohort_testing
