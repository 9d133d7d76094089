#include "cohort/examples/foreign_host.h"

#include <string>
#include <vector>

#include "cohort/history/history.h"
#include "cohort/history/json_writer.h"
#include "gtest/gtest.h"

namespace cohort_examples {
namespace {

// The commands of a live task as the events that record them.
cohort::History Recorded(const std::vector<cohort::Command>& commands) {
  std::string json;
  std::int64_t id = 4;
  for (const cohort::Command& c : commands) {
    cohort::EventDraft draft;
    draft.id = ++id;
    draft.type = c.kind == cohort::CommandKind::kRecordVersion
                     ? cohort::EventType::kMarkerRecorded
                     : cohort::EventType::kUpsertWorkflowSearchAttributes;
    draft.texts = c.texts;
    draft.details = c.details;
    json += (json.empty() ? "[" : ",") + WriteEvent(draft);
  }
  auto history = cohort::History::FromJson(json + "]");
  EXPECT_TRUE(history.ok()) << history.status();
  return *std::move(history);
}

TEST(ForeignHost, AnswersLiveCallsAndTheirReplay) {
  ToyRun live;
  live.BeginLiveTask();
  EXPECT_EQ(cohort::GetVersion(live, "Step1", 1, 2), 2);
  EXPECT_TRUE(cohort::Patched(live, "split-charge"));
  ASSERT_EQ(live.commands().size(), 4u);  // two markers, two upserts
  const cohort::History history = Recorded(live.commands());

  ToyRun replayed;
  ASSERT_TRUE(replayed.BeginReplayedTask(history.events()).ok());
  EXPECT_EQ(cohort::GetVersion(replayed, "Step1", 1, 3), 2);
  EXPECT_TRUE(cohort::Patched(replayed, "split-charge"));
  EXPECT_EQ(cohort::GetVersion(replayed, "newer", cohort::kDefaultVersion, 1),
            cohort::kDefaultVersion);
  EXPECT_TRUE(replayed.commands().empty());
  EXPECT_TRUE(replayed.status().ok()) << replayed.status();
}

TEST(ForeignHost, KnowsLaterWhatNobodyAskedForInItsTask) {
  ToyRun live;
  live.BeginLiveTask();
  cohort::GetVersion(live, "Step1", 1, 2);
  const cohort::History history = Recorded(live.commands());
  ToyRun run;
  ASSERT_TRUE(run.BeginReplayedTask(history.events()).ok());
  run.BeginLiveTask();
  EXPECT_EQ(cohort::GetVersion(run, "Step1", 1, 5), 2);
  EXPECT_TRUE(run.commands().empty());
}

TEST(ForeignHost, RefusesVersionsThatTheCodeLeftBehind) {
  ToyRun live;
  live.BeginLiveTask();
  cohort::GetVersion(live, "Step1", 1, 2);
  const cohort::History history = Recorded(live.commands());
  ToyRun run;
  ASSERT_TRUE(run.BeginReplayedTask(history.events()).ok());
  cohort::GetVersion(run, "Step1", 3, 4);
  EXPECT_EQ(run.status().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace cohort_examples
