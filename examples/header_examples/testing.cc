// The examples of the headers of testing. Paths are those of main.cc's folder.
#include <chrono>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/testing/case_report.h"
#include "cohort/testing/coverage.h"
#include "cohort/testing/environment.h"
#include "cohort/testing/go_on.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replay_main.h"
#include "cohort/testing/replay_test.h"
#include "cohort/testing/replayer.h"
#include "cohort/testing/report.h"
#include "cohort/testing/reset_points.h"
#include "cohort/testing/transcript.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::Order;
using cohort_examples::OrderRegistry;
using cohort_examples::ShippedOrder;
using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using cohort_testing::PlayTranscript;
using cohort_testing::Releases;
using ::testing::HasSubstr;

inline constexpr Change kStep1{"Step1", 1, 2};

History DivergentOrder() {
  return HistoryBuilder("Order").Turn().Activity("refund").Build();
}

TEST(TestingHeaders, ReplayerIsSilentAboutCleanHistories) {
  testing::internal::CaptureStderr();
  // snippet: testing/replayer.h
  cohort::Registry registry;
  registry.Workflow("Order", Order);
  cohort::Replayer replayer(registry);
  cohort::ReplayReport report = replayer.ReplayFile("order-17.json");
  if (report.verdict != cohort::Verdict::kClean) {
    std::cerr << report.ToString() << "\n";
  }
  // end of snippet
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(report.verdict, Verdict::kClean);
}

int PrintReport(const Replayer& replayer, const History& history) {
  // snippet: testing/report.h
  ReplayReport report = replayer.Replay(history);
  std::cout << report.ToString() << "\n";
  return ExitCodeOf(report.verdict);
  // end of snippet
}

TEST(TestingHeaders, ReportIsTextAndExitCode) {
  const Registry registry = OrderRegistry();
  testing::internal::CaptureStdout();
  EXPECT_EQ(PrintReport(Replayer(registry), DivergentOrder()), 1);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("refund"));
  EXPECT_EQ(PrintReport(Replayer(registry), ShippedOrder().Build()), 0);
}

namespace order_replay {

// snippet: testing/replay_main.h
int main(int argc, char** argv) {
  cohort::Registry registry;
  registry.Workflow("Order", Order, {kStep1});
  return cohort::ReplayMain(argc, argv, registry, {});
}
// end of snippet

}  // namespace order_replay

TEST(TestingHeaders, ReplayMainReplaysAFile) {
  std::string words[] = {"order_replay", "replay", "order-17.json"};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data()};
  EXPECT_EQ(order_replay::main(3, argv), 0);
  words[2] = "missing.json";
  argv[2] = words[2].data();
  EXPECT_EQ(order_replay::main(3, argv), 2);
}

// snippet: testing/replay_test.h
COHORT_REPLAY_CORPUS(OrderHistories, OrderRegistry(), "testdata/orders");
// end of snippet

absl::Status Record(const Registry& registry, std::size_t& events) {
  // snippet: testing/recorder.h
  Recorder recorder({.registry = &registry}, "Order", ToPayloads("o-1"));
  COHORT_RETURN_IF_ERROR(recorder.RunTurn());  // the first task
  recorder.Complete(recorder.Open()[0], ToPayloads("ok"));
  COHORT_RETURN_IF_ERROR(recorder.RunTurn());
  COHORT_ASSIGN_OR_RETURN(History history, recorder.history());
  // end of snippet
  events = history.events().size();
  return absl::OkStatus();
}

TEST(TestingHeaders, RecorderKeepsTheHistory) {
  std::size_t events = 0;
  EXPECT_OK(Record(OrderRegistry(), events));
  // The start, two workflow tasks of 3, the activity's 3 and the timer.
  EXPECT_EQ(events, 11u);
}

TEST(TestingHeaders, BuilderNumbersEventsFromOne) {
  // snippet: testing/history_builder.h
  History history = HistoryBuilder("Order")
                        .Turn()
                        .Version("Step1", 1)
                        .Activity("ActivityC")
                        .ActivityCompleted(ToPayloads(7))
                        .Turn()
                        .Completed()
                        .Build();
  // end of snippet
  EXPECT_EQ(history.events().front().id, 1);
  EXPECT_EQ(history.events().back().type,
            EventType::kWorkflowExecutionCompleted);
}

Task<void> ChargeAndRest(Context& ctx, std::string id) {
  co_await ctx.Activity<void>("charge", id);
  co_await ctx.Sleep(std::chrono::hours(24));
}

TEST(TestingHeaders, LiveThenReplayRunsTheScript) {
  Registry registry;
  registry.Workflow("Order", ChargeAndRest);
  // snippet: testing/live_replay.h
  LiveRun run = LiveThenReplay(registry, "Order", ToPayloads("o-1"),
                               [](cohort::Recorder& r) {
                                 EXPECT_OK(r.RunTurn());
                                 r.Complete(r.Open()[0]);
                                 EXPECT_OK(r.RunTurn());
                               });
  // end of snippet
  EXPECT_OK(run.status);
  EXPECT_NE(run.json.find("TIMER_STARTED"), std::string::npos) << run.json;
}

Task<std::string> Both(Context& ctx, std::string name) {
  co_return co_await ctx.Activity<std::string>("greet", name);
}

TEST(TestingHeaders, TranscriptIsWhatARunDid) {
  Releases first;
  first["both"].Workflow("Greeting", Both);
  const absl::StatusOr<std::string> played = PlayTranscript(
      first, "run Greeting release=both \"Ada\"\n\nturn\n----\n");
  ASSERT_TRUE(played.ok()) << played.status();
  EXPECT_THAT(*played, HasSubstr("ScheduleActivity"));
  const std::string text = *played;
  // snippet: testing/transcript.h
  Releases releases;
  releases["both"].Workflow("Greeting", Both);
  absl::StatusOr<std::string> today = PlayTranscript(releases, text);
  EXPECT_EQ(text, *today);
  // end of snippet
}

// snippet: testing/environment.h
TEST(Order, ShipsAfterADay) {
  cohort_testing::TestEnvironment env(OrderRegistry());
  env.activities().Add("charge", [](std::string) { return "paid"; });
  auto run = env.Start("Order", std::string("o-17"));
  EXPECT_EQ(*env.Result<std::string>(run), "shipped:o-17");
  EXPECT_EQ(env.Elapsed(), absl::Hours(24));
}
// end of snippet

TEST(TestingHeaders, CoverageNamesTheGaps) {
  Registry registry;
  registry.Workflow("Order", Order, {kStep1});
  const std::vector<CaseResult> cases;
  testing::internal::CaptureStderr();
  // snippet: testing/coverage.h
  Coverage coverage(registry);
  for (const CaseResult& c : cases) coverage.Add(c.json);
  for (const std::string& gap : coverage.Gaps()) std::cerr << gap << "\n";
  // end of snippet
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("Step1"));
}

absl::Status RollForward(const Registry& registry, const History& history,
                         std::vector<std::string>& commands) {
  const auto Replay = [&](const History&) { commands.push_back("replayed"); };
  // snippet: testing/go_on.h
  LiveTurn next = GoOn(registry, history, DetectProfile(history.events()));
  if (!next.status.ok()) return next.status;  // out of range, misuse, ...
  next.commands;                              // what it would ask for
  Replay(*next.history);                      // elsewhere: by the old build
  // end of snippet
  commands.insert(commands.begin(), next.commands.begin(), next.commands.end());
  return absl::OkStatus();
}

TEST(TestingHeaders, GoOnTakesTheNextTurn) {
  HistoryBuilder builder("Order", ToPayloads("o-17"));
  builder.Turn().Activity("charge").ActivityCompleted(ToPayloads("paid"));
  std::vector<std::string> commands;
  EXPECT_OK(RollForward(OrderRegistry(), builder.Build(), commands));
  EXPECT_THAT(commands, testing::ElementsAre(HasSubstr("Timer"), "replayed"));
}

TEST(TestingHeaders, ResetPointIsTheTurnThatDisagrees) {
  const Registry registry = OrderRegistry();
  const History history = DivergentOrder();
  const RunFacts facts = *FactsOf(history);
  testing::internal::CaptureStdout();
  // snippet: testing/reset_points.h
  if (auto point = FindResetPoint(registry, history)) {
    std::cout << ResetCommand(facts, *point) << "\n";
  }
  // end of snippet
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("reset"));
}

}  // namespace
}  // namespace cohort
