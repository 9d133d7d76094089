#include "cohort/examples/order.h"

#include <string>
#include <string_view>

#include "cohort/examples/recorded.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replay_test.h"

// What the SDKs' own replayers say of this program's recorded histories is
// compared in testing/conformance.

namespace cohort_examples {
namespace {

using cohort::Payloads;
using cohort::Recorder;

Payloads Input() {
  const nlohmann::json input{{"orderId", "o-1"}, {"failCharge", false}};
  return {cohort::ToPayload(input)};
}

void RunToEnd(Recorder& recorder) {
  ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  while (!recorder.closed()) {
    ASSERT_FALSE(recorder.Open().empty());
    const auto operation = recorder.Open().front();
    recorder.Complete(operation, cohort::ToPayloads(std::string("done")));
    ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  }
}

// An order that was withdrawn before it was paid, in each style and
// generation, live; its own history replays cleanly, and g2 replays what g0,
// g1 and g2 recorded.
TEST(OrderTest, GenerationsRunLiveAndReplay) {
  for (const OrderStyle style :
       {OrderStyle::kGo, OrderStyle::kJava, OrderStyle::kPython}) {
    const auto g2 = OrderRegistry(style, "g2");
    for (const std::string_view generation : OrderGenerations()) {
      const auto registry = OrderRegistry(style, generation);
      Recorder recorder({.registry = &registry}, "Order", Input());
      recorder.Signal("cancel-order", cohort::ToPayloads(std::string("why")));
      ASSERT_NO_FATAL_FAILURE(RunToEnd(recorder));
      EXPECT_EQ(recorder.commands().back().input[0].data, "\"refunded:why\"");
      EXPECT_THAT(*recorder.history(),
                  cohort_testing::ReplaysCleanly(registry));
      if (generation <= "g2" && generation >= "g0") {
        EXPECT_THAT(*recorder.history(), cohort_testing::ReplaysCleanly(g2));
      }
    }
  }
}

// What handlers share with the workflow outlives it.
TEST(OrderTest, StatusIsKnownWhenTheRunHasClosed) {
  for (const RecordedSdk& sdk : kRecordedSdks) {
    const auto g2 = OrderRegistry(sdk.style, "g2");
    const std::string file =
        std::string(kCommittedHistories) + "/" + std::string(sdk.name) +
        (sdk.style == OrderStyle::kPython ? "/Order/g1+g2_step3_sig.json"
                                          : "/Order/g1+g2_at3fail.json");
    cohort::ReplayOptions options;
    std::string status;
    options.inspect = [&status](cohort::Run& run) {
      EXPECT_TRUE(run.closed());
      const auto answer = run.Query("status", {});
      ASSERT_TRUE(answer.ok()) << answer.status();
      status = (*answer)[0].data;
    };
    EXPECT_EQ(cohort::Replayer(g2, options).ReplayFile(file).verdict,
              cohort::Verdict::kClean);
    EXPECT_EQ(status, "\"waiting\"") << sdk.name;
  }
}

TEST(OrderTest, AnUnknownGenerationIsAnEmptyRegistry) {
  EXPECT_TRUE(OrderRegistry(OrderStyle::kPython, "g9").workflows().empty());
}

}  // namespace
}  // namespace cohort_examples
