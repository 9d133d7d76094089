#include "cohort/corpus/stratum.h"

#include "cohort/testing/history_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(2'000'000'000);

RunListing AnOrder() {
  RunListing run;
  run.workflow_type = "Order";
  run.started = kNow - absl::Hours(3);
  run.events = 17;
  run.change_versions = {{"Step1-2"}};
  run.build_id = "b7";
  return run;
}

TEST(Stratum, InWords) {
  EXPECT_EQ(StratumOf(AnOrder(), kNow).Text(),
            "Order, open, Step1-2, 16-31 events, under 1 day old, build b7");
  EXPECT_EQ(StratumOf(RunListing(), kNow).Text(),
            ", open, changes not known, length not known, age not known");
}

TEST(Stratum, TheSetOfChangesCountsNotTheirOrder) {
  RunListing a = AnOrder();
  a.change_versions = {{"b-1", "a-2", "b-1"}};
  RunListing b = AnOrder();
  b.change_versions = {{"a-2", "b-1"}};
  EXPECT_EQ(StratumOf(a, kNow), StratumOf(b, kNow));
  EXPECT_THAT(StratumOf(a, kNow).changes, ElementsAre("a-2", "b-1"));
}

TEST(Stratum, EachFieldTellsStrataApart) {
  std::vector<RunListing> runs(9, AnOrder());
  runs[1].workflow_type = "Refund";
  runs[2].status = RunStatus::kFailed;
  runs[3].change_versions = {{"Step1-1"}};
  runs[4].change_versions->clear();
  runs[5].change_versions.reset();
  runs[6].events = 32;
  runs[7].started = kNow - absl::Hours(24);
  runs[8].build_id = "b8";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = 0; j < runs.size(); ++j) {
      const StratumKey a = StratumOf(runs[i], kNow);
      const StratumKey b = StratumOf(runs[j], kNow);
      EXPECT_EQ(a == b, i == j);
      EXPECT_EQ(a.Encoded() == b.Encoded(), i == j);
    }
  }
  StratumKey one = StratumOf(AnOrder(), kNow);
  StratumKey other = one;
  one.changes = {"a", "b"};
  other.changes = {"a1:b"};
  EXPECT_NE(one.Encoded(), other.Encoded());
}

TEST(Stratum, LengthsArePowersOfTwo) {
  EXPECT_EQ(LengthBucket(0), 0);
  EXPECT_EQ(LengthBucket(1), 1);
  EXPECT_EQ(LengthBucket(2), LengthBucket(3));
  EXPECT_NE(LengthBucket(3), LengthBucket(4));
  EXPECT_EQ(LengthBucket(1024), LengthBucket(2047));
  EXPECT_EQ(LengthWords(LengthBucket(1500)), "1024-2047 events");
  EXPECT_EQ(LengthWords(LengthBucket(1)), "1 event");
}

TEST(Stratum, Ages) {
  const auto words = [](absl::Duration age) {
    return AgeWords(AgeBucket(kNow - age, kNow));
  };
  EXPECT_EQ(words(-absl::Hours(1)), "under 1 hour old");
  EXPECT_EQ(words(absl::Minutes(59)), "under 1 hour old");
  EXPECT_EQ(words(absl::Hours(1)), "under 1 day old");
  EXPECT_EQ(words(absl::Hours(24 * 6)), "under 1 week old");
  EXPECT_EQ(words(absl::Hours(24 * 7)), "under 30 days old");
  EXPECT_EQ(words(absl::Hours(24 * 89)), "under 90 days old");
  EXPECT_EQ(words(absl::Hours(24 * 364)), "under 1 year old");
  EXPECT_EQ(words(absl::Hours(24 * 365)), "1 year old or more");
  EXPECT_EQ(words(absl::Hours(24 * 36500)), "1 year old or more");
}

TEST(Stratum, OfAHistoryIsTheListedOneWithItsStage) {
  auto facts = FactsOf(HistoryBuilder("Order")
                           .Turn()
                           .Version("Step1", 2)
                           .Activity("charge")
                           .Build());
  ASSERT_TRUE(facts.ok());
  StratumKey read = StratumOf(*facts, kNow);
  EXPECT_EQ(read.stage, "activity charge");
  EXPECT_THAT(read.changes, ElementsAre("Step1-2"));
  read.stage.clear();
  EXPECT_EQ(read, StratumOf(ListingOf(*facts, "x"), kNow));
}

}  // namespace
}  // namespace cohort
