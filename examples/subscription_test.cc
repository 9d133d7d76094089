#include "cohort/examples/subscription.h"

#include <string>

#include "cohort/testing/live_replay.h"

namespace cohort_examples {
namespace {

using cohort::Recorder;
using cohort::Registry;
using cohort::ToPayloads;
using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;

Registry RegistryOf(Release release) {
  Registry registry;
  RegisterSubscription(registry, release);
  return registry;
}

std::string Activities(const cohort::History& history) {
  std::string names;
  for (const cohort::Event& e : history.events()) {
    if (e.type != cohort::EventType::kActivityTaskScheduled) continue;
    names += std::string(names.empty() ? "" : " ") + std::string(e.name());
  }
  return names;
}

void Bill(Recorder& r) {
  EXPECT_OK(r.RunTurn());
  r.Complete(r.Open()[0]);  // the month is over
  EXPECT_OK(r.RunTurn());
  r.Complete(r.Open()[0]);  // billed
}

TEST(SubscriptionTest, EndsWhenToldAndAnswersMeanwhile) {
  const LiveRun run =
      LiveThenReplay(RegistryOf(Release::kWithTax), "Subscription",
                     ToPayloads(Plan{"ada", 100, 1}), [](Recorder& r) {
                       Bill(r);
                       EXPECT_OK(r.RunTurn());
                       r.Signal("change-price", ToPayloads(250));
                       r.Signal("end");
                       EXPECT_OK(r.RunTurn());
                       EXPECT_EQ(r.Query("plan")->at(0).data,
                                 R"({"cents":250,"customer":"ada","month":2})");
                       r.Complete(r.Open()[0]);
                       EXPECT_OK(r.RunTurn());
                     });
  EXPECT_EQ(Activities(run.history), "bill-with-tax say-goodbye");
}

TEST(SubscriptionTest, GoesOnAsANewRunAfterAYear) {
  const LiveRun run = LiveThenReplay(
      RegistryOf(Release::kWithTax), "Subscription",
      ToPayloads(Plan{"ada", 100, 1}), [](Recorder& r) {
        for (int i = 0; i < 12; ++i) Bill(r);
        EXPECT_OK(r.RunTurn());
        EXPECT_EQ(r.Query("plan")->at(0).data,
                  R"({"cents":100,"customer":"ada","month":13})");
      });
  EXPECT_EQ(run.history.events().back().type,
            cohort::EventType::kWorkflowExecutionContinuedAsNew);
  EXPECT_EQ(run.result, R"({"cents":100,"customer":"ada","month":13})");
}

// The change reaches a run under way with its next month, and no sooner.
TEST(SubscriptionTest, ARunUnderWayTakesUpTheChange) {
  const Registry first = RegistryOf(Release::kFirst);
  const Registry second = RegistryOf(Release::kWithTax);
  Recorder r({.registry = &first}, "Subscription",
             ToPayloads(Plan{"ada", 100, 1}));
  Bill(r);
  r.Deploy(second);
  Bill(r);
  EXPECT_EQ(Activities(*r.history()), "bill bill-with-tax");
  cohort_testing::ExpectReplaysEveryWay(second, *r.history());
}

}  // namespace
}  // namespace cohort_examples
