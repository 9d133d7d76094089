#include "cohort/examples/saga.h"

#include <string>
#include <vector>

#include "cohort/testing/live_replay.h"

namespace cohort_examples {
namespace {

using cohort::Recorder;
using cohort::ToPayloads;
using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;

// Ends the open activity of that name.
void End(Recorder& r, const std::string& name, bool well = true) {
  for (const Recorder::OpenOperation& open : r.Open()) {
    if (open.name != name) continue;
    if (well) return r.Complete(open, ToPayloads(name + "-1"));
    return r.Fail(open, cohort::ApplicationError("sold out").failure());
  }
  ADD_FAILURE() << name << " is not open";
}

LiveRun RunTrip(const cohort_testing::Script& script) {
  cohort::Registry registry;
  RegisterTrip(registry);
  return LiveThenReplay(registry, "Trip", ToPayloads("ada"), script);
}

std::string Activities(const LiveRun& run) {
  std::string names;
  for (const cohort::Event& e : run.history.events()) {
    if (e.type != cohort::EventType::kActivityTaskScheduled) continue;
    names += std::string(names.empty() ? "" : " ") + std::string(e.name());
  }
  return names;
}

TEST(SagaTest, BooksBothAtOnceAndCharges) {
  const LiveRun run = RunTrip([](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    End(r, "book-hotel");
    EXPECT_OK(r.RunTurn());
    End(r, "book-flight");
    EXPECT_OK(r.RunTurn());
    End(r, "charge");
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "\"booked: book-flight-1, book-hotel-1\"");
}

TEST(SagaTest, UndoesWhatWasDoneNewestFirst) {
  const LiveRun run = RunTrip([](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    End(r, "book-flight");
    End(r, "book-hotel");
    EXPECT_OK(r.RunTurn());
    End(r, "charge", /*well=*/false);
    EXPECT_OK(r.RunTurn());
    End(r, "cancel-hotel", /*well=*/false);
    EXPECT_OK(r.RunTurn());
    End(r, "cancel-flight");
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(Activities(run),
            "book-flight book-hotel charge cancel-hotel cancel-flight");
  EXPECT_EQ(run.history.events().back().type,
            cohort::EventType::kWorkflowExecutionFailed);
}

TEST(SagaTest, ACanceledRunCleansUpToo) {
  const LiveRun run = RunTrip([](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    End(r, "book-flight");
    EXPECT_OK(r.RunTurn());
    r.RequestCancel();
    EXPECT_OK(r.RunTurn());
    End(r, "cancel-flight");
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(Activities(run), "book-flight book-hotel cancel-flight");
  EXPECT_EQ(run.history.events().back().type,
            cohort::EventType::kWorkflowExecutionCanceled);
}

}  // namespace
}  // namespace cohort_examples
