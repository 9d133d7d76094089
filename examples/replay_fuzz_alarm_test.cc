// Does the replay fuzz entry find a bug of the code under test? It is linked
// here with a turn reader that loses what stands behind a page's end
// (//history:turn_with_a_bug); replay_fuzz_test feeds the same seeds to the
// right one.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace {

void Feed(const std::string& seed) {
  std::ifstream in("testing/testdata/replay_fuzz/" + seed, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                         text.size());
}

TEST(ReplayFuzzAlarmDeathTest, FindsABugOfTheTurnReader) {
  for (const char* seed :
       {"loop_version.json", "loop_patch.json", "fanout.json"}) {
    EXPECT_DEATH(Feed(seed), "whole: (.|\n)*pages of 1: .*unreadable") << seed;
  }
}

}  // namespace
