// What the examples of headers stand in: names that they speak of and do not
// declare.
//
//   EXPECT_EQ(ResultOf(Twice, ToPayloads(3)), "14");
//
// Threads: one. Errors: failures of the test at hand.
#ifndef COHORT_EXAMPLES_HEADER_EXAMPLES_SURROUNDINGS_H_
#define COHORT_EXAMPLES_HEADER_EXAMPLES_SURROUNDINGS_H_

#include <chrono>
#include <string>

#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"

namespace cohort_examples {

// Whatever a reader does with values.
template <typename... T>
void Use(const T&...) {}

// An order that is charged, rests for a day and is shipped.
inline cohort::Task<std::string> Order(cohort::Context& ctx, std::string id) {
  co_await ctx.Activity<std::string>("charge", id);
  co_await ctx.Sleep(std::chrono::hours(24));
  co_return "shipped:" + id;
}

inline cohort::Registry OrderRegistry() {
  cohort::Registry registry;
  registry.Workflow("Order", Order);
  return registry;
}

// A whole run of it.
inline cohort::HistoryBuilder ShippedOrder() {
  cohort::HistoryBuilder builder("Order", cohort::ToPayloads("o-17"));
  builder.Turn().Activity("charge").ActivityCompleted(
      cohort::ToPayloads("paid"));
  builder.Turn().Timer().TimerFired();
  builder.Turn().Completed(cohort::ToPayloads("shipped:o-17"));
  return builder;
}

// Runs the workflow to its end, live and replayed; every operation completes
// with 7. Its result as JSON.
template <typename F>
std::string ResultOf(F function, cohort::Payloads input = {}) {
  cohort::Registry registry;
  registry.Workflow("W", +function);
  return cohort_testing::LiveThenReplay(registry, "W", input,
                                        cohort_testing::RunToEnd)
      .result;
}

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_HEADER_EXAMPLES_SURROUNDINGS_H_
