// The rules in which the four SDKs differ, one test for each.
//
// A case is a history, a program, and the official verdict. `Rings` says it
// twice: by the writer's own profile we agree; with the one column changed we
// do not. So each alarm is known to ring.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/engine/profile.h"
#include "cohort/testing/conformance/conformance.h"
#include "cohort/testing/conformance/made_programs.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using namespace cohort;  // NOLINT: the names of all columns

using Change = void (*)(Profile&);
enum class Says : std::uint8_t { kOk, kNo };

// A recorded or made history, or a prefix of it.
struct Known {
  std::string file;  // below testing/testdata
  std::string_view generation;
  std::optional<std::size_t> events = {};
};

Judged JudgeBy(const Profile& profile, const Known& known,
               Official official = Official::kOk) {
  const std::vector<Pair> pairs{{std::string(known.file), known.events,
                                 std::string(known.generation), official}};
  const auto judged =
      JudgePairs(*FindSdk(profile.name), ProgramFamily::kMade,
                 "testing/testdata", pairs, {Strictness::Sdk(), &profile});
  EXPECT_TRUE(judged.ok()) << judged.status();
  return judged.ok() ? judged->front() : Judged();
}

Says Ask(const Profile& profile, const Known& known) {
  return JudgeBy(profile, known).ours == Verdict::kClean ? Says::kOk
                                                         : Says::kNo;
}

// Core compares types where its flag 1 is recorded. Built histories have no
// flags: where a type tells what the code did, this compares it all the same.
constexpr Strictness kWithTypes = Strictness()
                                      .Without(StrictRule::kExtraCommand)
                                      .Without(StrictRule::kGoTailStarted)
                                      .Without(StrictRule::kGoCloseUnchecked);

// A history that the test has built, under a workflow of that type.
struct Built {
  const HistoryBuilder& history;
  void (*workflow)(Registry&);
  Strictness strictness = Strictness::Sdk();
};

Says Ask(const Profile& profile, const Built& built) {
  Registry registry;
  built.workflow(registry);
  ReplayOptions options;
  options.profile = &profile;
  options.strictness = built.strictness;
  const auto report = Replayer(registry, options).Replay(built.history.Build());
  return report.verdict == Verdict::kClean ? Says::kOk : Says::kNo;
}

template <typename Case>
void Agrees(std::string_view sdk, const Case& one, Says official) {
  EXPECT_EQ(Ask(*FindProfile(sdk), one), official) << sdk;
}

template <typename Case>
void Rings(std::string_view sdk, const Case& one, Says official,
           Change change) {
  Agrees(sdk, one, official);
  Profile changed = *FindProfile(sdk);
  change(changed);
  EXPECT_NE(Ask(changed, one), official) << sdk << ": the column is not felt";
}

// --- Small workflows ---------------------------------------------------------

void Act(Registry& r) {
  r.Workflow("W",
             [](Context& ctx) -> Task<void> { co_await ctx.Activity("a"); });
}
void AskThenAct(Registry& r) {
  r.Workflow("W", [](Context& ctx) -> Task<void> {
    GetVersion(ctx, "x", kDefaultVersion, 1);
    co_await ctx.Activity("a");
  });
}
void AskTwice(Registry& r) {
  r.Workflow("W", [](Context& ctx) -> Task<void> {
    GetVersion(ctx, "x", kDefaultVersion, 1);
    co_await ctx.Activity("a");
    const bool fresh = GetVersion(ctx, "x", kDefaultVersion, 1) == 1;
    co_await ctx.Activity(fresh ? "new" : "old");
  });
}
void PatchTwice(Registry& r) {
  r.Workflow("W", [](Context& ctx) -> Task<void> {
    (void)Patched(ctx, "x");
    co_await ctx.Activity("a");
    co_await ctx.Activity(Patched(ctx, "x") ? "new" : "old");
  });
}
// The next activity names what came first.
void FirstOf(Registry& r) {
  r.Workflow("W", [](Context& ctx) -> Task<void> {
    Future<void> timer = ctx.Timer(std::chrono::seconds(1));
    Future<int> signal = ctx.Signals<int>("s").Receive();
    constexpr std::string_view kNames[] = {"timer", "cancel", "signal"};
    std::size_t first = 1;
    try {
      first = co_await WhenAny(timer, ctx.CancelRequested(), signal);
    } catch (const CanceledError&) {
    }
    CancelScope rest(ctx, ScopeLink::kDetached);
    co_await rest.ctx().Activity(kNames[first]);
  });
}
// Goes on in its own scope when that was canceled.
void ActAgain(Registry& r) {
  r.Workflow("W", [](Context& ctx) -> Task<void> {
    (void)co_await AsResult(ctx.Timer(std::chrono::seconds(1)));
    co_await ctx.Activity("a");
  });
}
// Takes updates beside its two activities.
void ActWithUpdates(Registry& r) {
  r.Workflow("W", [](Context& ctx) -> Task<void> {
    ctx.OnUpdate("add", [](int x) { return x + 1; });
    co_await ctx.Activity("a");
    co_await ctx.Activity("b");
  });
}
void MadeX(Registry& r) {
  r = MadeRegistry(cohort_examples::OrderStyle::kPython, "X");
}
void MadeZ(Registry& r) {
  r = MadeRegistry(cohort_examples::OrderStyle::kPython, "Z");
}

constexpr std::string_view kCore[] = {"python", "typescript"};
constexpr std::string_view kCarrying[] = {"java", "python", "typescript"};

// --- One test for each row ---------------------------------------------------

TEST(ProfileRowTest, UnmatchedVersionMarker) {
  for (const Sdk& sdk : kSdks) {
    const bool core = sdk.style == cohort_examples::OrderStyle::kPython;
    HistoryBuilder version("W"), patch("W"), deprecated("W");
    version.Markers(sdk.name == "java" ? Dialect::kJava : Dialect::kGo);
    version.Turn().Version("x", 1).Activity("a").ActivityCompleted();
    patch.Turn().Patch("x").Activity("a").ActivityCompleted();
    deprecated.Turn().DeprecatedPatch("x").Activity("a").ActivityCompleted();
    if (core) {
      Agrees(sdk.name, Built{patch.Turn().Completed(), Act}, Says::kNo);
      Agrees(sdk.name, Built{deprecated.Turn().Completed(), Act}, Says::kOk);
    } else {
      Agrees(sdk.name, Built{version.Turn().Completed(), Act}, Says::kOk);
    }
  }
}

TEST(ProfileRowTest, PositionOfACalledMarker) {
  HistoryBuilder later("W");
  later.Turn().Activity("a").Version("x", 1).ActivityCompleted();
  later.Turn().Completed();
  Rings("go", Built{later, AskThenAct}, Says::kOk,
        [](Profile& p) { p.position = MarkerPosition::kInOrder; });
  Rings("java", Built{later, AskThenAct}, Says::kNo,
        [](Profile& p) { p.position = MarkerPosition::kFree; });
  // b8 asks for split-charge where the history has fraud-check.
  for (std::string_view sdk : kCore) {
    const std::string file =
        "recorded/" + std::string(sdk) + "/Order/g2_plain.json";
    Agrees(sdk, Known{file, "g2"}, Says::kOk);
    Agrees(sdk, Known{file, "b8"}, Says::kNo);
  }
}

TEST(ProfileRowTest, MarkerOfAnIdThatWasAnsweredByDefault) {
  Rings("go", Known{"recorded/go/Order/g2_plain.json", "b8", 30}, Says::kOk,
        [](Profile& p) { p.late_marker = LateMarker::kDiverge; });
  Rings("java", Known{"recorded/java/Order/g2_reqcancel3race.json", "b8"},
        Says::kNo, [](Profile& p) { p.late_marker = LateMarker::kOverwrite; });
  HistoryBuilder late("W");
  late.Turn().Activity("a").ActivityCompleted();
  late.Turn().VersionAlone("x", 1).Activity("old").ActivityCompleted();
  late.Turn().Completed();
  for (std::string_view sdk : kCore) {
    Rings(sdk, Built{late, AskTwice, kWithTypes}, Says::kOk,
          [](Profile& p) { p.late_marker = LateMarker::kOverwrite; });
  }
}

TEST(ProfileRowTest, AFalseAnsweredOnReplayIsRemembered) {
  HistoryBuilder b("W");
  b.Turn().Activity("a").ActivityCompleted();
  b.Turn().Patch("x").Activity("new").ActivityCompleted();
  b.Turn().Completed();
  Rings("typescript", Built{b, PatchTwice, kWithTypes}, Says::kOk,
        [](Profile& p) { p.unrecorded_patch = UnrecordedPatch::kRemember; });
  Rings("python", Built{b, PatchTwice, kWithTypes}, Says::kNo,
        [](Profile& p) { p.unrecorded_patch = UnrecordedPatch::kForget; });
}

TEST(ProfileRowTest, DeliveryOrderInATurn) {
  Rings("go", Known{"made/go/CT_X_g2.json", "g2"}, Says::kOk,
        [](Profile& p) { p.delivery = Delivery::kSignalsFirstCancelLast; });
  Rings("python", Known{"made/python/Y_TS_sm.json", "Y"}, Says::kOk,
        [](Profile& p) { p.delivery = Delivery::kEventOrder; });
  HistoryBuilder timer_first("W");
  timer_first.Turn().Timer().TimerFired().Signal("s", ToPayloads(1));
  timer_first.Turn().Activity("signal").ActivityCompleted().Turn().Completed();
  for (std::string_view sdk : kCarrying) {
    Rings(sdk, Built{timer_first, FirstOf, kWithTypes}, Says::kOk,
          [](Profile& p) { p.delivery = Delivery::kEventOrder; });
  }
}

TEST(ProfileRowTest, TimerAndCancelRequestInOneTurn) {
  Rings("go", Known{"made/go/TC_X_g2.json", "g2"}, Says::kNo,
        [](Profile& p) { p.cancel_race = CancelRace::kCancelWins; });
  Rings("python", Known{"made/python/TC_X_g2.json", "g2"}, Says::kOk,
        [](Profile& p) { p.cancel_race = CancelRace::kFirstWins; });
  HistoryBuilder cancel_first("W");
  cancel_first.Turn().Timer().CancelRequested().TimerFired();
  cancel_first.Turn().Activity("timer").ActivityCompleted().Turn().Completed();
  for (std::string_view sdk : {"java", "typescript"}) {
    Rings(sdk, Built{cancel_first, FirstOf, kWithTypes}, Says::kOk,
          [](Profile& p) { p.delivery = Delivery::kSignalsFirst; });
  }
}

TEST(ProfileRowTest, AndTheCancelTimerThenIsWithdrawn) {
  for (const std::string sdk : {"go", "python"}) {
    Agrees(sdk, Known{"made/" + sdk + "/CT_X_g2.json", "g2"}, Says::kOk);
    Agrees(sdk, Known{"made/" + sdk + "/CT_KX_g2.json", "g2"}, Says::kNo);
    Agrees(sdk, Known{"made/" + sdk + "/C_KX_g2.json", "g2"}, Says::kOk);
    Agrees(sdk, Known{"made/" + sdk + "/C_X_g2.json", "g2"}, Says::kNo);
  }
}

TEST(ProfileRowTest, CallInACanceledScope) {
  Rings("go", Known{"made/go/TC_ARX_g2.json", "g2"}, Says::kOk,
        [](Profile& p) { p.canceled_scope = CanceledScope::kRefuse; });
  Rings("java", Known{"recorded/java/Order/g2_reqcancel3race.json", "g2"},
        Says::kOk,
        [](Profile& p) { p.canceled_scope = CanceledScope::kOneShot; });
  Rings("typescript",
        Known{"recorded/typescript/Order/g4_cancelled.json", "g2"}, Says::kOk,
        [](Profile& p) { p.canceled_scope = CanceledScope::kOneShot; });
  HistoryBuilder again("W");
  again.Turn().Timer().CancelRequested();
  again.Turn().CancelTimer().Activity("a").ActivityCompleted();
  again.Turn().Completed();
  Rings("python", Built{again, ActAgain, kWithTypes}, Says::kOk,
        [](Profile& p) { p.canceled_scope = CanceledScope::kRefuse; });
}

TEST(ProfileRowTest, StartedAndCanceledInOneTurn) {
  for (const char* program : {"W", "Z"}) {
    const std::string file = "made/go/" + std::string(program);
    const Known both{file + "_both.json", program};
    Rings("go", both, Says::kOk,
          [](Profile& p) { p.same_turn_cancel = SameTurnCancel::kDrop; });
  }
  Rings("go", Known{"made/go/U_start_only.json", "U"}, Says::kOk,
        [](Profile& p) { p.same_turn_cancel = SameTurnCancel::kDrop; });
  Rings("python", Known{"made/python/W_dropped.json", "W"}, Says::kOk,
        [](Profile& p) { p.same_turn_cancel = SameTurnCancel::kKeep; });
  HistoryBuilder dropped("Order");
  dropped.Turn().Timer().TimerFired().Turn().Completed();
  for (std::string_view sdk : kCarrying) {
    Rings(sdk, Built{dropped, MadeZ}, Says::kOk,
          [](Profile& p) { p.same_turn_cancel = SameTurnCancel::kKeep; });
  }
}

TEST(ProfileRowTest, ReadyOrderOfSeveralCoroutines) {
  Rings("go", Known{"made/go/X_21_ab.json", "X"}, Says::kOk,
        [](Profile& p) { p.ready = ReadyOrder::kFifo; });
  Rings("python", Known{"made/python/X_21_ba.json", "X"}, Says::kOk,
        [](Profile& p) { p.ready = ReadyOrder::kCreation; });
  HistoryBuilder created("Order"), settled("Order");
  for (HistoryBuilder* b : {&created, &settled}) {
    b->Turn().Timer().Timer();
    b->TimerFired(b->last_id()).TimerFired().Turn();
  }
  created.Activity("a").Activity("b");
  settled.Activity("b").Activity("a");
  Rings("java", Built{created, MadeX, kWithTypes}, Says::kOk,
        [](Profile& p) { p.ready = ReadyOrder::kFifo; });
  Rings("typescript", Built{settled, MadeX, kWithTypes}, Says::kOk,
        [](Profile& p) { p.ready = ReadyOrder::kCreation; });
}

TEST(ProfileRowTest, CompleteUpdateOfAHandlerThatDoesNotWait) {
  const auto behind = [](Profile& p) {
    p.update_end = UpdateEnd::kBehindTasks;
  };
  Rings("java", Known{"recorded/java/Order/g1_items.json", "g1"}, Says::kOk,
        behind);
  Rings("python", Known{"recorded/python/Order/g3_items.json", "g3"}, Says::kOk,
        behind);
  Rings("typescript", Known{"recorded/typescript/Order/g3_items.json", "g3"},
        Says::kOk, [](Profile& p) { p.update_end = UpdateEnd::kAtOnce; });
  // Right behind its acceptance, and not behind what main does then. The
  // update of Go's recorded run has a turn to itself.
  Agrees("go", Known{"recorded/go/Order/g2_items.json", "g2"}, Says::kOk);
  HistoryBuilder at_once("W"), late("W");
  for (HistoryBuilder* b : {&at_once, &late}) {
    b->Turn().Activity("a").ActivityCompleted();
    b->Turn().UpdateAccepted("add", "u");
  }
  at_once.UpdateCompleted("u").Activity("b").ActivityCompleted();
  late.Activity("b").UpdateCompleted("u").ActivityCompleted();
  at_once.Turn().Completed();
  late.Turn().Completed();
  for (std::string_view sdk : {"go", "java", "python"}) {
    Rings(sdk, Built{at_once, ActWithUpdates}, Says::kOk, behind);
    Rings(sdk, Built{late, ActWithUpdates}, Says::kNo, behind);
  }
}

TEST(ProfileRowTest, CommandsLeftAtTheEndOfACompletedTurn) {
  const auto diverge = [](Profile& p) { p.leftover = Leftover::kDiverge; };
  for (const char* name : {"L1_never", "L2_nextturn"}) {
    const std::string file = std::string(name) + ".json";
    Rings("go", Known{"made/go/" + file, "g0"}, Says::kNo,
          [](Profile& p) { p.leftover = Leftover::kCarry; });
    Rings("python", Known{"made/python/" + file, "g0"}, Says::kOk, diverge);
  }
  HistoryBuilder later("W");
  later.Turn().Signal("s").Turn().Activity("a").ActivityCompleted();
  later.Turn().Completed();
  Rings("java", Built{later, Act}, Says::kOk, diverge);
}

TEST(ProfileRowTest, ClosingCommand) {
  const auto last_only = [](Profile& p) { p.closing = Closing::kLastOnly; };
  for (const char* to :
       {"plain_to_FAILED", "plain_to_CANCELED", "failcharge_to_CANCELED"}) {
    const std::string file = "/g0_" + std::string(to) + ".json";
    Rings("go", Known{"made/go" + file, "g0"}, Says::kOk,
          [](Profile& p) { p.closing = Closing::kCompared; });
    Rings("python", Known{"made/python" + file, "g0"}, Says::kNo, last_only);
  }
  Agrees("go", Known{"made/go/g0_failcharge_to_COMPLETED.json", "g0"},
         Says::kNo);
  HistoryBuilder failed("W");
  failed.Turn().Activity("a").ActivityCompleted().Turn().Failed("x");
  for (std::string_view sdk : {"java", "typescript"}) {
    Rings(sdk, Built{failed, Act}, Says::kNo, last_only);
  }
}

TEST(ProfileRowTest, CodeClosesWhereTheHistoryIsOpen) {
  HistoryBuilder open("W");
  open.Turn().Activity("a").ActivityCompleted().Turn();
  for (std::string_view sdk : {"go", "java", "python", "typescript"}) {
    Agrees(sdk, Built{open, Act}, Says::kOk);
  }
  for (const std::string sdk : {"go", "python"}) {
    Agrees(sdk, Known{"made/" + sdk + "/plain_without_close.json", "g0"},
           Says::kOk);
  }
}

TEST(ProfileRowTest, HistoryEndsWithWorkflowTaskStarted) {
  const auto skip = [](Profile& p) { p.started_tail = StartedTail::kSkipLast; };
  Rings("go", Known{"recorded/go/Order/g0_plain.json", "g5", 14}, Says::kOk,
        [](Profile& p) { p.started_tail = StartedTail::kConfirm; });
  Rings("python", Known{"recorded/python/Order/g2_cancelled.json", "b1", 17},
        Says::kNo, skip);
  Rings("typescript",
        Known{"recorded/typescript/Order/g0_slow_stage3.json", "b2"}, Says::kNo,
        skip);
  HistoryBuilder other("W");
  other.Turn().Activity("b").ActivityCompleted().StartedTask();
  Rings("java", Built{other, Act}, Says::kNo, skip);
}

// What came in last was not decided on yet: wrong code is not seen.
TEST(ProfileRowTest, OpenLastTurn) {
  for (const std::string sdk : {"go", "python"}) {
    const std::string file =
        sdk == "go" ? "g0_plain.json" : "g2_cancelled.json";
    const std::string path = "recorded/" + sdk + "/Order/" + file;
    for (std::size_t events : {6u, 7u, 8u}) {
      Agrees(sdk, Known{path, "b7", events}, Says::kOk);
    }
    Agrees(sdk, Known{path, "b7", 11}, Says::kNo);
  }
  HistoryBuilder other("W");
  other.Turn().Activity("a").ActivityCompleted().StartedTask();
  for (std::string_view sdk : {"java", "typescript"}) {
    Agrees(sdk, Built{other, AskTwice}, Says::kOk);
  }
}

TEST(ProfileRowTest, CutBehindACompletionOrInsideABatch) {
  Rings("go", Known{"recorded/go/Order/g0_plain.json", "g0", 4}, Says::kNo,
        [](Profile& p) { p.leftover = Leftover::kCarry; });
  Rings("python", Known{"recorded/python/Order/g2_cancelled.json", "g2", 4},
        Says::kOk, [](Profile& p) { p.leftover = Leftover::kDiverge; });
  HistoryBuilder cut("W");
  cut.Turn();
  for (std::string_view sdk : {"java", "typescript"}) {
    Rings(sdk, Built{cut, Act}, Says::kOk,
          [](Profile& p) { p.leftover = Leftover::kDiverge; });
  }
}

TEST(ProfileRowTest, FewerThanThreeEvents) {
  const auto agreement = [](const char* sdk) {
    return JudgeBy(*FindProfile(sdk),
                   Known{"recorded/go/Order/g0_plain_stage0.json", "g0"},
                   Official::kOtherError)
        .agreement;
  };
  EXPECT_EQ(agreement("go"), Agreement::kQuirk);
  EXPECT_EQ(agreement("java"), Agreement::kLooser);
  EXPECT_EQ(agreement("python"), Agreement::kLooser);
}

TEST(ProfileRowTest, LastEventIsTerminated) {
  const Judged java = JudgeBy(*FindProfile("java"),
                              Known{"recorded/java/Order/g0_term3.json", "g0"},
                              Official::kOtherError);
  EXPECT_EQ(java.agreement, Agreement::kQuirk);
  Agrees("java", Known{"recorded/java/Order/g0_term3.json", "g5"}, Says::kNo);
  Agrees("typescript",
         Known{"recorded/typescript/Order/g1_terminated.json", "g1"},
         Says::kOk);
}

TEST(ProfileRowTest, TypesAndIds) {
  HistoryBuilder id("W"), type("W");
  id.Turn().Activity("a", "99").ActivityCompleted().Turn().Completed();
  type.Turn().Activity("b").ActivityCompleted().Turn().Completed();
  Rings("go", Built{id, Act}, Says::kNo,
        [](Profile& p) { p.ids = IdScheme::kOpaque; });
  Rings("go", Built{type, Act}, Says::kNo,
        [](Profile& p) { p.types = TypeMatch::kExactIfFlagged; });
  for (std::string_view sdk : kCarrying) {
    Rings(sdk, Built{id, Act}, Says::kOk,
          [](Profile& p) { p.ids = IdScheme::kEventNumber; });
  }
  Rings("java", Built{type, Act}, Says::kNo,
        [](Profile& p) { p.types = TypeMatch::kExactIfFlagged; });
  for (std::string_view sdk : kCore) {
    Rings(sdk, Built{type, Act}, Says::kOk,
          [](Profile& p) { p.types = TypeMatch::kExact; });
  }
}

TEST(ProfileRowTest, RangeFailure) {
  for (const std::string sdk : {"go", "java"}) {
    const std::string file = sdk == "go" ? "g0_plain.json" : "g0_items.json";
    const Judged judged = JudgeBy(
        *FindProfile(sdk), Known{"recorded/" + sdk + "/Order/" + file, "g3"});
    EXPECT_EQ(judged.ours, Verdict::kFailed) << judged.finding;
    EXPECT_NE(judged.finding.find("fraud-check"), std::string::npos);
  }
}

// The paragraph below the table: sdk-core replays tasks that recorded nothing
// as one.
TEST(ProfileRowTest, MergedHeartbeats) {
  const auto apart = [](Profile& p) { p.empty_tasks = EmptyTasks::kApart; };
  const std::string file = "made/python/V_signal_in_2nd_heartbeat_out_";
  Rings("python", Known{file + "pre.json", "V"}, Says::kOk, apart);
  Rings("python", Known{file + "post.json", "V"}, Says::kNo, apart);
}

}  // namespace
}  // namespace cohort_testing
