#include "cohort/benchmarks/corpus_scale.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace cohort_benchmarks {
namespace {

constexpr const char* kRecorded = "testing/testdata/recorded";

TEST(CorpusScale, EveryMadeHistoryIsARunOfItsOwn) {
  const std::string folder = testing::TempDir() + "/made";
  const std::string other = folder + "/another_file";
  std::filesystem::create_directories(folder);
  std::ofstream(other) << "kept";
  std::string made;
  {
    const MadeCorpus corpus(folder, kRecorded, 120);
    made = corpus.folder();
    EXPECT_GT(corpus.bytes(), 120 * 1000);
    const CensusCost cost = MeasureCensus(made);
    EXPECT_EQ(cost.histories, 120);
    EXPECT_EQ(cost.bytes, corpus.bytes());
    EXPECT_GT(cost.rows, 10);
    EXPECT_GT(cost.parse_seconds, 0);
    EXPECT_GT(cost.census_seconds, 0);
    EXPECT_GT(cost.wall_share(), 0);
  }
  EXPECT_FALSE(std::filesystem::exists(made));
  EXPECT_TRUE(std::filesystem::exists(other));
}

TEST(CorpusScale, SamplesAndReplays) {
  const SamplingCost sampling = MeasureSampling(5000);
  EXPECT_GT(sampling.chosen, 0);
  EXPECT_LE(sampling.chosen, 500);
  const ReplayCost replays = MeasureReplays(kRecorded, 20);
  EXPECT_EQ(replays.histories, 20);
  EXPECT_EQ(replays.clean, 20);
}

}  // namespace
}  // namespace cohort_benchmarks
