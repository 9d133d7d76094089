// Does the replay fuzz entry find a bug? replay_fuzz.cc is built here with
// COHORT_PLANTED_BUG: a reader that loses the end of a batch.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "cohort/corpus/history_file.h"
#include "gtest/gtest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

TEST(ReplayFuzzAlarmDeathTest, FindsThePlantedBug) {
  const auto files =
      cohort::ListHistoryFiles("testing/testdata/recorded/go/Loop");
  ASSERT_TRUE(files.ok()) << files.status();
  std::ifstream in(files->front());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_DEATH(
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                             text.size()),
      "by hand");
}
