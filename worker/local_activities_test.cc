#include "cohort/worker/local_activities.h"

#include <chrono>
#include <string>
#include <vector>

#include "cohort/workflow/options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

// Time goes on only when somebody sleeps, or as `takes_` says of an attempt.
class LocalTest : public ::testing::Test {
 protected:
  LocalTest() {
    clock_.now = [this] { return now_; };
    clock_.sleep = [this](absl::Duration d) {
      waits_.push_back(absl::ToDoubleSeconds(d));
      now_ += d;
    };
    activities_.Add("try", [this](ActivityContext& ctx, int good_attempt) {
      now_ += takes_;
      attempts_.push_back(ctx.task().attempt);
      EXPECT_EQ(ctx.task().workflow_id, "w");
      if (ctx.task().attempt < good_attempt) {
        throw ApplicationError("busy", type_);
      }
      return 7;
    });
  }
  LocalOutcome Run(int good_attempt, const LocalActivityOptions& options,
                   std::int64_t attempt = 1) {
    ActivityTask run;
    run.workflow_id = "w";
    return RunLocal(
        activities_,
        {1, "try", ToPayloads(good_attempt), attempt, options.Attributes()},
        run, clock_);
  }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  absl::Duration takes_;
  std::string type_ = "Busy";
  std::vector<double> waits_;
  std::vector<std::int64_t> attempts_;
  Activities activities_;
  LocalClock clock_;
};

TEST_F(LocalTest, IsTriedAgainWithItsBackoff) {
  const LocalOutcome outcome =
      Run(4, LocalActivityOptions().Retry(RetryPolicy().Backoff(1s, 3.0, 5s)));
  EXPECT_THAT(attempts_, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(waits_, ElementsAre(1, 3, 5));
  EXPECT_FALSE(outcome.failure);
  EXPECT_EQ(outcome.result, ToPayloads(7));
  EXPECT_EQ(outcome.completed, absl::FromUnixSeconds(1009));
}

TEST_F(LocalTest, ALongWaitIsLeftToATimerOfTheRun) {
  const auto options = LocalActivityOptions().LocalRetryThreshold(2s).Retry(
      RetryPolicy().Backoff(1s, 3.0, 60s));
  const LocalOutcome outcome = Run(9, options);
  EXPECT_THAT(waits_, ElementsAre(1));
  EXPECT_EQ(outcome.backoff, Nanoseconds(3s));
  EXPECT_EQ(outcome.failure->type, "Busy");
  // Behind the timer it goes on with the next attempt.
  waits_.clear();
  attempts_.clear();
  EXPECT_EQ(Run(9, options, 3).backoff, Nanoseconds(9s));
  EXPECT_THAT(attempts_, ElementsAre(3));
}

TEST_F(LocalTest, WhereTimeStandsStillEveryWaitIsATimer) {
  clock_.sleep = nullptr;
  EXPECT_EQ(Run(2, LocalActivityOptions()).backoff, Nanoseconds(1s));
}

TEST_F(LocalTest, EndsWithAFailureThatIsFinal) {
  type_ = "Fatal";
  const LocalOutcome outcome = Run(
      2, LocalActivityOptions().Retry(RetryPolicy().NonRetryable({"Fatal"})));
  EXPECT_EQ(outcome.failure->type, "Fatal");
  EXPECT_FALSE(outcome.backoff);
  EXPECT_THAT(waits_, IsEmpty());
}

TEST_F(LocalTest, AnAttemptThatTookTooLongTimedOut) {
  takes_ = absl::Seconds(3);
  const LocalOutcome outcome =
      Run(1, LocalActivityOptions().StartToClose(2s).Retry(
                 RetryPolicy().MaximumAttempts(2)));
  EXPECT_THAT(attempts_, ElementsAre(1, 2));
  EXPECT_EQ(outcome.failure->timeout_type, "TIMEOUT_TYPE_START_TO_CLOSE");
}

TEST_F(LocalTest, AllAttemptsTogetherHaveTheirTime) {
  takes_ = absl::Seconds(1);
  const LocalOutcome outcome =
      Run(100, LocalActivityOptions().ScheduleToClose(9s).Retry(
                   RetryPolicy().Backoff(1s, 2.0, 4s)));
  // 1 s each, and waits of 1 s and 2 s; after 4 s more the time is over.
  EXPECT_THAT(attempts_, ElementsAre(1, 2, 3));
  EXPECT_EQ(outcome.failure->type, "Busy");
  EXPECT_FALSE(outcome.backoff);
}

TEST_F(LocalTest, CannotEndElsewhere) {
  activities_.Add("leave", [](ActivityContext& ctx) { ctx.EndsElsewhere(); });
  const LocalOutcome outcome =
      RunLocal(activities_,
               {1,
                "leave",
                {},
                1,
                LocalActivityOptions()
                    .Retry(RetryPolicy().MaximumAttempts(1))
                    .Attributes()},
               {}, clock_);
  EXPECT_EQ(outcome.failure->message, "a local activity cannot end elsewhere");
}

}  // namespace
}  // namespace cohort
