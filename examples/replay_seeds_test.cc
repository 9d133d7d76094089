// The committed seeds of the replay fuzzer are what their programs record, of
// every kind of event; after a change that is meant they are written anew by
//
//   COHORT_REWRITE=1 bazel run //examples:replay_seeds_test
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "cohort/engine/kinds.h"
#include "cohort/examples/every_kind.h"
#include "cohort/history/event_table.h"
#include "cohort/history/history.h"
#include "cohort/testing/replayer.h"
#include "gtest/gtest.h"

namespace {

using cohort_examples::EveryKindSeed;
using cohort_examples::EveryKindSeeds;
using cohort_examples::RecordEveryKind;

std::string PathOf(const EveryKindSeed& seed) {
  return "testing/testdata/replay_fuzz/" + std::string(seed.name) + ".json";
}

class ReplaySeeds : public testing::TestWithParam<EveryKindSeed> {};

TEST_P(ReplaySeeds, AreWhatTheProgramRecords) {
  const std::string today = RecordEveryKind(GetParam());
  if (std::getenv("COHORT_REWRITE") != nullptr) {
    const char* root = std::getenv("BUILD_WORKSPACE_DIRECTORY");
    ASSERT_NE(root, nullptr) << "only under bazel run";
    std::ofstream(std::string(root) + "/" + PathOf(GetParam())) << today;
    return;
  }
  std::ifstream in(PathOf(GetParam()), std::ios::binary);
  EXPECT_TRUE(today == std::string(std::istreambuf_iterator<char>(in), {}))
      << "COHORT_REWRITE=1 bazel run //examples:replay_seeds_test";
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplaySeeds,
                         testing::ValuesIn(EveryKindSeeds().begin(),
                                           EveryKindSeeds().end()),
                         [](const auto& one) {
                           return std::string(one.param.name);
                         });

TEST(ReplaySeeds, HoldEveryKindOfCommandAndOfOutcome) {
  std::set<cohort::EventType> types;
  for (const EveryKindSeed& seed : EveryKindSeeds()) {
    const auto history = cohort::History::FromJson(RecordEveryKind(seed));
    ASSERT_TRUE(history.ok()) << history.status();
    for (const cohort::Event& event : history->events()) {
      types.insert(event.type);
    }
  }
  for (const cohort::KindRow& row : cohort::kKinds) {
    EXPECT_TRUE(types.contains(row.recorded_by)) << row.name;
  }
  for (const cohort::OutcomeRow& row : cohort::kOutcomes) {
    EXPECT_TRUE(types.contains(row.event)) << cohort::RowOf(row.event).camel();
  }
}

TEST(ReplaySeeds, OwnOnesAreClean) {
  const cohort::Registry registry = cohort_examples::EveryKindRegistry();
  int own = 0;
  for (const EveryKindSeed& seed : EveryKindSeeds()) {
    if (seed.sdk != cohort::kSdkName) continue;
    ++own;
    const auto history = cohort::History::FromJson(RecordEveryKind(seed));
    ASSERT_TRUE(history.ok()) << history.status();
    const auto report =
        cohort::Replayer(registry, {.strictness = cohort::Strictness::Values()})
            .Replay(*history);
    EXPECT_EQ(report.verdict, cohort::Verdict::kClean) << report.ToString();
  }
  EXPECT_EQ(own, 4);
}

}  // namespace
