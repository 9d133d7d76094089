// The benchmarks in small: what they compute, not how fast.

#include "cohort/benchmarks/report.h"

#include <cstdint>
#include <string>
#include <vector>

#include "cohort/benchmarks/measure.h"
#include "gtest/gtest.h"

namespace cohort_benchmarks {
namespace {

struct Expected {
  std::size_t events;
  std::uint64_t walk;
  std::uint64_t parse;
  std::uint64_t turns;
  std::uint64_t replay;
};

TEST(ReportTest, ChecksumsAreTheExpectedOnes) {
  const std::vector<SpeedOf> speeds =
      MeasureAll(MadeInputs({.loops = {10, 20}, .fanouts = {7}}), 1);
  const std::vector<Expected> expected = {
      {81, 25215, 3478077563594938274u, 900997526269776574u,
       2701413763352023458u},
      {141, 43650, 16826081431394494428u, 12629988915921329507u,
       14195021932467273772u},
      {35, 11255, 10296207373666575954u, 16851547796105343544u,
       17409904653588470445u},
  };
  ASSERT_EQ(speeds.size(), expected.size());
  for (std::size_t i = 0; i < speeds.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(speeds[i].events, expected[i].events);
    EXPECT_EQ(speeds[i].checksum(Stage::kWalk), expected[i].walk);
    EXPECT_EQ(speeds[i].checksum(Stage::kParse), expected[i].parse);
    EXPECT_EQ(speeds[i].checksum(Stage::kTurns), expected[i].turns);
    EXPECT_EQ(speeds[i].checksum(Stage::kReplayParsed), expected[i].replay);
    EXPECT_EQ(speeds[i].checksum(Stage::kReplayBytes), expected[i].replay);
  }
}

TEST(ReportTest, MadeHistoriesHaveTheSizeOfRecordedOnes) {
  for (const Input& input : MadeInputs({.loops = {163}, .fanouts = {500}})) {
    const std::vector<SpeedOf> speeds = MeasureAll({input}, 1);
    const double bytes_per_event = static_cast<double>(speeds[0].bytes) /
                                   static_cast<double>(speeds[0].events);
    EXPECT_GT(bytes_per_event, 570) << input.name;
    EXPECT_LT(bytes_per_event, 700) << input.name;
  }
}

TEST(ReportTest, OtherCostsCanBeMeasured) {
  EXPECT_GT(MemoisedCallNanoseconds(8, 1000, 1), 0);
  const std::string text = MadeInputs({.loops = {10}, .fanouts = {}})[0].text;
  EXPECT_GT(SpeedupOfTwoThreads(text, 1), 0);
}

TEST(MeasureDeathTest, RoundsThatDifferEndTheProcess) {
  std::uint64_t calls = 0;
  const std::vector<Variant> variants = {
      {"counts", {}, [&] { ++calls; }, [&] { return calls; }}};
  EXPECT_DEATH(MeasureInTurns(variants, 1), "two rounds differ");
}

}  // namespace
}  // namespace cohort_benchmarks
