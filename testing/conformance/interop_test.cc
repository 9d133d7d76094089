// Orders that our worker recorded on a server, or shared half-way with a
// worker of an official SDK (`make interop`), under each generation of the
// code: we say what that SDK's own replayer says.
#include <algorithm>
#include <string>

#include "cohort/testing/conformance/conformance.h"
#include "cohort/testing/conformance/pairs.h"
#include "fmt/core.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

class InteropTest : public testing::TestWithParam<const char*> {};

TEST_P(InteropTest, WeSayWhatTheSdkSays) {
  const Sdk* sdk = FindSdk(GetParam());
  ASSERT_NE(sdk, nullptr);
  const std::string folder =
      fmt::format("testing/testdata/interop/{}", GetParam());
  const auto pairs = ReadPairs(folder + "/verdicts.tsv");
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  const auto judged = JudgePairs(*sdk, ProgramFamily::kOrder, folder, *pairs,
                                 {.strictness = cohort::Strictness::Sdk(),
                                  .profile = cohort::FindProfile(GetParam())});
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(Summary(Count(*judged)),
            "119 pairs, 119 agree, 0 stricter, 0 looser, 0 quirk")
      << ToTsv(*judged);
  // Each of the 17 histories by its own generation at least, not by all.
  const auto ok = std::count_if(
      pairs->begin(), pairs->end(),
      [](const Pair& pair) { return pair.official == Official::kOk; });
  EXPECT_GE(ok, 17);
  EXPECT_LT(ok, 119);
}

INSTANTIATE_TEST_SUITE_P(Sdks, InteropTest, testing::Values("go", "python"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace cohort_testing
