// Runs that begin anew with a part of another run's history.

#include <chrono>
#include <cstdio>
#include <string>

#include "cohort/testing/engine_fixture.h"
#include "gmock/gmock.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

Task<std::string> Shop(Context& ctx) {
  const auto price = co_await ctx.Activity<int>(
      ActivityOptions().ScheduleToClose(10s), "price");
  const auto go = co_await ctx.Signals<std::string>("go").Receive();
  co_return std::to_string(price) + " " + go;
}
constexpr std::int64_t kBeforePrice = 4;  // the end of Shop's first task
constexpr std::int64_t kBehindPrice = 10;

class Reset : public EngineTest {
 protected:
  Reset() {
    registry.Workflow("Shop", Shop);
    activities.Add("price", [this] { return price_; });
    Work();
  }
  Client& client() { return engine->client(); }
  RunStatus StatusOf(const RunKey& run) {
    return client().Describe(run)->listing.status;
  }
  RunKey Begin(StartRequest request = StartRequest("Shop", "q")) {
    auto run = client().Start(request.WorkflowId("w"));
    EXPECT_TRUE(run.ok()) << run.status();
    EXPECT_TRUE(engine->RunReady().ok());
    return *run;
  }
  RunKey MustReset(const RunKey& run, std::int64_t event) {
    auto again = client().Reset(run, event, "wrong price");
    EXPECT_TRUE(again.ok()) << again.status();
    return again.ok() ? *again : RunKey{};
  }
  int price_ = 1;
};

TEST_F(Reset, ItGoesOnFromAnOldTaskWithLaterSignals) {
  const RunKey run = Begin();
  ASSERT_TRUE(client().Signal(run, "go", std::string("now")).ok());
  EXPECT_EQ(ResultOf<std::string>(run), "1 now");
  price_ = 2;
  EXPECT_TRUE(absl::IsInvalidArgument(client().Reset(run, 3, "x").status()));
  EXPECT_TRUE(absl::IsNotFound(client().Reset(run, 99, "x").status()));
  const RunKey again = MustReset(run, kBeforePrice);
  EXPECT_EQ(ResultOf<std::string>(again), "2 now");
  ExpectReplays(again);
}

TEST_F(Reset, ASignalThatWaitsForTheEndOfATurnGoesAlong) {
  const RunKey run = Begin();
  ASSERT_TRUE(client().Signal(run, "other", std::string("x")).ok());
  const auto turn =
      engine->port().PollWorkflow({"q", "ghost", ""}, absl::ZeroDuration());
  ASSERT_TRUE(turn.ok() && turn->has_value());
  ASSERT_TRUE(client().Signal(run, "go", std::string("buffered")).ok());
  const RunKey again = MustReset(run, kBehindPrice);
  EXPECT_EQ(StatusOf(run), RunStatus::kTerminated);
  EXPECT_THAT(*client().HistoryJson(run), HasSubstr("\"go\""));
  EXPECT_EQ(ResultOf<std::string>(again), "1 buffered");
  ExpectReplays(again);
}

TEST_F(Reset, AWorkflowHasOneOpenRun) {
  const RunKey old = Begin();
  ASSERT_TRUE(client().Terminate(old, "enough").ok());
  const RunKey newer = Begin();
  ASSERT_NE(newer.run_id, old.run_id);
  const RunKey again = MustReset(old, kBehindPrice);
  EXPECT_EQ(StatusOf(newer), RunStatus::kTerminated);
  ASSERT_TRUE(client().Signal({"w", ""}, "go", std::string("on")).ok());
  EXPECT_EQ(ResultOf<std::string>(again), "1 on");
}

// The new run's timeouts count from the reset, also when the store is opened
// anew.
TEST_F(Reset, ARunThatTimedOutHasAllItsTimeAgain) {
  const std::string path = ::testing::TempDir() + "/reset.db";
  std::remove(path.c_str());
  Close();
  Open(path);
  Work();
  const RunKey run = Begin(StartRequest("Shop", "q")
                               .RunTimeout(absl::Hours(1))
                               .ExecutionTimeout(absl::Hours(2)));
  EXPECT_EQ(client().End(run)->status, RunStatus::kTimedOut);
  ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Hours(5)).ok());
  const RunKey again = MustReset(run, kBehindPrice);
  EXPECT_EQ(engine->NextDue() - engine->Now(), absl::Hours(1));
  const absl::Time due = engine->NextDue();
  Close();
  Open(path);
  EXPECT_EQ(engine->NextDue(), due);
  Work();
  ASSERT_TRUE(client().Signal(again, "go", std::string("late")).ok());
  EXPECT_EQ(ResultOf<std::string>(again), "1 late");
}

TEST_F(Reset, SoHaveItsActivities) {
  const std::string path = ::testing::TempDir() + "/reset.db";
  std::remove(path.c_str());
  Close();
  Open(path);
  Work();
  engine->Undrive(*worker);
  auto run = client().Start(StartRequest("Shop", "q").WorkflowId("w"));
  ASSERT_TRUE(*worker->StepWorkflow());
  // The new run begins behind the activity's scheduling, which is old by now.
  ASSERT_TRUE(client().Signal(*run, "go", std::string("first")).ok());
  ASSERT_TRUE(*worker->StepWorkflow());
  ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Seconds(9)).ok());
  const RunKey again = MustReset(*run, 9);
  EXPECT_EQ(engine->NextDue() - engine->Now(), absl::Seconds(10));
  const absl::Time due = engine->NextDue();
  Close();
  Open(path);
  EXPECT_EQ(engine->NextDue(), due);
  Work();
  EXPECT_EQ(ResultOf<std::string>(again), "1 first");
  ExpectReplays(again);
}

}  // namespace
}  // namespace cohort
