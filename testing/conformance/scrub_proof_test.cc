// Scrubbing proves itself: every recorded history that the tree holds, and
// every made one, under every generation of its code, right and wrong, is
// decided in the same way without its data.
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cohort/examples/order.h"
#include "cohort/testing/conformance/conformance.h"
#include "cohort/testing/replay_main.h"
#include "fmt/core.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort_testing {
namespace {

constexpr char kRecorded[] = "testing/testdata/recorded";
constexpr char kMade[] = "testing/testdata/made";

struct Proven {
  int judged = 0;
  int same = 0;

  void operator+=(const Proven& more) {
    judged += more.judged;
    same += more.same;
  }
};

// `scrub --prove` of a file or folder with that code.
Proven Prove(const cohort::Registry& registry, const std::string& path) {
  const char* line[] = {"program", "scrub", "--prove",   "--keep-keys",
                        "--json",  "-",     path.c_str()};
  std::ostringstream out;
  std::ostringstream err;
  const int code = cohort::ReplayMain(static_cast<int>(std::size(line)), line,
                                      registry, {}, out, err);
  EXPECT_EQ(err.str(), "") << path;
  const auto histories = nlohmann::json::parse(out.str(), nullptr, false);
  EXPECT_FALSE(histories.is_discarded()) << out.str();
  Proven proven;
  for (const auto& history : histories) {
    ++proven.judged;
    proven.same += history.at("same").get<bool>();
  }
  EXPECT_EQ(code, proven.same == proven.judged ? 0 : 1) << out.str();
  return proven;
}

TEST(ScrubProof, RecordedHistoriesUnderEveryGeneration) {
  Proven all;
  for (const Sdk& sdk : kSdks) {
    const std::string folder = fmt::format("{}/{}", kRecorded, sdk.name);
    for (std::string_view generation : cohort_examples::OrderGenerations()) {
      all += Prove(ProgramOf(sdk, ProgramFamily::kOrder, generation),
                   folder + "/Order");
    }
  }
  std::cout << fmt::format("{} of {} histories and generations are the same\n",
                           all.same, all.judged);
  EXPECT_EQ(all.same, all.judged);
  EXPECT_GT(all.judged, 800);
}

// Its input says how often it goes round: no token does.
TEST(ScrubProof, LoopIsReported) {
  for (const Sdk& sdk : kSdks) {
    const Proven loop = Prove(ProgramOf(sdk, ProgramFamily::kLoop, ""),
                              fmt::format("{}/{}/Loop", kRecorded, sdk.name));
    EXPECT_EQ(loop.judged, 1) << sdk.name;
    EXPECT_EQ(loop.same, 0) << sdk.name;
  }
}

TEST(ScrubProof, MadeHistories) {
  Proven all;
  for (const char* name : {"go", "python"}) {
    const Sdk& sdk = *FindSdk(name);
    const std::string folder = fmt::format("{}/{}", kMade, name);
    const auto pairs = ReadPairs(folder + "/verdicts.tsv");
    ASSERT_TRUE(pairs.ok()) << pairs.status();
    for (const Pair& pair : *pairs) {
      all += Prove(ProgramOf(sdk, ProgramFamily::kMade, pair.generation),
                   fmt::format("{}/{}", folder, pair.history));
    }
  }
  EXPECT_EQ(all.same, all.judged);
  EXPECT_EQ(all.judged, 97);
}

}  // namespace
}  // namespace cohort_testing
