#include "cohort/examples/order.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cohort/examples/recorded.h"
#include "cohort/testing/live_replay.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replay_test.h"

// What the SDKs' own replayers say of this program's recorded histories is
// compared in testing/conformance.

namespace cohort_examples {
namespace {

using cohort::CommandKind;
using cohort::EventType;
using cohort::LocalCall;
using cohort::LocalOutcome;
using cohort::Payloads;
using cohort::Recorder;
using cohort::ToPayloads;
using cohort_testing::LiveRun;

// What comes in, and when; what fails.
enum class When { kNever, kAtFirst, kWaiting, kGrace };
enum class Fails { kNothing, kPayment, kPrice, kChild };

struct Shape {
  std::string_view name;
  When when = When::kNever;
  void (*happens)(Recorder& r) = nullptr;
  Fails fails = Fails::kNothing;
  // How each generation ends, and with what result.
  EventType end = EventType::kWorkflowExecutionCompleted;
  std::string_view result;
};

void Withdraw(Recorder& r) {
  r.Signal("cancel-order", ToPayloads(std::string("why")));
}
void Cancel(Recorder& r) { r.RequestCancel(); }
void AddItems(Recorder& r) {
  r.Signal("add-item", ToPayloads(std::string("ink")));
  r.Update("u-1", "set-address", ToPayloads(std::string()));
  r.Update("u-2", "set-address", ToPayloads(std::string("Main St 1")));
  r.Signal("add-item", ToPayloads(std::string("pen")));
}

constexpr auto kCompleted = EventType::kWorkflowExecutionCompleted;
constexpr auto kFailed = EventType::kWorkflowExecutionFailed;
constexpr auto kCanceled = EventType::kWorkflowExecutionCanceled;

constexpr Shape kShapes[] = {
    {.name = "plain", .result = "\"shipped:o-1:0\""},
    {"items", When::kWaiting, AddItems, {}, kCompleted, "\"shipped:o-1:2\""},
    {"withdrawn", When::kAtFirst, Withdraw, {}, kCompleted, "\"refunded:why\""},
    {"grace", When::kGrace, Withdraw, {}, kCompleted, "\"refunded:why\""},
    {"cancel", When::kAtFirst, Cancel, {}, kCanceled, ""},
    {"cancel3", When::kWaiting, Cancel, {}, kCanceled, ""},
    {"cancel8", When::kGrace, Cancel, {}, kCanceled, ""},
    {.name = "declined", .fails = Fails::kPayment, .end = kFailed},
    {.name = "noprice", .fails = Fails::kPrice, .end = kFailed},
    {.name = "nochild", .fails = Fails::kChild, .end = kFailed},
};

bool IsPayment(std::string_view activity) {
  return activity == "charge" || activity == "chargeV2" ||
         activity == "capture";
}

// Plays a shape: ends what is open, first things first.
class Player {
 public:
  Player(const Shape& shape, Recorder& r) : shape_(shape), r_(r) {
    r_.SetLocalRunner([this](const LocalCall& call) { return Price(call); });
  }

  void Play() {
    EXPECT_OK(r_.RunTurn());
    while (r_.status().ok() && !r_.closed()) {
      const bool local_runs = asked_ == 1;
      if (shape_.happens != nullptr && Now() == shape_.when &&
          !std::exchange(happened_, true)) {
        shape_.happens(r_);
      } else if (!r_.Open().empty()) {
        EndNext(r_.Open().front());
      } else if (!local_runs) {
        return ADD_FAILURE() << shape_.name << ": nothing to wait for";
      }
      EXPECT_OK(r_.RunTurn());
    }
  }

 private:
  // At first it is not known: the turn ends without it.
  std::optional<LocalOutcome> Price(const LocalCall& call) {
    if (++asked_ == 1) return std::nullopt;
    LocalOutcome outcome;
    if (shape_.fails == Fails::kPrice) {
      outcome.failure = cohort::ApplicationError("no price").failure();
    } else {
      outcome.result = ToPayloads(call.type + ":o-1");
    }
    return outcome;
  }

  When Now() const {
    for (const Recorder::OpenOperation& open : r_.Open()) {
      if (open.name == "validate") return When::kAtFirst;
      if (open.kind != CommandKind::kStartTimer) continue;
      return told_ ? When::kGrace : When::kWaiting;
    }
    return When::kNever;
  }

  void EndNext(const Recorder::OpenOperation& open) {
    const bool child = open.kind == CommandKind::kStartChild;
    told_ = told_ || child;
    if ((child && shape_.fails == Fails::kChild) ||
        (IsPayment(open.name) && shape_.fails == Fails::kPayment)) {
      r_.Fail(open, cohort::ApplicationError("no").failure());
    } else {
      r_.Complete(open, ToPayloads(open.name + ":o-1"));
    }
  }

  const Shape& shape_;
  Recorder& r_;
  bool happened_ = false;
  bool told_ = false;  // the customer, by the child workflow
  int asked_ = 0;      // for the price
};

// In one generation, live on a run that is kept and on one that is rebuilt for
// each turn, then replayed whole, in pages and cut.
void CheckShape(const Shape& shape, OrderStyle style,
                std::string_view generation) {
  SCOPED_TRACE(std::string(generation) + " " + std::string(shape.name));
  const nlohmann::json input{{"orderId", "o-1"}};
  const LiveRun run = cohort_testing::LiveThenReplay(
      OrderRegistry(style, generation), "Order",
      {cohort::PayloadTraits<nlohmann::json>::ToPayload(input)},
      [&](Recorder& r) { Player(shape, r).Play(); });
  ASSERT_FALSE(run.history.events().empty());
  EXPECT_EQ(run.history.events().back().type, shape.end) << run.json;
  EXPECT_EQ(shape.end == kCompleted ? run.result : "", shape.result);
  // g2 goes on with what g0 and g1 recorded.
  if (generation != "g0" && generation != "g1") return;
  EXPECT_THAT(run.history,
              cohort_testing::ReplaysCleanly(OrderRegistry(style, "g2")));
}

class OrderLiveTest : public ::testing::TestWithParam<std::string_view> {};

TEST_P(OrderLiveTest, EveryShapeRunsLiveAndReplays) {
  for (const OrderStyle style :
       {OrderStyle::kGo, OrderStyle::kJava, OrderStyle::kPython}) {
    for (const Shape& shape : kShapes) {
      // b4 does not wait.
      if (GetParam() == "b4" && shape.when == When::kWaiting) continue;
      CheckShape(shape, style, GetParam());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Generations, OrderLiveTest,
                         ::testing::ValuesIn(OrderGenerations().begin(),
                                             OrderGenerations().end()),
                         [](const auto& param_info) {
                           return std::string(param_info.param);
                         });

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
