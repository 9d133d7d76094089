// Inspect against the figures of every recorded history, where they are:
// COHORT_SHARED names ../shared.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cohort/cli/inspect.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;

constexpr std::array kKeys = {"workflow_type",   "events",
                              "turns",           "tasks_scheduled",
                              "tasks_started",   "tasks_failed",
                              "tasks_timed_out", "markers",
                              "versions",        "version_family",
                              "upserts",         "change_version_upserts",
                              "last_event",      "lang_used_flags",
                              "core_used_flags", "sdk"};

class Figures : public ::testing::TestWithParam<const char*> {};

TEST_P(Figures, AreTheExpectedOnes) {
  const char* shared = std::getenv("COHORT_SHARED");
  const fs::path root =
      fs::path(shared == nullptr ? "" : shared) / "histories" / GetParam();
  if (shared == nullptr || !fs::exists(root / "EXPECTED.json")) {
    std::cout << "skipped: ../shared/histories/" << GetParam()
              << " not present\n";
    GTEST_SKIP();
  }
  std::ifstream in(root / "EXPECTED.json");
  const nlohmann::json expected = nlohmann::json::parse(in);
  int figures_compared = 0;
  for (const auto& [name, want] : expected.items()) {
    if (fs::path(name).extension() != ".json") continue;
    const auto history = History::FromFile((root / name).string());
    ASSERT_TRUE(history.ok()) << history.status();
    const auto figures = Inspect(*history);
    ASSERT_TRUE(figures.ok()) << figures.status();
    const nlohmann::json got = InspectJson(*figures);
    for (const char* key : kKeys) {
      EXPECT_EQ(got.at(key), want.at(key)) << name << " " << key;
      ++figures_compared;
    }
  }
  EXPECT_GT(figures_compared, 1000);
  std::cout << figures_compared << " figures compared\n";
}

INSTANTIATE_TEST_SUITE_P(All, Figures,
                         ::testing::Values("official", "recorded"),
                         [](const auto& p) { return std::string(p.param); });

}  // namespace
}  // namespace cohort
