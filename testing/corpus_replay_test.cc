#include "cohort/testing/corpus_replay.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cohort/corpus/history_file.h"
#include "cohort/history/event_table.h"
#include "cohort/history/json_writer.h"
#include "cohort/testing/coverage.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/progress.h"
#include "cohort/testing/reset_points.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two activities with a change between them; a careless release forgets it.
Task<void> Order(Context& ctx) {
  co_await ctx.Activity<void>("first");
  if (GetVersion(ctx, "step", kDefaultVersion, 1) == 1) {
    co_await ctx.Activity<void>("new");
  } else {
    co_await ctx.Activity<void>("old");
  }
}
Task<void> Careless(Context& ctx) {
  co_await ctx.Activity<void>("first");
  co_await ctx.Activity<void>("new");
}
Task<void> Endless(Context&) {
  volatile bool on = true;
  while (on) {
  }
  co_return;
}
Task<void> Crashing(Context&) {
  std::abort();
  co_return;
}

Registry Good() {
  Registry registry;
  registry.Workflow("Order", Order, {{"step", kDefaultVersion, 1}})
      .Workflow("Endless", Endless)
      .Workflow("Crashing", Crashing);
  return registry;
}

HistoryBuilder Begun() {
  return HistoryBuilder("Order").Turn().Activity("first");
}
// Before the change, behind it, and one that has yet to reach it.
History OldRun() {
  return Begun()
      .ActivityCompleted()
      .Turn()
      .Activity("old")
      .ActivityCompleted()
      .Turn()
      .Completed()
      .Build();
}
History NewRun() {
  return Begun()
      .ActivityCompleted()
      .Turn()
      .Version("step", 1)
      .Activity("new")
      .Build();
}
History Waiting() { return Begun().Build(); }

class CorpusReplayTest : public ::testing::Test {
 protected:
  CorpusReplayTest() : folder_(::testing::TempDir() + "/corpus_replay") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  CorpusItem Put(const std::string& name, const History& history) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << WriteHistory(history);
    return {.name = path};
  }

  std::string folder_;
  Registry good_ = Good();
};

std::vector<std::string> Verdicts(const std::vector<CaseResult>& results) {
  std::vector<std::string> verdicts;
  for (const CaseResult& r : results) {
    verdicts.push_back(r.json.at("verdict").get<std::string>());
  }
  return verdicts;
}

TEST_F(CorpusReplayTest, ThreadsAndProcessesFindTheSame) {
  std::vector<CorpusItem> items = {Put("a.json", OldRun()),
                                   Put("b.json", NewRun()),
                                   {.name = folder_ + "/absent.json"},
                                   Put("c.json", Waiting())};
  std::ofstream(folder_ + "/d.json") << "{\"events\": [{";
  items.push_back({.name = folder_ + "/d.json"});
  const auto run = [&](CorpusReplayOptions options) {
    std::vector<std::string> texts;
    for (const CaseResult& r : CorpusReplay(good_, options).Run(items)) {
      texts.push_back(JsonText(r.json) + r.text + std::to_string(r.exit_code));
    }
    return texts;
  };
  const std::vector<std::string> one = run({});
  EXPECT_EQ(one.size(), 5u);
  EXPECT_EQ(run({.jobs = 4}), one);
  EXPECT_EQ(run({.jobs = 2, .isolation = Isolation::kProcesses}), one);
}

TEST_F(CorpusReplayTest, OneBadFileDoesNotStopTheRest) {
  const std::vector<CorpusItem> items = {{.name = folder_ + "/absent.json"},
                                         Put("b.json", NewRun())};
  const std::vector<CaseResult> results = CorpusReplay(good_, {}).Run(items);
  EXPECT_THAT(Verdicts(results), ElementsAre("unreadable", "clean"));
  EXPECT_EQ(ExitCodeOf(results), 2);
}

TEST_F(CorpusReplayTest, ACrashCostsOneHistory) {
  const std::vector<CorpusItem> items = {
      Put("a.json", HistoryBuilder("Crashing").Turn().Completed().Build()),
      Put("b.json", NewRun())};
  const std::vector<CaseResult> results =
      CorpusReplay(good_, {.isolation = Isolation::kProcesses}).Run(items);
  EXPECT_THAT(Verdicts(results), ElementsAre("failed", "clean"));
  EXPECT_THAT(results[0].text, HasSubstr("the code crashed: signal 6"));
  EXPECT_EQ(ExitCodeOf(results), 1);
}

TEST_F(CorpusReplayTest, AnEndlessLoopCostsOneHistory) {
  const std::vector<CorpusItem> items = {
      Put("a.json", HistoryBuilder("Endless").Turn().Completed().Build()),
      Put("b.json", HistoryBuilder("Endless").Turn().Completed().Build())};
  const std::vector<CaseResult> results =
      CorpusReplay(good_,
                   {.jobs = 2, .timeout = std::chrono::milliseconds(300)})
          .Run(items);
  EXPECT_THAT(Verdicts(results), ElementsAre("failed", "failed"));
  EXPECT_THAT(results[0].text, HasSubstr("not done after 300 ms"));
}

TEST_F(CorpusReplayTest, StopsWhenAsked) {
  const std::vector<CorpusItem> items = {Put("a.json", OldRun()),
                                         Put("b.json", OldRun()),
                                         Put("c.json", OldRun())};
  for (Isolation isolation : {Isolation::kThreads, Isolation::kProcesses}) {
    std::size_t seen = 0;
    const std::vector<CaseResult> results =
        CorpusReplay(good_, {.isolation = isolation,
                             .on_done = [&](std::size_t done,
                                            const CaseResult&) { seen = done; },
                             .stop = [&] { return seen == 2; }})
            .Run(items);
    EXPECT_EQ(results.size(), 2u);
  }
}

TEST_F(CorpusReplayTest, WhatIsDecodedIsJudged) {
  const std::vector<CorpusItem> items = {Put("a.json", NewRun())};
  int seen = 0;
  PayloadDecoder decode = [&](const Payload& p) -> absl::StatusOr<Payload> {
    ++seen;
    Payload changed = p;
    if (p.data == "1") changed.data = "-1";  // the version
    return changed;
  };
  EXPECT_EQ(Verdicts(CorpusReplay(good_, {}).Run(items)),
            std::vector<std::string>{"clean"});
  EXPECT_EQ(Verdicts(CorpusReplay(good_, {.decode = decode}).Run(items)),
            std::vector<std::string>{"divergent"});
  EXPECT_GT(seen, 0);
  decode = [](const Payload&) -> absl::StatusOr<Payload> {
    return absl::PermissionDeniedError("no key");
  };
  const std::vector<CaseResult> results =
      CorpusReplay(good_, {.decode = decode}).Run(items);
  EXPECT_EQ(results[0].exit_code, 2);
  EXPECT_THAT(results[0].text, HasSubstr("no key"));
}

TEST_F(CorpusReplayTest, ShardsAreAPartitionThatStaysTheSame) {
  std::vector<CorpusItem> items;
  for (int i = 0; i < 100; ++i) items.push_back({.name = std::to_string(i)});
  std::vector<std::string> names;
  for (std::size_t shard = 0; shard < 3; ++shard) {
    const std::vector<CorpusItem> part = ShardOf(items, shard, 3);
    EXPECT_GT(part.size(), 15u);
    for (const CorpusItem& item : part) names.push_back(item.name);
    std::vector<CorpusItem> fewer(items.begin(), items.begin() + 50);
    for (const CorpusItem& item : ShardOf(fewer, shard, 3)) {
      EXPECT_TRUE(std::any_of(part.begin(), part.end(), [&](const auto& p) {
        return p.name == item.name;
      }));
    }
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names.size(), 100u);
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
}

// --- Stages ------------------------------------------------------------------

TEST(Prefixes, AreWhatAReplayOfEachWouldFind) {
  Registry careless;
  careless.Workflow("Order", Careless);
  const Registry good = Good();
  for (const Registry* registry :
       std::vector{&good, &std::as_const(careless)}) {
    for (const History& history : {OldRun(), NewRun(), Waiting()}) {
      const CaseReport report = Judge(*registry, history, {.prefixes = true});
      ASSERT_TRUE(report.prefixes.has_value());
      std::int64_t clean = 0;
      std::int64_t checked = 0;
      for (const Event& event : history.events()) {
        const History prefix = history.Until(event.id);
        const bool edge = event.type == EventType::kWorkflowTaskCompleted;
        if (!edge && RoleOf(event.type) != Role::kOutput) continue;
        if (prefix.cut_inside_batch()) continue;
        ++checked;
        const Verdict verdict = Replayer(*registry).Replay(prefix).verdict;
        if (ExitCodeOf(verdict) != 1) ++clean;
      }
      EXPECT_EQ(report.prefixes->checked, checked);
      EXPECT_EQ(report.prefixes->clean, clean);
    }
  }
}

// --- The next turn -----------------------------------------------------------

TEST(GoOn, SaysWhatTheCodeAsksForNext) {
  const Registry good = Good();
  const CaseReport report =
      Judge(good, Begun().ActivityCompleted().Build(), {.go_on = true});
  ASSERT_TRUE(report.live_turn.has_value());
  const LiveTurn& live = *report.live_turn;
  EXPECT_TRUE(live.status.ok()) << live.status;
  ASSERT_EQ(live.commands.size(), 3u);
  EXPECT_THAT(live.commands[0], HasSubstr("step"));
  EXPECT_THAT(live.commands[2], HasSubstr("new"));
  ASSERT_EQ(live.versions.size(), 1u);
  EXPECT_EQ(live.versions[0].source, VersionSource::kPolicy);
  ASSERT_TRUE(live.roll_forward.has_value());
  EXPECT_EQ(live.roll_forward->verdict, Verdict::kClean)
      << live.roll_forward->ToString();
  // An older build without the change cannot take it back.
  Registry careless;
  careless.Workflow("Order", Careless);
  EXPECT_EQ(Replayer(careless).Replay(*live.history).verdict, Verdict::kClean);
  Registry other;
  other.Workflow(
      "Order", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("first");
        co_await ctx.Activity<void>("old");
      });
  EXPECT_EQ(Replayer(other).Replay(*live.history).verdict, Verdict::kDivergent);
}

TEST(GoOn, FindsATurnThatCannotRun) {
  Registry registry;
  registry.Workflow(
      "Order", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("first");
        throw std::runtime_error("a bug behind the wait");
      });
  const CaseReport report =
      Judge(registry, Begun().ActivityCompleted().Build(), {.go_on = true});
  EXPECT_EQ(report.replay.verdict, Verdict::kClean);
  ASSERT_TRUE(report.live_turn.has_value());
  EXPECT_FALSE(report.live_turn->status.ok());
  EXPECT_EQ(ExitCodeOf(report), 1);
  EXPECT_THAT(ResultOf(report).text, HasSubstr("next turn fails"));
}

TEST(GoOn, GoesOnWithATaskThatSomebodyHas) {
  const Registry good = Good();
  const CaseReport report = Judge(
      good, Begun().ActivityCompleted().StartedTask().Build(), {.go_on = true});
  ASSERT_TRUE(report.live_turn.has_value());
  EXPECT_EQ(report.live_turn->commands.size(), 3u);
}

// Ids are numbers of events: the turn has to count those that replay will.
TEST(GoOn, GoesOnWithATaskThatNobodyScheduledAndBehindOneThatIsStarted) {
  Registry registry;
  registry.Workflow(
      "Order", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("first");
        co_await ctx.Timer(std::chrono::hours(1));
      });
  const auto begun = [] {
    return HistoryBuilder("Order").Sdk("temporal-go").Turn().Activity("first");
  };
  EventDraft start;
  start.type = EventType::kWorkflowTaskStarted;
  const std::vector<History> histories = {
      begun().ActivityCompleted().Add(start).Build(),
      begun().StartedTask().ActivityCompleted().Build(),
      begun().ActivityCompleted().Add(start).Signal("late").Build(),
  };
  for (const History& history : histories) {
    SCOPED_TRACE(history.events().size());
    const CaseReport report = Judge(registry, history, {.go_on = true});
    ASSERT_TRUE(report.live_turn.has_value());
    ASSERT_TRUE(report.live_turn->status.ok()) << report.live_turn->status;
    ASSERT_TRUE(report.live_turn->roll_forward.has_value());
    EXPECT_EQ(report.live_turn->roll_forward->verdict, Verdict::kClean)
        << report.live_turn->roll_forward->ToString();
  }
}

// A run that another SDK began keeps its rules: the replay of the turn that
// goes on with it has to meet the same cancellation as the turn itself.
TEST(GoOn, ARequestToCancelAnotherSdksRun) {
  Registry registry;
  registry.Workflow(
      "Order", +[](Context& ctx) -> Task<void> {
        const Result<void> first =
            co_await AsResult(ctx.Activity<void>("first"));
        CancelScope cleanup(ctx, ScopeLink::kDetached);
        co_await cleanup.ctx().Activity<void>(first.ok() ? "on" : "undo");
      });
  HistoryBuilder begun("Order");
  begun.Sdk("temporal-go").Turn().Activity("first").CancelRequested();
  const CaseReport report = Judge(registry, begun.Build(), {.go_on = true});
  ASSERT_TRUE(report.live_turn.has_value());
  EXPECT_TRUE(report.live_turn->status.ok()) << report.live_turn->status;
  EXPECT_EQ(ExitCodeOf(report), 0) << ResultOf(report).text;
}

// What code and history call things may be anything.
TEST(GoOn, NamesSteerNoTerminal) {
  Registry registry;
  registry.Workflow(
      "Order", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("first");
        co_await ctx.Activity<void>("\x1b[31mred");
      });
  const CaseReport report =
      Judge(registry, Begun().ActivityCompleted().Build(), {.go_on = true});
  const std::string text = ResultOf(report).text;
  EXPECT_THAT(text, HasSubstr("\\u001b[31mred"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(GoOn, LeavesClosedRunsAlone) {
  const Registry good = Good();
  EXPECT_FALSE(Judge(good, OldRun(), {.go_on = true}).live_turn.has_value());
}

// --- Coverage ----------------------------------------------------------------

Coverage CoverageOf(const Registry& registry,
                    const std::vector<History>& histories,
                    CaseOptions options = {}) {
  Coverage coverage(registry);
  for (const History& history : histories) {
    coverage.Add(ResultOf(Judge(registry, history, options)).json);
  }
  return coverage;
}

TEST(Coverage, CountsWhoTookWhichBranch) {
  const Registry good = Good();
  const Coverage coverage =
      CoverageOf(good, {OldRun(), OldRun(), NewRun(), Waiting()});
  const std::vector<ChangeCoverage> changes = coverage.Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].took.at(kDefaultVersion), 2);
  EXPECT_EQ(changes[0].took.at(1), 1);
  EXPECT_EQ(changes[0].not_yet, 1);
  EXPECT_EQ(changes[0].never, 0);
  EXPECT_THAT(changes[0].site, HasSubstr("corpus_replay_test.cc:"));
  EXPECT_THAT(coverage.Gaps(), IsEmpty());
}

TEST(Coverage, NamesABranchThatNoHistoryTakes) {
  const Registry good = Good();
  const std::vector<std::string> gaps = CoverageOf(good, {NewRun()}).Gaps();
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_THAT(gaps[0], HasSubstr("no history takes default of \"step\""));
  // Declared, and never asked for.
  EXPECT_EQ(CoverageOf(good, {}).Gaps().size(), 2u);
}

TEST(Coverage, CountsABranchThatIsTakenLive) {
  const Registry good = Good();
  const History waiting = Begun().ActivityCompleted().Build();
  EXPECT_EQ(CoverageOf(good, {OldRun(), waiting}).Gaps().size(), 1u);
  EXPECT_THAT(CoverageOf(good, {OldRun(), waiting}, {.go_on = true}).Gaps(),
              IsEmpty());
}

TEST(Coverage, DoesNotCountADivergentHistory) {
  Registry careless;
  careless.Workflow("Order", Careless, {{"step", kDefaultVersion, 1}});
  EXPECT_EQ(CoverageOf(careless, {OldRun()}).Gaps().size(), 2u);
}

// A marker that stood in the history before its call is a branch taken, too.
TEST(Coverage, SeesACallForAnIdThatAnEarlierTurnRecorded) {
  Registry registry;
  registry.Workflow(
      "Order", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("first");
        co_await ctx.Activity<void>("second");
        GetVersion(ctx, "step", kDefaultVersion, 1);
      });
  const Coverage coverage = CoverageOf(registry, {HistoryBuilder("Order")
                                                      .Turn()
                                                      .Activity("first")
                                                      .ActivityCompleted()
                                                      .Turn()
                                                      .Version("step", 1)
                                                      .Activity("second")
                                                      .ActivityCompleted()
                                                      .Turn()
                                                      .Completed()
                                                      .Build()});
  ASSERT_EQ(coverage.Changes().size(), 1u);
  EXPECT_EQ(coverage.Changes()[0].took.at(1), 1);
}

// --- Strict grades -----------------------------------------------------------

// An input, a timer and a result that differ from what is recorded.
Task<int> Values(Context& ctx) {
  GetVersion(ctx, "halved", kDefaultVersion, 1);
  co_await ctx.Activity<void>("charge", 8);
  co_await ctx.Sleep(std::chrono::seconds(30));
  co_return 2;
}

History Recorded() {
  EventDraft timer{.type = EventType::kTimerStarted};
  timer.attributes = {{"startToFireTimeout", Nanoseconds(60'000'000'000)}};
  timer.text(Text::kId) = "13";
  EventDraft activity{.type = EventType::kActivityTaskScheduled,
                      .input = {JsonPayload(" 7")}};
  activity.text(Text::kName) = "charge";
  activity.text(Text::kId) = "7";
  return HistoryBuilder("Values")
      .Turn()
      .Version("halved", 1)
      .Add(activity)
      .Add({.type = EventType::kActivityTaskStarted, .subject = 7})
      .ActivityCompleted({}, 7)
      .Turn()
      .Add(timer)
      .Add({.type = EventType::kTimerFired, .subject = 13})
      .Turn()
      .Completed({JsonPayload("1")})
      .Build();
}

TEST(StrictValues, AreComparedWhenAskedFor) {
  Registry registry;
  registry.Workflow("Values", Values);
  const History history = Recorded();
  EXPECT_EQ(Judge(registry, history, {}).replay.verdict, Verdict::kClean)
      << Judge(registry, history, {}).replay.ToString();
  for (StrictRule rule : {StrictRule::kInputs, StrictRule::kTimerDurations,
                          StrictRule::kResults}) {
    CaseOptions options;
    options.replay.strictness = Strictness::Sdk().With(rule);
    const CaseReport report = Judge(registry, history, options);
    EXPECT_EQ(report.replay.verdict, Verdict::kDivergent) << NameOf(rule);
    EXPECT_EQ(report.replay.rule, NameOf(rule));
  }
}

TEST(StrictValues, MayBeAllowedForAChange) {
  Registry registry;
  registry.Workflow("Values", Values);
  const auto verdict = [&](std::string_view lines) {
    const auto allow = AllowList::Parse(lines, "allow.txt");
    EXPECT_TRUE(allow.ok()) << allow.status();
    CaseOptions options;
    options.replay.strictness = Strictness::Values();
    options.allow = &*allow;
    return Judge(registry, Recorded(), options).replay.verdict;
  };
  EXPECT_EQ(verdict("inputs *\ntimer-durations halved # yes\nresults halved"),
            Verdict::kClean);
  EXPECT_EQ(verdict("inputs *\nresults *"), Verdict::kDivergent);
  EXPECT_EQ(verdict("inputs *\ntimer-durations other\nresults *"),
            Verdict::kDivergent);
}

TEST(AllowList, SaysWhatIsWrongAndWhere) {
  const auto message = [](std::string_view text) {
    return std::string(AllowList::Parse(text, "a.txt").status().message());
  };
  EXPECT_THAT(message("# fine\nnonsense *"),
              HasSubstr("a.txt:2: \"nonsense\""));
  EXPECT_THAT(message("inputs"), HasSubstr("a.txt:1: give a strict rule"));
  EXPECT_TRUE(absl::IsNotFound(AllowList::FromFile("none").status()));
}

// --- Reset points ------------------------------------------------------------

TEST(ResetPoint, KeepsAllThatStillReplays) {
  Registry careless;
  careless.Workflow("Order", Careless);
  const History old = OldRun();
  const auto point = FindResetPoint(careless, old);
  ASSERT_TRUE(point.has_value());
  const Event& kept =
      old.events()[static_cast<std::size_t>(point->event_id) - 1];
  EXPECT_EQ(kept.type, EventType::kWorkflowTaskCompleted);
  EXPECT_EQ(point->turns_kept, 1);
  // What a server makes of it replays, and goes on.
  const CaseReport after =
      Judge(careless, old.Until(point->event_id - 1), {.go_on = true});
  EXPECT_EQ(after.replay.verdict, Verdict::kClean);
  ASSERT_TRUE(after.live_turn.has_value());
  EXPECT_TRUE(after.live_turn->status.ok());
  EXPECT_FALSE(FindResetPoint(Good(), old).has_value());
}

TEST(ResetPoint, CommandsAreQuotedForAShell) {
  RunFacts facts;
  facts.workflow_id = "it's; rm -rf";
  facts.run_id = "r";
  EXPECT_THAT(ResetCommand(facts, {.event_id = 7, .turns_kept = 2}),
              HasSubstr("--workflow-id 'it'\\''s; rm -rf' --run-id 'r' "
                        "--event-id 7"));
}

// --- Progress ----------------------------------------------------------------

TEST(Progress, SaysRateAndTimeLeft) {
  std::ostringstream out;
  const Progress::Clock::time_point start;
  Progress progress(out, 1000, Progress::Form::kLines, start);
  EXPECT_EQ(progress.Text(100, 3, start + std::chrono::seconds(2)),
            "100 of 1000, 3 not clean, 50/s, 18 s left");
  progress.Done(1, 0, start + std::chrono::seconds(1));
  EXPECT_EQ(out.str(), "");
  progress.Done(100, 0, start + std::chrono::seconds(6));
  EXPECT_THAT(out.str(), HasSubstr("100 of 1000, 17/s"));
}

}  // namespace
}  // namespace cohort
