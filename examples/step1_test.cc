#include "cohort/examples/step1.h"

#include <iostream>
#include <sstream>

#include "cohort/testing/recorder.h"
#include "cohort/testing/replay_main.h"
#include "cohort/testing/replay_test.h"
#include "fmt/core.h"

namespace cohort_examples {
namespace {

using cohort::History;
using cohort::ReplayReport;
using cohort::Verdict;

Step1Release ReleaseAt(std::size_t i) { return static_cast<Step1Release>(i); }

// One live run of a release, from start to end.
History Record(Step1Release release) {
  const cohort::Registry registry = Step1Registry(release);
  cohort::Recorder recorder({.registry = &registry}, "Greeting",
                            cohort::ToPayloads("you"));
  EXPECT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  const auto activity = recorder.Open().at(0);
  recorder.Complete(activity, cohort::ToPayloads("hello"));
  EXPECT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  EXPECT_TRUE(recorder.closed());
  return *recorder.history();
}

ReplayReport ReplayWith(Step1Release code, const History& history) {
  const cohort::Registry registry = Step1Registry(code);
  return cohort_testing::ReplayOf(registry, history);
}

// One row for each release that recorded, one column for each that replays.
// (That `careless` and `before` pass over a marker is Go's rule: a marker
// nobody asks for is skipped, so code without a guard may follow one that had.)
constexpr std::string_view kMatrix = R"(
recorded by before     guarded    both       new_only   careless
before      clean      clean      failed     failed     divergent
guarded     clean      clean      clean      failed     divergent
both        divergent  failed     clean      clean      clean
new_only    divergent  failed     clean      clean      clean
)";

TEST(Step1Test, EveryReleaseAgainstEveryHistory) {
  std::string matrix = fmt::format("\n{:<11}", "recorded by");
  for (std::size_t code = 0; code < 5; ++code) {
    matrix += fmt::format(" {:<10}", kStep1Releases[code]);
  }
  for (std::size_t run = 0; run < 4; ++run) {
    const History history = Record(ReleaseAt(run));
    matrix.resize(matrix.find_last_not_of(' ') + 1);
    matrix += fmt::format("\n{:<11}", kStep1Releases[run]);
    for (std::size_t code = 0; code < 5; ++code) {
      matrix += fmt::format(
          " {:<10}", NameOf(ReplayWith(ReleaseAt(code), history).verdict));
    }
  }
  matrix.resize(matrix.find_last_not_of(' ') + 1);
  std::cout << matrix << "\n";
  EXPECT_EQ(matrix + "\n", kMatrix);
}

TEST(Step1Test, TheCarelessReleaseIsExplained) {
  const ReplayReport report =
      ReplayWith(Step1Release::kCareless, Record(Step1Release::kGuarded));
  ASSERT_TRUE(report.divergence.has_value()) << report.ToString();
  std::cout << report.ToString() << "\n";
  EXPECT_EQ(report.divergence->cause, cohort::DivergenceCause::kFields);
  ASSERT_EQ(report.divergence->differences.size(), 1u);
  EXPECT_EQ(report.divergence->differences[0].history, "ActivityC");
  EXPECT_EQ(report.divergence->differences[0].code, "ActivityD");
  EXPECT_FALSE(report.divergence->hint.empty());
}

TEST(Step1Test, ARunThatIsTooOldNamesRangeAndRemedy) {
  const ReplayReport report =
      ReplayWith(Step1Release::kNewOnly, Record(Step1Release::kGuarded));
  EXPECT_EQ(report.status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(report.ToString(), testing::AllOf(testing::HasSubstr("\"Step1\""),
                                                testing::HasSubstr("version 1"),
                                                testing::HasSubstr("[2, 2]")));
}

TEST(Step1Test, ChangesListsTheDeclaredChange) {
  const char* argv[] = {"step1_replay", "changes"};
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(cohort::ReplayMain(2, argv, Step1Registry(Step1Release::kBoth), {},
                               out, err),
            0);
  EXPECT_EQ(out.str(), "Greeting  Step1  [1, 2]\n");
}

}  // namespace
}  // namespace cohort_examples
