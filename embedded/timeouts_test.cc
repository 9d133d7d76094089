// Activities' timeouts and retries, at their exact instants.

#include <chrono>
#include <string>
#include <vector>

#include "cohort/embedded/activity_schedule.h"
#include "cohort/testing/engine_fixture.h"
#include "gmock/gmock.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

ActivityOptions options;  // of the activity, for the test at hand

Task<std::string> Works(Context& ctx) {
  const Result<void> end =
      co_await AsResult(ctx.Activity<void>(options, "work"));
  co_return end.message();
}

class Timeouts : public EngineTest {
 protected:
  Timeouts() {
    registry.Workflow("Works", Works);
    options = ActivityOptions().MaximumAttempts(1);
  }
  // The run's last event of this type: seconds since the run was started.
  double SecondsOf(const RunKey& run, EventType type) {
    auto history = engine->client().FetchHistory(run);
    double seconds = -1;
    for (const Event& event : history->events()) {
      if (event.type != type) continue;
      seconds = absl::ToDoubleSeconds(*ParseTime(event.time) -
                                      *ParseTime(history->events()[0].time));
      last_ = std::string(event.json);
    }
    return seconds;
  }
  // Somebody takes the attempt and is not heard of again.
  std::optional<ActivityTask> Take() {
    return *engine->port().PollActivity({"q", "ghost", ""},
                                        absl::ZeroDuration());
  }
  RunKey Begin() {
    Work();
    worker.reset();
    engine.reset();
    Work();
    activities = Activities();
    const RunKey run = Start("Works");
    EXPECT_TRUE(*worker->StepWorkflow());
    return run;
  }
  std::string last_;  // event that SecondsOf found
};

TEST_F(Timeouts, ScheduleToStart) {
  options.ScheduleToStart(7s);
  const RunKey run = Begin();
  EXPECT_EQ(engine->NextDue() - engine->Now(), absl::Seconds(7));
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  EXPECT_EQ(SecondsOf(run, EventType::kActivityTaskTimedOut), 7);
  EXPECT_THAT(last_, HasSubstr("TIMEOUT_TYPE_SCHEDULE_TO_START"));
  EXPECT_THAT(last_, HasSubstr("RETRY_STATE_NON_RETRYABLE_FAILURE"));
  EXPECT_EQ(ResultOf<std::string>(run), "activity ScheduleToStart timeout");
  ExpectReplays(run);
}

TEST_F(Timeouts, StartToCloseIsTriedAgain) {
  options = ActivityOptions().StartToClose(5s).MaximumAttempts(3).Backoff(
      2s, 3.0, 100s);
  const RunKey run = Begin();
  std::vector<double> starts;
  const absl::Time begun = engine->Now();
  for (int attempt = 1; attempt <= 3; ++attempt) {
    auto task = Take();
    ASSERT_TRUE(task) << attempt;
    EXPECT_EQ(task->attempt, attempt);
    starts.push_back(absl::ToDoubleSeconds(engine->Now() - begun));
    ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());  // it times out
    if (attempt < 3) {
      EXPECT_FALSE(Take());
      ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());  // the wait ends
    }
  }
  EXPECT_THAT(starts, ElementsAre(0, 7, 18));  // 5 + 2, 5 + 6
  EXPECT_EQ(SecondsOf(run, EventType::kActivityTaskTimedOut), 23);
  EXPECT_THAT(last_, HasSubstr("RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED"));
  ExpectReplays(run);
}

TEST_F(Timeouts, ScheduleToCloseRunsOverAllAttempts) {
  options = ActivityOptions().StartToClose(60s).ScheduleToClose(10s).Backoff(
      1s, 1.0, 1s);
  const RunKey run = Begin();
  auto task = Take();
  ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Seconds(4)).ok());
  ASSERT_TRUE(engine->port()
                  .FailActivity(task->token, ApplicationError("x").failure())
                  .ok());
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  ASSERT_TRUE(Take());  // at 5 s
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  EXPECT_EQ(SecondsOf(run, EventType::kActivityTaskTimedOut), 10);
  EXPECT_THAT(last_, HasSubstr("TIMEOUT_TYPE_SCHEDULE_TO_CLOSE"));
  EXPECT_THAT(last_, HasSubstr("\"cause\":{\"message\":\"x\""));
}

TEST_F(Timeouts, NoAttemptBeginsThatCouldNotBeInTime) {
  options = ActivityOptions().ScheduleToClose(10s).Backoff(20s, 1.0, 20s);
  const RunKey run = Begin();
  ASSERT_TRUE(engine->port()
                  .FailActivity(Take()->token, ApplicationError("x").failure())
                  .ok());
  EXPECT_EQ(SecondsOf(run, EventType::kActivityTaskFailed), 0);
  EXPECT_THAT(last_, HasSubstr("RETRY_STATE_TIMEOUT"));
}

TEST_F(Timeouts, HeartbeatCountsFromTheLastOne) {
  options =
      ActivityOptions().Heartbeat(3s).MaximumAttempts(2).Backoff(1s, 1.0, 1s);
  const RunKey run = Begin();
  auto task = Take();
  for (int i = 1; i <= 4; ++i) {
    ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Seconds(2)).ok());
    auto asked = engine->port().Heartbeat(task->token, ToPayloads(i));
    ASSERT_TRUE(asked.ok()) << asked.status();
    EXPECT_FALSE(*asked);
  }
  ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Milliseconds(2999)).ok());
  EXPECT_TRUE(engine->port().Heartbeat(task->token, ToPayloads(5)).ok());
  ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Seconds(3)).ok());
  EXPECT_TRUE(
      absl::IsNotFound(engine->port().Heartbeat(task->token, {}).status()));
  ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Seconds(1)).ok());
  auto second = Take();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->attempt, 2);
  EXPECT_EQ(*FromPayload<int>(second->heartbeat_details.at(0)), 5);
  ASSERT_TRUE(engine->PassTime(engine->Now() + absl::Seconds(3)).ok());
  EXPECT_THAT(ResultOf<std::string>(run), "activity Heartbeat timeout");
}

TEST_F(Timeouts, ListedFailuresAreFinal) {
  options = ActivityOptions().Retry(
      RetryPolicy().NonRetryable({"Fatal"}).Backoff(1s, 1.0, 1s));
  const RunKey run = Begin();
  ASSERT_TRUE(
      engine->port()
          .FailActivity(Take()->token, ApplicationError("x", "Other").failure())
          .ok());
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  ASSERT_TRUE(
      engine->port()
          .FailActivity(Take()->token, ApplicationError("y", "Fatal").failure())
          .ok());
  EXPECT_EQ(SecondsOf(run, EventType::kActivityTaskFailed), 1);
  EXPECT_THAT(last_, HasSubstr("RETRY_STATE_NON_RETRYABLE_FAILURE"));
}

TEST_F(Timeouts, OfARunCountBehindItsDelay) {
  Work();
  const absl::Time begun = engine->Now();
  auto run = engine->client().Start(StartRequest("Works", "q")
                                        .WorkflowId("w")
                                        .Delay(absl::Hours(2))
                                        .RunTimeout(absl::Hours(1))
                                        .ExecutionTimeout(absl::Minutes(30)));
  EXPECT_EQ(engine->NextDue() - begun, absl::Hours(2));
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  EXPECT_EQ(engine->NextDue() - begun, absl::Minutes(150));
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  EXPECT_EQ(engine->client().End(*run)->status, RunStatus::kTimedOut);
}

TEST(NextDue, OfTwoAtOneInstantIsTemporals) {
  ActivityRules rules;
  rules.start_to_close = rules.schedule_to_close = rules.heartbeat =
      rules.schedule_to_start = absl::Seconds(5);
  Attempt attempt;
  attempt.first_scheduled = attempt.scheduled = attempt.started =
      attempt.heartbeat = absl::UnixEpoch();
  attempt.stage = AttemptStage::kStarted;
  EXPECT_EQ(NextDue(rules, attempt).what, DueWhat::kStartToClose);
  attempt.stage = AttemptStage::kQueued;
  EXPECT_EQ(NextDue(rules, attempt).what, DueWhat::kScheduleToStart);
  rules.schedule_to_start = absl::ZeroDuration();
  EXPECT_EQ(NextDue(rules, attempt).what, DueWhat::kScheduleToClose);
}

}  // namespace
}  // namespace cohort
