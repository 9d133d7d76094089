#include "cohort/testing/conformance/live_sequences.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>

#include "cohort/corpus/history_file.h"
#include "cohort/testing/live_replay.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using cohort::History;
using cohort::Recorder;
using ::testing::HasSubstr;
using Mode = Recorder::Mode;

const std::string kCommitted = "testing/testdata/recorded";

std::string Shared() {
  const char* shared = std::getenv("COHORT_SHARED");
  return shared == nullptr ? "" : std::string(shared) + "/histories/recorded";
}

History Read(const std::string& file) {
  auto history = History::FromFile(file);
  EXPECT_TRUE(history.ok()) << file << ": " << history.status();
  return history.ok() ? *history : History();
}

Comparison CompareWith(const Sdk& sdk, const History& recorded,
                       const History& live) {
  const auto theirs = SequenceOf(sdk, recorded);
  const auto ours = SequenceOf(sdk, live);
  EXPECT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_TRUE(ours.ok()) << ours.status();
  if (!theirs.ok() || !ours.ok()) return {{}, "unreadable"};
  return Compare(sdk, *theirs, *ours);
}

struct Tally {
  int histories = 0;
  int equal = 0;  // without any difference
  std::map<std::string, int> met;

  std::string Text() const {
    std::string out = std::to_string(histories) + " histories, " +
                      std::to_string(equal) + " equal";
    for (const auto& [name, count] : met) {
      out += ", " + std::to_string(count) + " " + name;
    }
    return out;
  }
};

// What is done with a history beside the comparison.
enum class Extent {
  kCompare,
  kReplayWhole,
  kReplayEveryWay,  // evicted at every turn as well, and each way to replay
};

void CheckOne(const std::string& file, LiveOptions options, Extent extent,
              Tally* tally) {
  SCOPED_TRACE(file);
  const Sdk& sdk = *options.sdk;
  const History recorded = Read(file);
  const auto live = RunAgain(recorded, options);
  ASSERT_TRUE(live.ok()) << live.status();
  const Comparison comparison = CompareWith(sdk, recorded, live->history);
  EXPECT_EQ(comparison.left, "");
  ++tally->histories;
  if (comparison.met.empty()) ++tally->equal;
  for (const std::string_view name : comparison.met) {
    ++tally->met[std::string(name)];
  }
  if (extent == Extent::kCompare) return;

  const auto code = ProgramOf(
      sdk, options.family, live->generation.empty() ? "g0" : live->generation);
  if (extent == Extent::kReplayWhole) {
    EXPECT_EQ(cohort::Replayer(code).Replay(live->history).verdict,
              cohort::Verdict::kClean);
    return;
  }
  ExpectReplaysEveryWay(code, live->history);
  options.mode = Mode::kEvicted;
  const auto evicted = RunAgain(recorded, options);
  ASSERT_TRUE(evicted.ok()) << evicted.status();
  EXPECT_EQ(evicted->json, live->json);
}

Tally CheckAll(const std::string& root, const Sdk& sdk, std::string_view family,
               Extent extent) {
  Tally tally;
  const std::string folder =
      root + "/" + std::string(sdk.name) + "/" + std::string(family);
  const auto files = cohort::ListHistoryFiles(folder);
  if (!files.ok()) return tally;
  LiveOptions options;
  options.sdk = &sdk;
  options.family = *FindFamily(family);
  options.run = DialectsOf(sdk);
  for (const std::string& file : *files) {
    CheckOne(file, options, extent, &tally);
  }
  std::cout << sdk.name << " " << family << ": " << tally.Text() << "\n";
  return tally;
}

struct Expected {
  std::string_view sdk;
  std::string_view tally;
};

void PrintTo(const Expected& e, std::ostream* out) { *out << e.sdk; }

TEST(LiveSequencesTest, CommittedOrders) {
  constexpr Expected kExpected[] = {
      {"go", "16 histories, 16 equal"},
      {"java", "12 histories, 3 equal, 9 version-upsert"},
      {"python", "14 histories, 14 equal"},
      {"typescript",
       "13 histories, 11 equal, 1 cancel-behind-results, "
       "1 update-end-behind-tasks"},
  };
  for (const Expected& e : kExpected) {
    EXPECT_EQ(
        CheckAll(kCommitted, *FindSdk(e.sdk), "Order", Extent::kReplayEveryWay)
            .Text(),
        e.tally);
  }
}

TEST(LiveSequencesTest, CommittedLoops) {
  for (const Sdk& sdk : kSdks) {
    const Tally tally =
        CheckAll(kCommitted, sdk, "Loop", Extent::kReplayEveryWay);
    EXPECT_EQ(tally.histories, 1);
  }
}

class AllRecordedTest : public ::testing::TestWithParam<Expected> {};

TEST_P(AllRecordedTest, Orders) {
  if (Shared().empty()) GTEST_SKIP() << "COHORT_SHARED is not set";
  const Sdk& sdk = *FindSdk(GetParam().sdk);
  EXPECT_EQ(CheckAll(Shared(), sdk, "Order", Extent::kReplayEveryWay).Text(),
            GetParam().tally);
}

TEST_P(AllRecordedTest, LoopsAndFanouts) {
  if (Shared().empty()) GTEST_SKIP() << "COHORT_SHARED is not set";
  const Sdk& sdk = *FindSdk(GetParam().sdk);
  EXPECT_EQ(CheckAll(Shared(), sdk, "Loop", Extent::kReplayWhole).histories, 3);
  EXPECT_EQ(CheckAll(Shared(), sdk, "Fanout", Extent::kReplayWhole).histories,
            1);
}

INSTANTIATE_TEST_SUITE_P(
    Sdks, AllRecordedTest,
    ::testing::Values(Expected{"go", "109 histories, 109 equal"},
                      Expected{"java",
                               "110 histories, 30 equal, "
                               "80 version-upsert"},
                      Expected{"python", "106 histories, 106 equal"},
                      Expected{"typescript",
                               "106 histories, 103 equal, "
                               "1 cancel-behind-results, "
                               "2 update-end-behind-tasks"}),
    [](const auto& param_info) { return std::string(param_info.param.sdk); });

// What is not the markers' own is a matter of profiles: by the writer's rules
// our code issues what the writer's did.
TEST(LiveSequencesTest, ByTheWritersRulesOnlyMarkersDiffer) {
  for (const Sdk& sdk : kSdks) {
    LiveOptions options;
    options.sdk = &sdk;
    options.run = DialectsOf(sdk);
    options.run.profile = cohort::FindProfile(sdk.name);
    const auto files = cohort::ListHistoryFiles(
        kCommitted + "/" + std::string(sdk.name) + "/Order");
    ASSERT_TRUE(files.ok());
    Tally tally;
    for (const std::string& file : *files) {
      CheckOne(file, options, Extent::kCompare, &tally);
    }
    tally.met.erase("version-upsert");
    EXPECT_EQ(tally.met.size(), 0u) << sdk.name << ": " << tally.Text();
  }
}

// --- The alarms ring --------------------------------------------------------

// Code that decides otherwise than the recorded code did.
TEST(RunAgainTest, OtherCodeIsNoticed) {
  for (const Sdk& sdk : kSdks) {
    const std::string file = sdk.name == "java" ? "g3_cancel3" : "g2_plain";
    const History recorded = Read(kCommitted + "/" + std::string(sdk.name) +
                                  "/Order/" + file + ".json");
    LiveOptions options;
    options.sdk = &sdk;
    options.run = DialectsOf(sdk);
    for (const std::string_view generation :
         cohort_examples::OrderGenerations()) {
      options.generation = generation;
      const auto live = RunAgain(recorded, options);
      const bool same =
          live.ok() && CompareWith(sdk, recorded, live->history).left.empty();
      // g3 differs from g2 in runs from before g1 only, and Patched of g4 in
      // that it says "deprecated".
      const bool versions = sdk.style != cohort_examples::OrderStyle::kPython;
      const bool good = generation == "g2" || generation == "g3" ||
                        (generation == "g4" && versions);
      EXPECT_EQ(same, good) << sdk.name << " " << generation << " "
                            << (live.ok() ? absl::OkStatus() : live.status());
    }
  }
}

// g1 goes on with its own run, where the recorded g4 could not.
TEST(RunAgainTest, ATaskThatOurCodeDoesNotFailIsNoticed) {
  LiveOptions options;
  options.sdk = FindSdk("go");
  options.generation = "g1";
  const auto live =
      RunAgain(Read(kCommitted + "/go/Order/g1+g4+g3_at3stuck.json"), options);
  EXPECT_THAT(std::string(live.status().message()),
              HasSubstr("event 23: the recorded code cannot go on"));
}

TEST(CompareTest, SaysWhereTheSequencesPart) {
  const Sdk& go = *FindSdk("go");
  const std::vector<std::string> theirs = {"A", "B", "C"};
  EXPECT_EQ(Compare(go, theirs, theirs).left, "");
  EXPECT_EQ(Compare(go, theirs, {"A", "C"}).left,
            "  both     A\n  recorded B\n  recorded C\n  live     C\n");
  EXPECT_EQ(Compare(go, theirs, {"A", "B", "C", "D"}).left,
            "  both     A\n  both     B\n  both     C\n  live     D\n");
}

// A row explains its own difference, beside its own SDK, and no other.
TEST(CompareTest, MeantDifferencesExplainNothingElse) {
  const std::vector<std::string> theirs = {"WorkflowTaskCompleted",
                                           "MarkerRecorded java a=1",
                                           "ActivityTaskScheduled x"};
  std::vector<std::string> ours = theirs;
  ours.insert(ours.begin() + 2,
              "UpsertWorkflowSearchAttributes TemporalChangeVersion [\"a-1\"]");
  const Comparison java = Compare(*FindSdk("java"), theirs, ours);
  EXPECT_EQ(java.left, "");
  EXPECT_EQ(java.met, std::vector<std::string_view>{"version-upsert"});
  EXPECT_NE(Compare(*FindSdk("go"), theirs, ours).left, "");
  ours.back() = "ActivityTaskScheduled y";
  EXPECT_NE(Compare(*FindSdk("java"), theirs, ours).left, "");
}

// --- docs/live.md -----------------------------------------------------------

TEST(DocsTest, HoldsTheTable) {
  std::ifstream in("docs/live.md", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)),
                         std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr("\n\n" + DifferenceTable() + "\n"));
}

}  // namespace
}  // namespace cohort_testing
