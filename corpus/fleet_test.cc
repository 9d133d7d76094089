#include "cohort/corpus/fleet.h"

#include <map>

#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Histories by name, as a folder would hold them.
class Runs {
 public:
  Runs() : fleet([this](const std::string& name) { return Again(name); }) {}

  void Add(const std::string& name, const History& history) {
    files_[name] = history;
    auto snapshot = SnapshotOf(history, name);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    fleet.Add(*snapshot, history);
  }
  void Lose(const std::string& name) { files_.erase(name); }

  Fleet fleet;

 private:
  absl::StatusOr<History> Again(const std::string& name) {
    const auto it = files_.find(name);
    if (it == files_.end()) return absl::NotFoundError("gone");
    return it->second;
  }

  std::map<std::string, History> files_;
};

HistoryBuilder Start() {
  return HistoryBuilder("Order").Turn().Version("Step1", 2).Activity("charge");
}

TEST(Fleet, OfSnapshotsTheLongestCounts) {
  const History early = Start().Build();
  const History later = Start().ActivityCompleted().Turn().Timer().Build();
  for (const bool early_first : {true, false}) {
    Runs runs;
    runs.Add("1.json", early_first ? early : later);
    runs.Add("2.json", early_first ? later : early);
    ASSERT_THAT(runs.fleet.runs(), SizeIs(1));
    const FleetRun& run = runs.fleet.runs().front();
    EXPECT_EQ(run.stage, "timer");
    EXPECT_EQ(run.turns, 2);
    EXPECT_EQ(run.name, early_first ? "2.json" : "1.json");
    EXPECT_EQ(runs.fleet.histories(), 2);
    EXPECT_EQ(runs.fleet.earlier(), 1);
    EXPECT_THAT(runs.fleet.notes(), IsEmpty());
  }
}

TEST(Fleet, ATaskThatIsOpenAtTheEndMayBeGoneLater) {
  // The server hands such a task out before it is recorded.
  Runs runs;
  runs.Add("1.json", Start().StartedTask().Build());
  runs.Add("2.json", Start().Signal("go").StartedTask().Build());
  EXPECT_THAT(runs.fleet.runs(), SizeIs(1));
  EXPECT_THAT(runs.fleet.notes(), IsEmpty());
  // Of two that differ in nothing else the one with the task is the later one.
  Runs same;
  same.Add("1.json", Start().Build());
  same.Add("2.json", Start().StartedTask().Build());
  ASSERT_THAT(same.fleet.runs(), SizeIs(1));
  EXPECT_EQ(same.fleet.runs().front().name, "2.json");
}

TEST(Fleet, SnapshotsThatContradictEachOtherCountEach) {
  Runs runs;
  runs.Add("a.json", Start().Build());
  runs.Add("b.json", HistoryBuilder("Order").Turn().Timer().Build());
  runs.Add("c.json", Start().ActivityCompleted().Build());
  EXPECT_THAT(runs.fleet.runs(), SizeIs(2));
  ASSERT_THAT(runs.fleet.notes(), SizeIs(1));
  EXPECT_THAT(
      runs.fleet.notes()[0],
      HasSubstr("b.json: tells another story of run run-1 than a.json"));
}

TEST(Fleet, WhatCannotBeReadAgainCountsApart) {
  Runs runs;
  runs.Add("long.json", Start().ActivityCompleted().Build());
  runs.Lose("long.json");
  runs.Add("short.json", Start().Build());
  EXPECT_THAT(runs.fleet.runs(), SizeIs(2));
  EXPECT_THAT(runs.fleet.notes()[0], HasSubstr("long.json: could not be read"));
}

TEST(Fleet, HistoriesWithoutARunIdCountEach) {
  const auto bare =
      History::FromJson(R"([{"eventId":1,"eventType":"TimerFired"}])");
  ASSERT_TRUE(bare.ok());
  Runs runs;
  runs.Add("1.json", *bare);
  runs.Add("2.json", *bare);
  EXPECT_THAT(runs.fleet.runs(), SizeIs(2));
  EXPECT_EQ(runs.fleet.runs()[1].Label(), "2.json");
}

TEST(Fleet, AnswersSayWhereAndWhetherListed) {
  Runs runs;
  runs.Add("1.json", HistoryBuilder("Order")
                         .Turn()
                         .Version("a", 1)
                         .Timer()
                         .TimerFired()
                         .Turn()
                         .VersionAlone("b", 3)
                         .DeprecatedPatch("c")
                         .Build());
  const FleetRun& run = runs.fleet.runs().front();
  ASSERT_THAT(run.answers, SizeIs(3));
  EXPECT_EQ(run.answers[0].change_id, "a");
  EXPECT_EQ(run.answers[0].turn, 1);
  EXPECT_TRUE(run.answers[0].upserted);
  EXPECT_EQ(run.answers[1].version, 3);
  EXPECT_EQ(run.answers[1].turn, 2);
  EXPECT_FALSE(run.answers[1].upserted);
  EXPECT_TRUE(run.answers[2].deprecated);
  EXPECT_TRUE(run.answers[2].upserted);
}

TEST(Fleet, ElementsWithoutAMarkerAreAnswersByDefault) {
  EventDraft upsert;
  upsert.type = EventType::kUpsertWorkflowSearchAttributes;
  upsert.details[std::string(kChangeVersionAttribute)] = {
      JsonPayload(R"(["a-1","old--1"])")};
  Runs runs;
  runs.Add(
      "1.json",
      HistoryBuilder("Order").Turn().VersionAlone("a", 1).Add(upsert).Build());
  EXPECT_THAT(runs.fleet.runs().front().listed_unrecorded,
              ElementsAre("old--1"));
  EXPECT_TRUE(runs.fleet.runs().front().answers[0].upserted);
}

TEST(Fleet, TheServersTimeoutsEndARun) {
  const auto ends_by = [](const std::string& fields) {
    const auto history = History::FromJson(
        R"([{"eventId":1,"eventTime":"2026-01-01T00:00:00Z",
             "eventType":"WorkflowExecutionStarted",
             "workflowExecutionStartedEventAttributes":{)" +
        fields + "}}]");
    EXPECT_TRUE(history.ok()) << history.status();
    auto snapshot = SnapshotOf(*history, "x");
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot->ends_by;
  };
  const absl::Time start = absl::FromUnixSeconds(1'767'225'600);
  EXPECT_EQ(ends_by(""), absl::InfiniteFuture());
  EXPECT_EQ(ends_by(R"("workflowRunTimeout":"0s")"), absl::InfiniteFuture());
  EXPECT_EQ(ends_by(R"("workflowRunTimeout":"3600s")"), start + absl::Hours(1));
  EXPECT_EQ(ends_by(R"("workflowRunTimeout":"3600s",
      "workflowExecutionExpirationTime":"2026-01-01T00:30:00Z")"),
            start + absl::Minutes(30));
  EXPECT_EQ(
      ends_by(R"("workflowExecutionExpirationTime":"0001-01-01T00:00:00Z")"),
      absl::InfiniteFuture());
}

TEST(Fleet, APartOfAHistoryIsAProblem) {
  const auto problem = [](const char* json) {
    const auto history = History::FromJson(json);
    EXPECT_TRUE(history.ok()) << history.status();
    Runs runs;
    runs.Add("part.json", *history);
    return std::string(runs.fleet.runs().front().problem);
  };
  EXPECT_THAT(problem(R"([{"eventId":7,"eventType":"TimerFired"}])"),
              HasSubstr("event 7: the history does not begin"));
  EXPECT_THAT(problem(R"([
      {"eventId":1,"eventType":"WorkflowExecutionStarted"},
      {"eventId":3,"eventType":"TimerFired"}])"),
              HasSubstr("event 3: stands behind event 1"));
  EXPECT_EQ(problem(R"([
      {"eventId":1,"eventType":"WorkflowExecutionStarted"},
      {"eventId":2,"eventType":"WorkflowTaskScheduled"}])"),
            "");
}

TEST(Fleet, ARunTakesAFewHundredBytes) {
  EXPECT_LE(sizeof(FleetRun), 320u);
  EXPECT_LE(sizeof(FleetAnswer), 40u);
}

}  // namespace
}  // namespace cohort
