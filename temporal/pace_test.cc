#include "cohort/temporal/pace.h"

#include "gtest/gtest.h"

namespace cohort {
namespace {

const absl::Time kBegin = absl::FromUnixSeconds(1000);

TEST(Pace, KeepsToItsRate) {
  Pace pace(10);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(pace.Take(kBegin), kBegin + i * absl::Milliseconds(100));
  }
  // What was not used is not saved up.
  const absl::Time later = kBegin + absl::Seconds(60);
  EXPECT_EQ(pace.Take(later), later);
  EXPECT_EQ(pace.Take(later), later + absl::Milliseconds(100));
}

TEST(Pace, HalvesWhenRefusedAndGrowsBack) {
  Pace pace(20);
  pace.Slow(kBegin);
  EXPECT_DOUBLE_EQ(pace.rate(), 10);
  // Calls that were under way together are refused together.
  pace.Slow(kBegin + absl::Milliseconds(100));
  EXPECT_DOUBLE_EQ(pace.rate(), 10);
  pace.Slow(kBegin + absl::Milliseconds(500));
  EXPECT_DOUBLE_EQ(pace.rate(), 5.5);
  const absl::Time later = kBegin + absl::Minutes(1);
  (void)pace.Take(later);
  EXPECT_EQ(pace.Take(later), later + absl::Milliseconds(50));
}

TEST(Pace, NeverStandsStill) {
  Pace pace(1);
  for (int i = 0; i < 50; ++i) pace.Slow(kBegin + i * absl::Seconds(1));
  EXPECT_GE(pace.rate(), 0.5);
}

}  // namespace
}  // namespace cohort
