// Replay in GoogleTest.
//
//   COHORT_REPLAY_CORPUS(OrderHistories, OrderRegistry(), "testdata/orders");
//
// makes one test per history of a folder, named after its file. Single
// histories are checked with matchers:
//
//   EXPECT_THAT(history, cohort_testing::ReplaysCleanly(registry));
//   EXPECT_THAT(history, cohort_testing::DivergesAt(registry, 23));
//
// Here `history` is a cohort::History, or a path.
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
           "diverges at event " + testing::PrintToString(event_id)) {
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

// The files of a corpus; one empty name where there are none, so that the
// missing corpus becomes a failing test.
std::vector<std::string> CorpusFiles(const std::string& path);
// "orders/g0-plain.json" as a test name: "g0_plain".
std::string CorpusTestName(const std::string& file);

}  // namespace cohort_testing

#define COHORT_REPLAY_CORPUS(name, registry, path)                            \
  class name : public ::testing::TestWithParam<std::string> {};               \
  TEST_P(name, ReplaysCleanly) {                                              \
    ASSERT_NE(GetParam(), "") << "no histories in " << (path);                \
    const ::cohort::Registry corpus_registry = (registry);                    \
    EXPECT_THAT(GetParam(),                                                   \
                ::cohort_testing::ReplaysCleanly(corpus_registry));           \
  }                                                                           \
  INSTANTIATE_TEST_SUITE_P(                                                   \
      Corpus, name, ::testing::ValuesIn(::cohort_testing::CorpusFiles(path)), \
      [](const auto& param_info) {                                            \
        return ::cohort_testing::CorpusTestName(param_info.param);            \
      })

#endif  // COHORT_TESTING_REPLAY_TEST_H_
