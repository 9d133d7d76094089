// The same program on the embedded engine and on Temporal's server, with the
// same things coming in at the same events: the same sequence of events.

#include <string>

#include "cohort/embedded/embedded.h"
#include "cohort/examples/order.h"
#include "cohort/history/event_table.h"
#include "cohort/testing/replayer.h"
#include "fmt/core.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::OrderRegistry;
using cohort_examples::OrderStyle;

std::string TypesOf(const History& history) {
  std::string types;
  for (const Event& event : history.events()) {
    types += fmt::format("{:3} {}\n", event.id, RowOf(event.type).camel());
  }
  return types;
}

struct RecordedRun {
  std::string file;
  std::string generation;
};

// One order, driven by what came in where in a recorded history.
class Driven {
 public:
  explicit Driven(const RecordedRun& run)
      : registry_(OrderRegistry(OrderStyle::kGo, run.generation)),
        engine_(*EmbeddedEngine::Open("", EngineOptions().VirtualTime())) {
    activities_.AddFallback(
        [](ActivityContext& ctx,
           const Payloads& input) -> absl::StatusOr<Payloads> {
          COHORT_ASSIGN_OR_RETURN(const std::string id,
                                  FromPayload<std::string>(input.at(0)));
          if (id.ends_with("#fail")) return absl::UnavailableError("no bank");
          return ToPayloads(ctx.task().type + ":" + id);
        });
    WorkerOptions options("q");
    options.Workflows(registry_)
        .Does(activities_)
        .Clock(engine_->WorkerClock());
    worker_ = std::make_unique<Worker>(engine_->port(), options);
    engine_->Drive(*worker_);
  }

  void Follow(const History& recorded) {
    PayloadReader reader;
    const Event& first = recorded.events().front();
    auto started =
        engine_->client().Start(StartRequest("Order", "q")
                                    .WorkflowId(std::string(first.key()))
                                    .Input(*reader.ReadPayloads(first.input)));
    ASSERT_TRUE(started.ok()) << started.status();
    run_ = *started;
    while (true) {
      const auto have = static_cast<std::size_t>(
          engine_->client().Describe(run_)->listing.events);
      if (have >= recorded.events().size()) return;
      ASSERT_NO_FATAL_FAILURE(TakeStep(recorded, have));
      if (nothing_left_) return;  // the events themselves say how they differ
    }
  }

  History history() { return *engine_->client().FetchHistory(run_); }
  ReplayReport Replayed() { return Replayer(registry_).Replay(history()); }

 private:
  // What comes behind the `have` events that are there.
  void TakeStep(const History& recorded, std::size_t have) {
    const auto type = [&](std::size_t ahead) {
      return have + ahead < recorded.events().size()
                 ? recorded.events()[have + ahead].type
                 : EventType::kUnknown;
    };
    Client& client = engine_->client();
    PayloadReader reader;
    const Event& next = recorded.events()[have];
    if (next.type == EventType::kWorkflowExecutionSignaled) {
      Payloads input = *reader.ReadPayloads(next.input);
      ASSERT_TRUE(client.Signal(run_, next.name(), input.at(0)).ok());
    } else if (next.type == EventType::kWorkflowExecutionCancelRequested) {
      ASSERT_TRUE(client.Cancel(run_).ok());
    } else if (type(3) == EventType::kWorkflowExecutionUpdateAccepted &&
               !std::exchange(update_sent_, true)) {
      const Event& update = recorded.events()[have + 3];
      ASSERT_TRUE(client
                      .SendUpdate(run_, std::string(update.key()),
                                  std::string(update.name()),
                                  *reader.ReadPayloads(update.input))
                      .ok());
      ASSERT_TRUE(*worker_->StepWorkflow());
    } else if (type(1) == EventType::kWorkflowTaskTimedOut) {
      // Somebody took the task and was never heard of again.
      ASSERT_TRUE(engine_->port()
                      .PollWorkflow({"q", "ghost", ""}, absl::ZeroDuration())
                      ->has_value());
      ASSERT_TRUE(engine_->PassTime(engine_->NextDue()).ok());
    } else if (next.type == EventType::kTimerFired || !*engine_->Step()) {
      nothing_left_ = engine_->NextDue() == absl::InfiniteFuture();
      if (!nothing_left_) {
        ASSERT_TRUE(engine_->PassTime(engine_->NextDue()).ok());
      }
    }
  }

  Registry registry_;
  Activities activities_;
  std::unique_ptr<EmbeddedEngine> engine_;
  std::unique_ptr<Worker> worker_;
  RunKey run_;
  bool update_sent_ = false;
  bool nothing_left_ = false;
};

class RecordedOrders : public ::testing::TestWithParam<RecordedRun> {};

TEST_P(RecordedOrders, HaveTheSameEventsHere) {
  const auto recorded = History::FromFile(
      "testing/testdata/recorded/go/Order/" + GetParam().file + ".json");
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  Driven order(GetParam());
  ASSERT_NO_FATAL_FAILURE(order.Follow(*recorded));
  EXPECT_EQ(TypesOf(order.history()), TypesOf(*recorded));
  const ReplayReport report = order.Replayed();
  EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
}

INSTANTIATE_TEST_SUITE_P(Go, RecordedOrders,
                         ::testing::Values(RecordedRun{"g0_plain", "g0"},
                                           RecordedRun{"g1_plain", "g1"},
                                           RecordedRun{"g2_plain", "g2"},
                                           RecordedRun{"g2_items", "g2"},
                                           RecordedRun{"g2_cancel3", "g2"},
                                           RecordedRun{"g1_cancel8", "g1"},
                                           RecordedRun{"g1_failcharge", "g1"},
                                           RecordedRun{"g2_reqcancel3race",
                                                       "g2"}),
                         [](const auto& info) { return info.param.file; });

}  // namespace
}  // namespace cohort
