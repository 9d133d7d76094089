// What the tests named after upstream bugs share: docs/upstream_bugs.md lists
// them.
//
//   EXPECT_THAT(Judge([](Context& ctx) -> Task<void> { ... }, history),
//               Is(Verdict::kClean));
//
// Every history here is of the workflow type "W", and read by the rules of the
// SDK that it names.
#ifndef COHORT_TESTING_UPSTREAM_UPSTREAM_H_
#define COHORT_TESTING_UPSTREAM_UPSTREAM_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {

// A history as that SDK's worker records it, with its flags.
inline cohort::HistoryBuilder Go(std::vector<std::int64_t> flags = {1, 2, 3,
                                                                    4}) {
  cohort::HistoryBuilder b("W");
  b.Sdk("temporal-go", std::move(flags));
  return b;
}
inline cohort::HistoryBuilder Java(std::vector<std::int64_t> flags = {1, 2}) {
  cohort::HistoryBuilder b("W");
  b.Sdk("temporal-java", std::move(flags)).Markers(cohort::Dialect::kJava);
  return b;
}
inline cohort::HistoryBuilder Python(std::vector<std::int64_t> core_flags = {
                                         1, 2, 3}) {
  cohort::HistoryBuilder b("W");
  b.Sdk("temporal-python", {1, 2}, std::move(core_flags));
  return b;
}
inline cohort::HistoryBuilder TypeScript(std::vector<std::int64_t> flags = {
                                             1, 2}) {
  cohort::HistoryBuilder b("W");
  b.Sdk("temporal-typescript", std::move(flags), {1, 2, 3});
  return b;
}

template <typename F>
cohort::Registry RegistryOf(F workflow) {
  cohort::Registry registry;
  registry.Workflow("W", std::move(workflow));
  return registry;
}

template <typename F>
cohort::ReplayReport Judge(F workflow, const cohort::HistoryBuilder& history,
                           cohort::ReplayOptions options = {}) {
  const cohort::Registry registry = RegistryOf(std::move(workflow));
  return cohort::Replayer(registry, std::move(options)).Replay(history.Build());
}
// By the SDK's own verdict: no strict rules.
template <typename F>
cohort::ReplayReport JudgeAsTheSdk(F workflow,
                                   const cohort::HistoryBuilder& history) {
  return Judge(std::move(workflow), history,
               {.strictness = cohort::Strictness::Sdk()});
}

MATCHER_P(Is, verdict,
          (negation ? "is not " : "is ") +
              std::string(cohort::NameOf(verdict))) {
  *result_listener << "\n" << arg.ToString();
  return arg.verdict == verdict;
}

inline std::int64_t Count(const cohort::History& history,
                          cohort::EventType type) {
  const auto events = history.events();
  return std::count_if(
      events.begin(), events.end(),
      [type](const cohort::Event& e) { return e.type == type; });
}

// The names of the activities that the history records, in order.
inline std::vector<std::string> Activities(const cohort::History& history) {
  std::vector<std::string> names;
  for (const cohort::Event& e : history.events()) {
    if (e.type == cohort::EventType::kActivityTaskScheduled) {
      names.emplace_back(e.name());
    }
  }
  return names;
}

}  // namespace cohort_testing

#endif  // COHORT_TESTING_UPSTREAM_UPSTREAM_H_
