// Bugs of the languages on sdk-core, of the server, and of a rival.
#include <chrono>
#include <string>

#include "cohort/engine/run.h"
#include "cohort/history/turn.h"
#include "cohort/testing/upstream/upstream.h"

namespace cohort_testing {
namespace {

using namespace cohort;  // NOLINT: the vocabulary of workflows
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Task<void> Rounds(Context& ctx) {
  for (int i = 0; i < 3; ++i) {
    co_await ctx.Activity<void>(Patched(ctx, "x") ? "new" : "old");
  }
}
Task<void> RoundsBefore(Context& ctx) {
  for (int i = 0; i < 3; ++i) co_await ctx.Activity<void>("old");
}

// The worker got the new code behind the first round.
TEST(UpstreamBug, PythonSdk192_FalseIsRememberedForTheRun) {
  const Registry old_code = RegistryOf(RoundsBefore);
  const Registry new_code = RegistryOf(Rounds);
  Recorder r({.registry = &old_code}, "W", {});
  EXPECT_OK(r.RunTurn());
  r.Deploy(new_code);
  RunToEnd(r);
  EXPECT_THAT(Activities(*r.history()), ElementsAre("old", "old", "old"));
  ExpectReplaysEveryWay(new_code, *r.history());
}

// TypeScript asks anew, so one of its runs may go both ways.
TEST(UpstreamBug, Features591_FalseIsForgottenInTypeScript) {
  for (const bool typescript : {true, false}) {
    HistoryBuilder b = typescript ? TypeScript() : Python();
    b.Turn().Activity("old").ActivityCompleted();
    b.Turn().Patch("x").Activity("new").ActivityCompleted();
    b.Turn().Activity("new").ActivityCompleted().Turn().Completed();
    EXPECT_THAT(Judge(Rounds, b),
                Is(typescript ? Verdict::kClean : Verdict::kDivergent));
  }
}

TEST(UpstreamBug, TypeScriptSdk859_PatchedInAConditionIsRefused) {
  const auto flow = [](Context& ctx) -> Task<void> {
    co_await ctx.Until([&ctx] { return Patched(ctx, "x"); });
  };
  const Registry registry = RegistryOf(flow);
  Recorder r({.registry = &registry}, "W", {});
  const absl::Status status = r.RunTurn();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("a condition"));
}

TEST(UpstreamBug, TypeScriptSdk1047_PatchesOfTheSdkItselfNeedNoCall) {
  const auto flow = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("a");
  };
  HistoryBuilder b = TypeScript();
  b.Turn().Patch("__sdk_internal_patch_number:1").Activity("a");
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
  HistoryBuilder own = TypeScript();
  own.Turn().Patch("internal").Activity("a");
  EXPECT_THAT(Judge(flow, own), Is(Verdict::kDivergent));
}

TEST(UpstreamBug, TypeScriptSdk1423_DetachedScopeShieldsWhatIsBelow) {
  const auto flow = [](Context& ctx) -> Task<void> {
    CancelScope shield(ctx, ScopeLink::kDetached);
    CancelScope below(shield.ctx());
    Future<void> undo = below.ctx().Activity<void>("undo");
    (void)co_await AsResult(ctx.CancelRequested());
    co_await undo;
    co_await below.ctx().Activity<void>("done");
  };
  const LiveRun run =
      LiveThenReplay(RegistryOf(flow), "W", {}, [](Recorder& r) {
        EXPECT_OK(r.RunTurn());
        r.RequestCancel();
        EXPECT_OK(r.RunTurn());
        RunToEnd(r);
      });
  EXPECT_EQ(Count(run.history, EventType::kActivityTaskCancelRequested), 0);
  EXPECT_THAT(Activities(run.history), ElementsAre("undo", "done"));
}

TEST(UpstreamBug, TypeScriptSdkNoIssue_PatchedInAValidatorIsRefused) {
  const auto flow = [](Context& ctx) -> Task<void> {
    ctx.OnUpdate(
        "u", [] { return 1; },
        [&ctx] {
          (void)Patched(ctx, "x");
          throw ApplicationError("rejected");
        });
    co_await ctx.Sleep(1h);
  };
  const Registry registry = RegistryOf(flow);
  Recorder r({.registry = &registry}, "W", {});
  EXPECT_OK(r.RunTurn());
  r.Update("1", "u");
  const absl::Status status = r.RunTurn();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("an update validator"));
  EXPECT_EQ(Count(*r.history(), EventType::kMarkerRecorded), 0);
}

// A rule of our own that has changed: a request to cancel once settled
// CancelRequested() and nothing else. Flag 1001 is recorded since.
TEST(UpstreamBug, TypeScriptSdk1533_OlderRunsKeepTheRulesTheyBeganWith) {
  const auto flow = [](Context& ctx) -> Task<void> { co_await ctx.Sleep(1h); };
  HistoryBuilder before("W"), since("W");
  before.Sdk("cohort-cpp").Turn().Timer().CancelRequested().Turn();
  before.TimerFired().Turn().Completed();
  since.Sdk("cohort-cpp", {}, {1001}).Turn().Timer().CancelRequested().Turn();
  since.CancelTimer().Canceled();
  EXPECT_THAT(Judge(flow, before), Is(Verdict::kClean));
  EXPECT_THAT(Judge(flow, since), Is(Verdict::kClean));
  HistoryBuilder mixed("W");
  mixed.Sdk("cohort-cpp", {}, {1001}).Turn().Timer().CancelRequested().Turn();
  EXPECT_THAT(Judge(flow, mixed.TimerFired().Turn().Completed()),
              Is(Verdict::kDivergent));
}

TEST(UpstreamBug, TypeScriptSdk1790_ChildIdsAreTakenFromHistory) {
  const auto flow = [](Context& ctx) -> Task<void> {
    co_await ctx.Child<void>(ChildOptions(), "Child");
  };
  const auto chosen = [](Context& ctx) -> Task<void> {
    co_await ctx.Child<void>(ChildOptions().WorkflowId("other"), "Child");
  };
  HistoryBuilder b = TypeScript();
  b.Turn().Child("Child", "0b8a4f0e-6a3d-4b7c-9d55-1c1f5f0d2a11");
  b.Outcome(EventType::kChildWorkflowExecutionCompleted).Turn().Completed();
  EXPECT_THAT(Judge(flow, b), Is(Verdict::kClean));
  EXPECT_THAT(Judge(chosen, b), Is(Verdict::kDivergent));
}

// A replay delivers the open last turn and does not run it. Run::Advance does.
TEST(UpstreamBug, TemporalServer12176_OpenTurnCanBeRun) {
  const auto flow = [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<void>("a");
    throw std::runtime_error("a bug in the open turn");
  };
  const Registry registry = RegistryOf(flow);
  HistoryBuilder b("W");
  b.Turn().Activity("a").ActivityCompleted().FailedTask().StartedTask();
  const History history = b.Build();
  EXPECT_THAT(Replayer(registry).Replay(history), Is(Verdict::kClean));
  cohort::Run run(RunOptions{.registry = &registry});
  TurnReader reader;
  EXPECT_OK(reader.Add(history.events(), PageEnd::kLast));
  absl::Status status;
  while (true) {
    const auto turn = reader.Next();
    ASSERT_TRUE(turn.ok());
    if (!turn->has_value()) break;
    status = (*turn)->completed != nullptr ? run.Replay(**turn)
                                           : run.Advance(**turn).status();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("a bug in the open turn"));
}

}  // namespace
}  // namespace cohort_testing
