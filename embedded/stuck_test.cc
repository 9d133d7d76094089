// Runs whose code and history disagree: they wait, are seen, and go on by
// themselves under code that agrees.

#include <chrono>
#include <string>

#include "cohort/testing/engine_fixture.h"
#include "gmock/gmock.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

Task<std::string> Old(Context& ctx) {
  co_await ctx.Activity<void>("charge");
  co_await ctx.Sleep(1h);
  co_return "old";
}
Task<std::string> Unguarded(Context& ctx) {
  co_await ctx.Activity<void>("check");
  co_await ctx.Activity<void>("charge");
  co_await ctx.Sleep(1h);
  co_return "unguarded";
}
Task<std::string> Guarded(Context& ctx) {
  if (GetVersion(ctx, "check", kDefaultVersion, 1) == 1) {
    co_await ctx.Activity<void>("check");
  }
  co_await ctx.Activity<void>("charge");
  co_await ctx.Sleep(1h);
  co_return "guarded";
}
Task<std::string> Throws(Context& ctx) {
  co_await ctx.Activity<void>("charge");
  throw std::runtime_error("a bug");
}

class Stuck : public EngineTest {
 protected:
  Stuck() {
    activities.Add("charge", [] {}).Add("check", [] {});
    Deploy(Old);
    Work();
    run_ = Start("Order");
    EXPECT_TRUE(engine->RunReady().ok());
  }
  void Deploy(Task<std::string> (*code)(Context&)) {
    registry = Registry();
    registry.Workflow("Order", code);
  }
  RunDescription Described() { return *engine->client().Describe(run_); }
  RunKey run_;
};

TEST_F(Stuck, ARunWaitsForCodeThatAgreesWithItsHistory) {
  Deploy(Unguarded);
  Work();
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  ASSERT_TRUE(engine->RunReady().ok());
  EXPECT_THAT(Described().stuck, HasSubstr("activity_type"));
  EXPECT_THAT(Described().stuck, HasSubstr("check"));
  const auto events = Described().listing.events;
  // Attempts behind the first leave no events.
  ASSERT_TRUE(engine->RunFor(absl::Minutes(30)).ok());
  EXPECT_EQ(Described().listing.events, events);
  EXPECT_GT(Described().task_attempt, 5);
  EXPECT_EQ(Described().listing.status, RunStatus::kOpen);
  const auto query = engine->client().Query<std::string>(run_, "__stack_trace");
  EXPECT_TRUE(absl::IsFailedPrecondition(query.status())) << query.status();

  Deploy(Guarded);
  Work();
  const absl::Time now = engine->Now();
  EXPECT_EQ(ResultOf<std::string>(run_), "guarded");
  EXPECT_EQ(engine->Now(), now);  // at once, not when the wait is over
  EXPECT_EQ(Described().stuck, "");
  ExpectReplays(run_);
}

TEST_F(Stuck, NobodyWaitsForItForEver) {
  Deploy(Unguarded);
  Work();
  const auto end = engine->client().End(run_);
  EXPECT_TRUE(absl::IsDeadlineExceeded(end.status())) << end.status();
}

TEST_F(Stuck, ABugInWorkflowCodeIsWaitedOutToo) {
  Deploy(Throws);
  Work();
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  ASSERT_TRUE(engine->RunReady().ok());
  EXPECT_NE(Described().stuck, "");
  Deploy(Old);
  Work();
  EXPECT_EQ(ResultOf<std::string>(run_), "old");
}

// Code that loops, or that waits for something itself.
TEST_F(Stuck, ATurnThatIsNotCompletedInTimeIsSeen) {
  ASSERT_TRUE(engine->client().Signal(run_, "look").ok());
  const auto turn =
      engine->port().PollWorkflow({"q", "ghost", ""}, absl::ZeroDuration());
  ASSERT_TRUE(turn.ok() && turn->has_value());
  EXPECT_EQ(Described().stuck, "");
  ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Seconds(10)).ok());
  EXPECT_THAT(Described().stuck, HasSubstr("timed out"));
  EXPECT_THAT(Described().stuck, HasSubstr("10s"));
  ASSERT_TRUE(engine->RunReady().ok());
  EXPECT_EQ(Described().stuck, "");
  EXPECT_EQ(ResultOf<std::string>(run_), "old");
}

TEST_F(Stuck, ItIsStuckWhenTheStoreIsOpenedAnew) {
  const std::string path = ::testing::TempDir() + "/stuck.db";
  std::remove(path.c_str());
  Close();
  Open(path);
  Deploy(Old);
  Work();
  run_ = Start("Order");
  ASSERT_TRUE(engine->RunReady().ok());
  Deploy(Unguarded);
  Work();
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  ASSERT_TRUE(engine->RunReady().ok());
  Close();
  Open(path);
  EXPECT_THAT(Described().stuck, HasSubstr("activity_type"));
  Deploy(Old);
  Work();
  EXPECT_EQ(ResultOf<std::string>(run_), "old");
  const auto history = engine->client().FetchHistory(run_);
  ASSERT_TRUE(history.ok()) << history.status();
  for (const Event& event : history->events()) {
    EXPECT_TRUE(event.time.starts_with("2026-")) << event.time;
  }
}

TEST_F(Stuck, ItWaitsAsLongWhenTheStoreIsOpenedAnew) {
  const std::string path = ::testing::TempDir() + "/stuck.db";
  std::remove(path.c_str());
  Close();
  Open(path);
  Deploy(Old);
  Work();
  run_ = Start("Order");
  ASSERT_TRUE(engine->RunReady().ok());
  Deploy(Unguarded);
  Work();
  ASSERT_TRUE(engine->RunFor(absl::Hours(2)).ok());
  const absl::Time due = engine->NextDue();
  const std::int64_t attempt = Described().task_attempt;
  EXPECT_GT(due, engine->Now());
  Close();
  Open(path);
  EXPECT_EQ(Described().task_attempt, attempt);
  EXPECT_EQ(engine->NextDue(), due);
  const auto task =
      engine->port().PollWorkflow({"q", "ghost", ""}, absl::ZeroDuration());
  ASSERT_TRUE(task.ok());
  EXPECT_FALSE(task->has_value());
}

// Else each would bring four events, up to the limit that ends the run.
TEST_F(Stuck, WhatComesInIsRecordedAndWaitsWithIt) {
  Deploy(Unguarded);
  Work();
  ASSERT_TRUE(engine->RunFor(absl::Hours(2)).ok());
  const RunDescription before = Described();
  const absl::Time due = engine->NextDue();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(engine->client().Signal(run_, "x").ok());
    ASSERT_TRUE(engine->RunFor(absl::Seconds(1)).ok());
  }
  EXPECT_EQ(Described().listing.events, before.listing.events + 5);
  EXPECT_EQ(Described().task_attempt, before.task_attempt);
  EXPECT_EQ(engine->NextDue(), due);
  // The next attempt is written behind what it saw.
  ASSERT_TRUE(engine->PassTime(due).ok());
  ASSERT_TRUE(engine->client().Signal(run_, "x").ok());
  ASSERT_TRUE(engine->PassTime(due + absl::Hours(1)).ok());
  ASSERT_TRUE(engine->client().Signal(run_, "x").ok());
  Deploy(Old);
  Work();
  EXPECT_EQ(ResultOf<std::string>(run_), "old");
  ExpectReplays(run_);
  std::string last;
  const auto history = engine->client().FetchHistory(run_);
  for (const Event& event : history->events()) {
    EXPECT_LE(last, event.time) << event.id;
    last = std::string(event.time);
  }
}

TEST_F(Stuck, OrItFailsWhereThePolicySaysSo) {
  Deploy(Unguarded);
  engine->Undrive(*worker);
  Worker failing(engine->port(),
                 WorkerOptions("q").Workflows(registry).Nondeterminism(
                     OnNondeterminism::kFail));
  engine->Drive(failing);
  auto end = engine->client().End(run_);
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->status, RunStatus::kFailed);
  EXPECT_EQ(end->failure.type, "NonDeterministicError");
  engine->Undrive(failing);
}

}  // namespace
}  // namespace cohort
