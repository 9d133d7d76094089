#include "cohort/examples/loop.h"

#include "cohort/examples/recorded.h"
#include "cohort/testing/live_replay.h"
#include "cohort/testing/replay_test.h"

namespace cohort_examples {
namespace {

using cohort::DivergenceCause;
using cohort::ReplayReport;
using cohort::Verdict;

// Where the careless build first goes another way than the recorded run.
struct Careless {
  std::string_view sdk;
  std::string_view workflow;
  std::int64_t turn;
  std::int64_t event_id;
  DivergenceCause cause;
};

// In the fourth turn the recorded run asked for "step-3" and scheduled noop(3).
// A Go or Java marker without a call is skipped, so the activity tells; a patch
// marker is not, so it tells itself.
constexpr Careless kCareless[] = {
    {"go", "Loop", 4, 31, DivergenceCause::kFields},
    {"java", "Loop", 4, 27, DivergenceCause::kFields},
    {"python", "Loop", 4, 29, DivergenceCause::kUnmatchedMarker},
    {"typescript", "Loop", 4, 29, DivergenceCause::kUnmatchedMarker},
    {"go", "Fanout", 1, 5, DivergenceCause::kFields},
    {"java", "Fanout", 1, 5, DivergenceCause::kFields},
    {"python", "Fanout", 1, 5, DivergenceCause::kFields},
    {"typescript", "Fanout", 1, 5, DivergenceCause::kFields},
};

const Careless& CarelessOf(std::string_view sdk, std::string_view workflow) {
  for (const Careless& row : kCareless) {
    if (row.sdk == sdk && row.workflow == workflow) return row;
  }
  return kCareless[0];
}

// Replays with both builds; how many histories there were.
int Check(std::string_view root, std::string_view workflow) {
  int histories = 0;
  for (const RecordedSdk& sdk : kRecordedSdks) {
    const auto good = LoopRegistry(sdk.family, Build::kGood);
    const auto careless = LoopRegistry(sdk.family, Build::kCareless);
    const Careless& want = CarelessOf(sdk.name, workflow);
    for (const std::string& file : RecordedFiles(root, sdk, workflow)) {
      ++histories;
      EXPECT_THAT(file, cohort_testing::ReplaysCleanly(good));
      const ReplayReport r = cohort_testing::ReplayOf(careless, file);
      EXPECT_EQ(r.verdict, Verdict::kDivergent) << r.ToString();
      EXPECT_EQ(r.profile, sdk.name);
      if (!r.divergence) continue;
      EXPECT_EQ(r.divergence->turn, want.turn) << r.ToString();
      EXPECT_EQ(r.divergence->event_id, want.event_id) << r.ToString();
      EXPECT_EQ(r.divergence->cause, want.cause) << r.ToString();
      EXPECT_FALSE(r.divergence->hint.empty());
    }
  }
  return histories;
}

TEST(LoopTest, CommittedHistories) {
  EXPECT_EQ(Check(kCommittedHistories, "Loop"), 4);
}

TEST(LoopTest, AllRecordedHistories) {
  const std::string root = SharedHistories();
  if (root.empty()) GTEST_SKIP() << "COHORT_SHARED is not set";
  EXPECT_EQ(Check(root, "Loop"), 12);
  EXPECT_EQ(Check(root, "Fanout"), 4);
}

// Runs of our own, live and then replayed every way, in each family.
TEST(LoopTest, RunsLiveAndReplays) {
  for (const auto family : {cohort::Family::kVersion, cohort::Family::kPatch}) {
    const auto careless = LoopRegistry(family, Build::kCareless);
    for (const char* workflow : {"Loop", "Fanout"}) {
      const cohort_testing::LiveRun run = cohort_testing::LiveThenReplay(
          LoopRegistry(family), workflow, cohort::ToPayloads(10),
          cohort_testing::RunToEnd);
      EXPECT_EQ(run.result, "10");
      EXPECT_EQ(cohort_testing::ReplayOf(careless, run.history).verdict,
                Verdict::kDivergent);
    }
  }
}

}  // namespace
}  // namespace cohort_examples
