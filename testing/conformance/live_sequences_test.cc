#include "cohort/testing/conformance/live_sequences.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "cohort/testing/source.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using cohort::History;
using cohort::Recorder;

TEST(LiveSequencesTest, Probe) {
  const std::string root =
      std::string(std::getenv("COHORT_SHARED")) + "/histories/recorded";
  for (const Sdk& sdk : kSdks) {
    const auto files =
        cohort::ListHistoryFiles(root + "/" + std::string(sdk.name) + "/Order");
    ASSERT_TRUE(files.ok());
    int equal = 0;
    for (const std::string& file : *files) {
      const auto recorded = History::FromFile(file);
      if (!recorded.ok()) continue;
      LiveOptions options;
      options.sdk = &sdk;
      options.run = DialectsOf(sdk);
      const auto live = RunAgain(*recorded, options);
      if (!live.ok()) {
        std::cout << file << ": " << live.status() << "\n";
        continue;
      }
      std::vector<std::string_view> met;
      const auto theirs = SequenceOf(*recorded);
      const auto ours = SequenceOf(live->history);
      if (!theirs.ok() || !ours.ok()) {
        std::cout << theirs.status() << ours.status() << "\n";
        continue;
      }
      const std::string d = Compare(sdk, *theirs, *ours, &met);
      if (d.empty()) {
        ++equal;
      } else {
        std::cout << file << "\n" << d;
      }
    }
    std::cout << sdk.name << " " << equal << " of " << files->size() << "\n";
  }
}

}  // namespace
}  // namespace cohort_testing
