#include "cohort/corpus/query.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;

RunListing AnOrder() {
  RunListing run;
  run.name = "a.json";
  run.workflow_type = "Order";
  run.workflow_id = "o'17";
  run.run_id = "r-1";
  run.status = RunStatus::kCompleted;
  run.started = absl::FromUnixSeconds(1'767'225'600);  // 2026-01-01
  run.closed = absl::FromUnixSeconds(1'767'312'000);   // 2026-01-02
  run.events = 40;
  run.task_queue = "orders";
  run.build_id = "b7";
  run.change_versions = {{"Step1-2", "split"}};
  return run;
}

bool Matches(const std::string& text, const RunListing& run = AnOrder()) {
  auto query = Query::Parse(text);
  EXPECT_TRUE(query.ok()) << text << ": " << query.status();
  if (!query.ok()) return false;
  EXPECT_EQ(query->text(), text);
  auto matches = query->Matches(run);
  EXPECT_TRUE(matches.ok()) << text << ": " << matches.status();
  return matches.ok() && *matches;
}

TEST(Query, EachComparisonHoldsOrDoesNot) {
  struct Case {
    const char* yes;
    const char* no;
  };
  for (const Case& c : {
           Case{"WorkflowType = 'Order'", "WorkflowType = 'order'"},
           Case{"WorkflowType != \"Refund\"", "WorkflowType <> 'Order'"},
           Case{"WorkflowId = 'o''17'", "WorkflowId = 'o17'"},
           Case{"WorkflowId = 'o\\'17'", "WorkflowId = \"o''17\""},
           Case{"RunId IN ('r-0','r-1')", "RunId in ('r-0' , 'r-2')"},
           Case{"RunId NOT IN ('r-0')", "RunId not in ('r-1')"},
           Case{"`TaskQueue` STARTS_WITH 'ord'", "TaskQueue starts_with 'rd'"},
           Case{"TaskQueue NOT STARTS_WITH 'x'",
                "TaskQueue NOT STARTS_WITH 'o'"},
           Case{"BuildIds = 'b7'", "BuildId = 'b8'"},
           Case{"ExecutionStatus = 'Completed'", "ExecutionStatus = 'RUNNING'"},
           Case{"ExecutionStatus IN ('Failed', 'COMPLETED')",
                "ExecutionStatus != 'completed'"},
           Case{"StartTime = '2026-01-01T00:00:00Z'",
                "StartTime != '2026-01-01T01:00:00+01:00'"},
           Case{"StartTime >= '2026-01-01'", "StartTime > '2026-01-01'"},
           Case{"StartTime <= 1767225600000000000",
                "StartTime < 1767225600000000000"},
           Case{"CloseTime BETWEEN '2026-01-01' AND '2026-01-03'",
                "CloseTime NOT BETWEEN '2026-01-01' AND '2026-01-03'"},
           Case{"HistoryLength > 39", "HistoryLength > 40"},
           Case{"HistoryLength >= +40", "HistoryLength < -1"},
           Case{"TemporalChangeVersion = 'split'",
                "TemporalChangeVersion = 'Step1-1'"},
           Case{"TemporalChangeVersion STARTS_WITH 'Step1'",
                "TemporalChangeVersion STARTS_WITH 'Step2'"},
           Case{"TemporalChangeVersion != 'Step1-1'",
                "TemporalChangeVersion != 'Step1-2'"},
           Case{"CloseTime IS NOT NULL", "CloseTime IS NULL"},
           Case{"NOT RunId = 'r-0'", "NOT NOT RunId = 'r-0'"},
           Case{"", "RunId < 'r-1'"},
       }) {
    EXPECT_TRUE(Matches(c.yes)) << c.yes;
    EXPECT_FALSE(Matches(c.no)) << c.no;
  }
}

TEST(Query, AndBindsMoreThanOr) {
  EXPECT_TRUE(Matches("RunId='r-1' OR RunId='x' AND RunId='y'"));
  EXPECT_FALSE(Matches("(RunId='r-1' OR RunId='x') AND RunId='y'"));
  EXPECT_TRUE(Matches("NOT RunId='x' AND RunId='r-1'"));
  EXPECT_FALSE(Matches("NOT (RunId='x' OR RunId='r-1')"));
  EXPECT_TRUE(Matches("RunId='x' and RunId='y' or (RunId='r-1')"));
}

TEST(Query, WhatHasNoValueIsNull) {
  RunListing open;
  open.change_versions.emplace();
  for (const char* field :
       {"WorkflowType", "WorkflowId", "RunId", "TaskQueue", "BuildIds",
        "TemporalChangeVersion", "StartTime", "CloseTime", "HistoryLength"}) {
    const std::string name = field;
    EXPECT_TRUE(Matches(name + " IS NULL", open)) << name;
    EXPECT_FALSE(Matches(name + " IS NULL")) << name;
    EXPECT_FALSE(Matches(name + " = 1", open));
    EXPECT_TRUE(Matches(name + " != 1", open));
    EXPECT_FALSE(Matches(name + " < 9000000000000000000", open));
  }
  EXPECT_FALSE(Matches("ExecutionStatus IS NULL", open));
}

TEST(Query, AnUnknownChangeVersionDecidesNothing) {
  RunListing run = AnOrder();
  run.change_versions.reset();
  const auto matches = [&](const char* text) {
    return Query::Parse(text)->Matches(run);
  };
  EXPECT_TRUE(absl::IsFailedPrecondition(
      matches("TemporalChangeVersion = 'a'").status()));
  EXPECT_FALSE(matches("NOT TemporalChangeVersion IS NULL").ok());
  EXPECT_FALSE(matches("TemporalChangeVersion='a' AND RunId='r-1'").ok());
  EXPECT_FALSE(matches("RunId='r-1' AND TemporalChangeVersion='a'").ok());
  EXPECT_FALSE(matches("RunId='x' OR TemporalChangeVersion='a'").ok());
  EXPECT_FALSE(*matches("TemporalChangeVersion='a' AND RunId='x'"));
  EXPECT_TRUE(*matches("TemporalChangeVersion='a' OR RunId='r-1'"));
}

TEST(Query, ErrorsSayWhereAndWhat) {
  struct Case {
    const char* text;
    const char* message;
  };
  for (const Case& c : {
           Case{"Order", "position 1: expected a field"},
           Case{"workflowtype = 'x'", "position 1: expected a field"},
           Case{"RunId", "position 6: expected =, !="},
           Case{"RunId =", "position 8: expected a value"},
           Case{"RunId = x",
                "position 9: expected a value: a text in quotes, "
                "or a number, found x"},
           Case{"RunId = 'x", "position 9: a ' without its end"},
           Case{"RunId = 'x' RunId = 'y'", "position 13: expected AND, OR"},
           Case{"RunId = 'x' AND", "position 16: expected a field"},
           Case{"(RunId = 'x'",
                "position 13: expected AND, OR or ), found "
                "the end"},
           Case{"RunId IN 'x'", "position 10: expected ( and the values"},
           Case{"RunId IN ('x' 'y')", "position 15: expected , or )"},
           Case{"RunId IS 'x'", "position 10: expected NULL"},
           Case{"RunId NOT = 'x'", "position 11: expected IN, BETWEEN"},
           Case{"RunId ~ 'x'", "position 7: \"~\" begins nothing"},
           Case{"ExecutionStatus = 'Dead'", "position 19: expected a status"},
           Case{"ExecutionStatus > 'Running'",
                "position 1: ExecutionStatus "
                "has no such comparison"},
           Case{"ExecutionStatus BETWEEN 'Failed' AND 'Running'",
                "position 1: ExecutionStatus has no such comparison"},
           Case{"StartTime STARTS_WITH '2026'", "no such comparison"},
           Case{"StartTime > 'today'", "position 13: expected a time"},
           Case{"HistoryLength > 'x1'", "position 17: expected a whole"},
           Case{"HistoryLength > 99999999999999999999", "a whole number"},
           Case{"CloseTime BETWEEN 1 OR 2", "position 21: expected AND"},
       }) {
    const auto query = Query::Parse(c.text);
    EXPECT_TRUE(absl::IsInvalidArgument(query.status())) << c.text;
    EXPECT_THAT(std::string(query.status().message()), HasSubstr(c.message));
  }
}

TEST(Query, NestsOnlySoFar) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "RunId = 'r-1'" + std::string(depth, ')');
  };
  EXPECT_TRUE(Matches(nested(64)));
  EXPECT_FALSE(Query::Parse(nested(65)).ok());
  EXPECT_FALSE(Query::Parse(std::string(1'000'000, '(')).ok());
  std::string chain = "RunId='x'";
  for (int i = 0; i < 2000; ++i) chain += " OR RunId='x'";
  EXPECT_FALSE(Matches(chain));
  for (int i = 0; i < 2000; ++i) chain += " OR RunId='x'";
  EXPECT_FALSE(Query::Parse(chain).ok());
}

}  // namespace
}  // namespace cohort
