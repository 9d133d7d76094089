// The benchmarks in small: what they compute, not how fast.

#include "cohort/benchmarks/report.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "cohort/benchmarks/live_history.h"
#include "cohort/benchmarks/measure.h"
#include "cohort/engine/kinds.h"
#include "cohort/history/history.h"
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
      MeasureAll(MadeInputs({{10, 20}, {7}, {2}}), 1);
  const std::vector<Expected> expected = {
      {81, 25215, 3478077563594938274u, 900997526269776574u,
       2701413763352023458u},
      {141, 43650, 16826081431394494428u, 12629988915921329507u,
       14195021932467273772u},
      {35, 11255, 10296207373666575954u, 16851547796105343544u,
       17409904653588470445u},
      {59, 17711, 18402340991281330484u, 12022790415139141415u,
       3149928439127723078u},
      {96, 26643, 2050231492482431u, 8770028034823495015u,
       10702131714288731446u},
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

// Each kind of command has its events in it, but those that close a run
// otherwise than by completing it.
TEST(ReportTest, MixedHoldsEveryKindOfCommand) {
  const auto history = cohort::History::FromJson(RunMixed(3));
  ASSERT_TRUE(history.ok()) << history.status();
  for (const cohort::KindRow& row : cohort::kKinds) {
    const bool found =
        std::any_of(history->events().begin(), history->events().end(),
                    [&](const cohort::Event& event) {
                      return event.type == row.recorded_by &&
                             (!row.marker ||
                              cohort::RoleOfMarker(event.name()) == row.marker);
                    });
    const bool wanted = row.on_record != cohort::OnRecord::kCloses ||
                        row.kind == cohort::CommandKind::kCompleteWorkflow;
    EXPECT_EQ(found, wanted) << row.name;
  }
}

TEST(ReportTest, MixedHasAboutTenThousandEvents) {
  const auto history = cohort::History::FromJson(RunMixed(Sizes().mixed[0]));
  ASSERT_TRUE(history.ok()) << history.status();
  EXPECT_GT(history->events().size(), 9'500u);
  EXPECT_LT(history->events().size(), 10'500u);
}

TEST(ReportTest, MadeHistoriesHaveTheSizeOfRecordedOnes) {
  for (const Input& input : MadeInputs({{163}, {500}, {20}})) {
    const std::vector<SpeedOf> speeds = MeasureAll({input}, 1);
    const double bytes_per_event = static_cast<double>(speeds[0].bytes) /
                                   static_cast<double>(speeds[0].events);
    EXPECT_GT(bytes_per_event, 520) << input.name;
    EXPECT_LT(bytes_per_event, 700) << input.name;
  }
}

TEST(ReportTest, OtherCostsCanBeMeasured) {
  EXPECT_GT(MemoisedCallNanoseconds(8, 1000, 1), 0);
  const std::string text = MadeInputs({{10}, {}, {}})[0].text;
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
