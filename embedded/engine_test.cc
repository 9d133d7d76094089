#include "cohort/embedded/embedded.h"

#include <string>

#include "cohort/examples/order.h"
#include "cohort/history/event_table.h"
#include "cohort/testing/replayer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::OrderRegistry;
using cohort_examples::OrderStyle;

std::vector<std::string> TypesOf(const History& history) {
  std::vector<std::string> types;
  for (const Event& event : history.events()) {
    types.emplace_back(RowOf(event.type).camel());
  }
  return types;
}

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() {
    auto opened = EmbeddedEngine::Open("", EngineOptions().VirtualTime().Seed(1));
    EXPECT_TRUE(opened.ok()) << opened.status();
    engine = *std::move(opened);
  }

  Worker& Work(const Registry& registry, std::size_t cached = 100) {
    worker = std::make_unique<Worker>(engine->port(),
                                      WorkerOptions("q")
                                          .Workflows(registry)
                                          .Does(activities)
                                          .CachedRuns(cached)
                                          .Clock(engine->WorkerClock()));
    engine->Drive(*worker);
    return *worker;
  }

  void ExpectReplays(const Registry& registry, const RunKey& run) {
    auto history = engine->client().FetchHistory(run);
    ASSERT_TRUE(history.ok()) << history.status();
    const ReplayReport report = Replayer(registry).Replay(*history);
    EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
  }

  std::unique_ptr<EmbeddedEngine> engine;
  Activities activities;
  std::unique_ptr<Worker> worker;
};

TEST_F(EngineTest, AnOrderRunsToItsEndAndReplays) {
  const Registry registry = OrderRegistry(OrderStyle::kGo, "g2");
  for (const char* name : {"validate", "fraudCheckV2", "reserve", "capture",
                           "price", "email", "ship"}) {
    activities.Add(name, [name](std::string id) { return name + (":" + id); });
  }
  Work(registry);
  const absl::Time begun = engine->Now();
  auto run = engine->client().Start(
      StartRequest("Order", "q")
          .WorkflowId("order-1")
          .Input({JsonPayload(R"({"orderId":"o-1"})")}));
  ASSERT_TRUE(run.ok()) << run.status();
  auto result = engine->client().Result<std::string>(*run);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, "shipped:o-1:0");
  EXPECT_EQ(engine->Now() - begun, absl::Seconds(2));  // its two timers
  ExpectReplays(registry, *run);
}

}  // namespace
}  // namespace cohort
