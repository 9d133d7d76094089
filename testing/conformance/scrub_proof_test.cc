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
  EXPECT_EQ(code, 0) << path << "\n" << err.str() << out.str();
  EXPECT_EQ(err.str(), "") << path;
  Proven proven;
  for (const auto& history : nlohmann::json::parse(out.str())) {
    ++proven.judged;
    proven.same += history.at("same").get<bool>();
  }
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
    all += Prove(ProgramOf(sdk, ProgramFamily::kLoop, ""), folder + "/Loop");
  }
  std::cout << fmt::format("{} of {} histories and generations are the same\n",
                           all.same, all.judged);
  EXPECT_EQ(all.same, all.judged);
  EXPECT_GT(all.judged, 800);
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
