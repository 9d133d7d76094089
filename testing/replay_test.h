// Replay in GoogleTest.
//
//   COHORT_REPLAY_CORPUS(OrderHistories, OrderRegistry(), "testdata/orders");
//
// makes one test per history of a folder, named after its file's place in it:
// "eu/o-17.json" is OrderHistories.ReplaysCleanly/eu_o_17. Single histories are
// checked with matchers:
//
//   EXPECT_THAT(history, cohort_testing::ReplaysCleanly(registry));
//   EXPECT_THAT(history, cohort_testing::DivergesAt(registry, 23));
//
// Here `history` is a cohort::History, or a path. A corpus is checked for what
// it does not hold:
//
//   EXPECT_THAT("testdata/orders",
//   cohort_testing::CoversEveryBranch(registry));
//
// Errors: a corpus that is missing or empty is a failing test.
#ifndef COHORT_TESTING_REPLAY_TEST_H_
#define COHORT_TESTING_REPLAY_TEST_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "cohort/corpus/history_file.h"
#include "cohort/testing/replayer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {

inline cohort::ReplayReport ReplayOf(const cohort::Registry& registry,
                                     const cohort::History& history) {
  return cohort::Replayer(registry).Replay(history);
}
inline cohort::ReplayReport ReplayOf(const cohort::Registry& registry,
                                     const std::string& path) {
  return cohort::Replayer(registry).ReplayFile(path);
}

// The registry is used when the matcher is asked; it has to live until then.
MATCHER_P(ReplaysCleanlyMatcher, registry,
          negation ? "does not replay cleanly" : "replays cleanly") {
  const cohort::ReplayReport report = ReplayOf(*registry, arg);
  *result_listener << "\n" << report.ToString();
  return report.verdict == cohort::Verdict::kClean;
}

MATCHER_P2(DivergesAtMatcher, registry, event_id,
           (negation ? "does not diverge at event " : "diverges at event ") +
               testing::PrintToString(event_id)) {
  const cohort::ReplayReport report = ReplayOf(*registry, arg);
  *result_listener << "\n" << report.ToString();
  return report.divergence && report.divergence->event_id == event_id;
}

inline auto ReplaysCleanly(const cohort::Registry& registry) {
  return ReplaysCleanlyMatcher(&registry);
}
// `event_id` 0: at a command that history does not have.
inline auto DivergesAt(const cohort::Registry& registry,
                       std::int64_t event_id) {
  return DivergesAtMatcher(&registry, event_id);
}

// What a corpus of a folder, or of one file, leaves open: a line for each
// branch that today's code supports and no history takes, and for each history
// that does not replay clean.
std::vector<std::string> UncoveredBranches(const cohort::Registry& registry,
                                           const std::string& path);

MATCHER_P(CoversEveryBranchMatcher, registry,
          negation ? "leaves a branch without a history"
                   : "has a history for every branch") {
  const std::vector<std::string> gaps = UncoveredBranches(*registry, arg);
  for (const std::string& gap : gaps) *result_listener << "\n" << gap;
  return gaps.empty();
}
inline auto CoversEveryBranch(const cohort::Registry& registry) {
  return CoversEveryBranchMatcher(&registry);
}

// One history of a corpus, and its name among the corpus's tests: letters,
// digits and underscores, and no other history's.
struct CorpusHistory {
  std::string file;
  std::string test_name;

  friend void PrintTo(const CorpusHistory& h, std::ostream* out) {
    *out << h.file;
  }
};

// The histories of a folder, or of one file. Where there are none it is one
// without a file, so that the missing corpus becomes a failing test.
std::vector<CorpusHistory> CorpusHistories(const std::string& path);

}  // namespace cohort_testing

namespace cohort {

inline void PrintTo(const History& history, std::ostream* out) {
  *out << history.source() << " (" << history.events().size() << " events)";
}

}  // namespace cohort

#define COHORT_REPLAY_CORPUS(name, registry, path)                           \
  class name                                                                 \
      : public ::testing::TestWithParam<::cohort_testing::CorpusHistory> {}; \
  TEST_P(name, ReplaysCleanly) {                                             \
    ASSERT_NE(GetParam().file, "") << "no histories in " << (path);          \
    const ::cohort::Registry corpus_registry = (registry);                   \
    EXPECT_THAT(GetParam().file,                                             \
                ::cohort_testing::ReplaysCleanly(corpus_registry));          \
  }                                                                          \
  INSTANTIATE_TEST_SUITE_P(                                                  \
      Corpus, name,                                                          \
      ::testing::ValuesIn(::cohort_testing::CorpusHistories(path)),          \
      [](const auto& history) { return history.param.test_name; })

#endif  // COHORT_TESTING_REPLAY_TEST_H_
