#include "cohort/cli/turns.h"

#include "gtest/gtest.h"

namespace cohort {
namespace {

TEST(Turns, GoHistoryAsText) {
  const auto history = History::FromFile(
      "testing/testdata/recorded/go/Order/g2_plain_stage2.json");
  ASSERT_TRUE(history.ok()) << history.status();
  const TurnList list = ListTurns(*history);
  EXPECT_TRUE(list.status.ok()) << list.status;
  EXPECT_EQ(
      TurnsText(list),
      R"( turn  task      inbound                                                                 outputs
    1  2/3/4     Started(Order)                                                          ActivityTaskScheduled(validate)
    2  8/9/10    ActivityTaskStarted(validate), ActivityTaskCompleted(validate)          MarkerRecorded(Version fraud-check=2), UpsertWorkflowSearchAttributes(TemporalChangeVersion), ActivityTaskScheduled(fraudCheckV2)
    3  16/17/18  ActivityTaskStarted(fraudCheckV2), ActivityTaskCompleted(fraudCheckV2)  TimerStarted(19)
)");
}

TEST(Turns, AnOpenTurnHasNoOutputs) {
  const auto history = History::FromFile(
      "testing/testdata/inspected/python/Order/g2_slow_stage4.json");
  ASSERT_TRUE(history.ok()) << history.status();
  const TurnList list = ListTurns(*history);
  ASSERT_EQ(list.turns.size(), 7u);
  EXPECT_EQ(list.turns[6].completed, 0);
  EXPECT_NE(TurnsText(list).find("(open)\n"), std::string::npos);
  const auto json = TurnsJson(list);
  EXPECT_EQ(json["turns"][6]["task"]["scheduled"], 41);
  EXPECT_TRUE(json["turns"][6]["task"]["completed"].is_null());
  EXPECT_EQ(json["turns"][2]["outputs"][0], "TimerStarted(1)");
}

TEST(Turns, EqualNeighboursAreCounted) {
  const auto history = History::FromJson(R"([
      {"eventId":1,"eventType":"WorkflowTaskScheduled"},
      {"eventId":2,"eventType":"WorkflowTaskStarted"},
      {"eventId":3,"eventType":"WorkflowTaskFailed",
       "workflowTaskFailedEventAttributes":{"cause":"BAD"}},
      {"eventId":4,"eventType":"WorkflowTaskCompleted"},
      {"eventId":5,"eventType":"TimerStarted"},
      {"eventId":6,"eventType":"TimerStarted"},
      {"eventId":7,"eventType":"WorkflowExecutionCompleted"}])");
  ASSERT_TRUE(history.ok()) << history.status();
  const TurnList list = ListTurns(*history);
  ASSERT_EQ(list.turns.size(), 1u);
  EXPECT_EQ(list.turns[0].failures, 1);
  EXPECT_EQ(list.turns[0].inbound,
            std::vector<std::string>{"WorkflowTaskFailed(BAD)"});
  EXPECT_EQ(list.turns[0].outputs,
            (std::vector<std::string>{"TimerStarted x2", "Completed"}));
}

TEST(Turns, TheTurnsBeforeAnErrorAreThere) {
  const auto history = History::FromJson(R"([
      {"eventId":1,"eventType":"WorkflowTaskCompleted"},
      {"eventId":2,"eventType":"TimerStarted"},
      {"eventId":3,"eventType":"WorkflowTaskScheduled"},
      {"eventId":4,"eventType":"TimerStarted"}])");
  ASSERT_TRUE(history.ok()) << history.status();
  const TurnList list = ListTurns(*history);
  EXPECT_EQ(list.turns.size(), 1u);
  EXPECT_TRUE(absl::IsDataLoss(list.status)) << list.status;
  EXPECT_NE(list.status.message().find("<memory>: event 4"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace cohort
