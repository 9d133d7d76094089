#include "cohort/corpus/run_facts.h"

#include <string>

#include "cohort/corpus/listing.h"
#include "cohort/testing/history_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RunFacts Of(const History& history) {
  auto facts = FactsOf(history);
  EXPECT_TRUE(facts.ok()) << facts.status();
  return facts.ok() ? *std::move(facts) : RunFacts();
}

TEST(RunFacts, OfARunThatIsOpen) {
  const RunFacts facts = Of(HistoryBuilder("Order")
                                .Turn()
                                .Version("Step1", 2)
                                .Activity("charge")
                                .Timer()
                                .Timer()
                                .Build());
  EXPECT_EQ(facts.workflow_type, "Order");
  EXPECT_EQ(facts.status, RunStatus::kOpen);
  EXPECT_EQ(facts.turns, 1);
  EXPECT_EQ(facts.Stage(), "activity charge + timer");
  ASSERT_NE(facts.FindChange("Step1"), nullptr);
  EXPECT_EQ(facts.FindChange("Step1")->answers[0].version, 2);
  EXPECT_EQ(facts.FindChange("Step2"), nullptr);
  EXPECT_EQ(facts.change_version_upserts, 1);
}

TEST(RunFacts, StagesOfARun) {
  EXPECT_EQ(Of(HistoryBuilder("W").Build()).Stage(), "nothing run yet");
  EXPECT_EQ(Of(HistoryBuilder("W").StartedTask().Build()).Stage(),
            "nothing run yet");
  EXPECT_EQ(Of(HistoryBuilder("W").Turn().Build()).Stage(),
            "nothing outstanding");
  EXPECT_EQ(Of(HistoryBuilder("W").Turn().Timer().TimerFired().Build()).Stage(),
            "nothing outstanding");
  EXPECT_EQ(Of(HistoryBuilder("W").Turn().Completed().Build()).Stage(),
            "closed");
}

TEST(RunFacts, AResetGivesTheRunAnIdOfItsOwn) {
  EventDraft reset{.type = EventType::kWorkflowTaskFailed};
  reset.texts[static_cast<std::size_t>(Text::kId)] = "run-2";
  reset.texts[static_cast<std::size_t>(Text::kControl)] = "RESET_WORKFLOW";
  const RunFacts facts =
      Of(HistoryBuilder("W")
             .Add({.type = EventType::kWorkflowTaskScheduled})
             .Add({.type = EventType::kWorkflowTaskStarted})
             .Add(reset)
             .Build());
  EXPECT_EQ(facts.run_id, "run-2");
  EXPECT_NE(facts.first_run_id, "run-2");
}

TEST(RunFacts, SnapshotsOfOneRunArePrefixes) {
  const History whole =
      HistoryBuilder("W").Turn().Activity("a").ActivityCompleted().Build();
  const History early = whole.Until(5);
  const History other =
      HistoryBuilder("W").Turn().Activity("b").ActivityCompleted().Build();
  const auto length = static_cast<std::int64_t>(early.events().size());
  EXPECT_EQ(EventsDigest(whole, length), EventsDigest(early, length));
  EXPECT_NE(EventsDigest(whole, length), EventsDigest(other, length));
  EXPECT_NE(EventsDigest(whole, length), EventsDigest(whole, length - 1));
}

TEST(RunFacts, AListingSpellsVersionsAsTheirDialectDoes) {
  const RunListing run = ListingOf(
      Of(HistoryBuilder("W").Turn().Version("Step1", 2).Patch("split").Build()),
      "w.json");
  EXPECT_THAT(*run.change_versions, ElementsAre("Step1-2", "split"));
  EXPECT_EQ(run.name, "w.json");
  EXPECT_EQ(run.closed, absl::InfiniteFuture());
}

TEST(RunStatus, IsFoundByEachSpelling) {
  EXPECT_EQ(FindRunStatus("Running"), RunStatus::kOpen);
  EXPECT_EQ(FindRunStatus("WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW"),
            RunStatus::kContinuedAsNew);
  EXPECT_EQ(FindRunStatus("timed-out"), RunStatus::kTimedOut);
  EXPECT_EQ(FindRunStatus("nonsense"), std::nullopt);
  for (const RunStatusRow& row : kRunStatuses) {
    EXPECT_EQ(NameOf(row.status), row.name);
    EXPECT_EQ(FindRunStatus(row.name), row.status);
  }
}

TEST(RunFacts, NeedEvents) { EXPECT_FALSE(FactsOf(History()).ok()); }

}  // namespace
}  // namespace cohort
