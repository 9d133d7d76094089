#include "cohort/worker/retry.h"

#include <chrono>
#include <string>
#include <vector>

#include "cohort/workflow/options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;

std::vector<double> MillisecondsOf(const RetryRules& rules, int attempts) {
  std::vector<double> waits;
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    waits.push_back(absl::ToDoubleMilliseconds(BackoffOf(rules, attempt)));
  }
  return waits;
}

TEST(Backoff, IsExact) {
  RetryRules rules;
  rules.initial = absl::Milliseconds(100);
  rules.factor = 2.5;
  rules.maximum = absl::Seconds(3);
  EXPECT_THAT(MillisecondsOf(rules, 6),
              ElementsAre(100, 250, 625, 1562.5, 3000, 3000));
  EXPECT_EQ(BackoffOf(rules, 100'000), absl::Seconds(3));
  rules.factor = 1;
  EXPECT_THAT(MillisecondsOf(rules, 3), ElementsAre(100, 100, 100));
}

TEST(Backoff, HasAHundredTimesTheFirstAsItsMaximum) {
  RetryRules rules;
  rules.maximum = absl::ZeroDuration();
  EXPECT_EQ(BackoffOf(rules, 7), absl::Seconds(64));
  EXPECT_EQ(BackoffOf(rules, 8), absl::Seconds(100));
  EXPECT_EQ(BackoffOf(rules, 1'000'000), absl::Seconds(100));
}

// What a policy records is what is read of it.
TEST(RetryRules, AreThoseOfThePolicy) {
  std::vector<Attribute> attributes;
  RetryPolicy()
      .Backoff(std::chrono::seconds(3), 1.5, std::chrono::seconds(20))
      .MaximumAttempts(4)
      .NonRetryable({"Fatal", "Worse"})
      .AppendTo(attributes);
  const RetryRules rules = RetryRulesOf(attributes);
  EXPECT_EQ(rules.initial, absl::Seconds(3));
  EXPECT_EQ(rules.factor, 1.5);
  EXPECT_EQ(rules.maximum, absl::Seconds(20));
  EXPECT_EQ(rules.attempts_max, 4);
  EXPECT_THAT(rules.non_retryable, ElementsAre("Fatal", "Worse"));
  const RetryRules none = RetryRulesOf({});
  EXPECT_EQ(none.initial, absl::Seconds(1));
  EXPECT_EQ(none.attempts_max, 0);
}

Failure FailureOf(std::string info, std::string type = "",
                  bool non_retryable = false) {
  Failure failure;
  failure.info = std::move(info);
  failure.type = std::move(type);
  failure.non_retryable = non_retryable;
  return failure;
}

Failure TimeoutOf(std::string type) {
  Failure failure = FailureOf("timeoutFailureInfo");
  failure.timeout_type = std::move(type);
  return failure;
}

TEST(Retryable, IsWhatMayGoBetterNextTime) {
  RetryRules rules;
  rules.non_retryable = {"Fatal"};
  const struct {
    Failure failure;
    bool retryable;
  } cases[] = {
      {FailureOf("applicationFailureInfo", "Busy"), true},
      {FailureOf("applicationFailureInfo", "Fatal"), false},
      {FailureOf("applicationFailureInfo", "Busy", true), false},
      {FailureOf("serverFailureInfo"), true},
      {FailureOf("serverFailureInfo", "", true), false},
      {FailureOf("canceledFailureInfo"), false},
      {FailureOf("terminatedFailureInfo"), false},
      {TimeoutOf("TIMEOUT_TYPE_START_TO_CLOSE"), true},
      {TimeoutOf("TIMEOUT_TYPE_HEARTBEAT"), true},
      {TimeoutOf("TIMEOUT_TYPE_SCHEDULE_TO_START"), false},
      {TimeoutOf("TIMEOUT_TYPE_SCHEDULE_TO_CLOSE"), false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(IsRetryable(rules, c.failure), c.retryable)
        << c.failure.info << " " << c.failure.type << c.failure.timeout_type
        << " " << c.failure.non_retryable;
  }
}

TEST(Retry, EndsWithTheAttemptsOrTheTime) {
  RetryRules rules;
  rules.attempts_max = 3;
  const Failure failure = FailureOf("applicationFailureInfo");
  const absl::Time now = absl::FromUnixSeconds(1000);
  const auto decide = [&](std::int64_t attempt, absl::Time expires) {
    return DecideRetry(rules, attempt, failure, now, expires);
  };
  const RetryDecision again = decide(2, absl::InfiniteFuture());
  EXPECT_EQ(again.state, RetryState::kInProgress);
  EXPECT_EQ(again.backoff, absl::Seconds(2));
  EXPECT_EQ(decide(3, absl::InfiniteFuture()).state,
            RetryState::kMaximumAttemptsReached);
  // It may begin at the very end of the time, and no later.
  EXPECT_EQ(decide(2, now + absl::Seconds(2)).state, RetryState::kInProgress);
  EXPECT_EQ(decide(2, now + absl::Seconds(2) - absl::Nanoseconds(1)).state,
            RetryState::kTimeout);
  // A failure that is final is so before all else.
  EXPECT_EQ(DecideRetry(rules, 3, FailureOf("canceledFailureInfo"), now,
                        absl::InfiniteFuture())
                .state,
            RetryState::kNonRetryableFailure);
}

TEST(RetryState, IsSpeltAsInTheApi) {
  EXPECT_EQ(SpellingOf(RetryState::kInProgress), "RETRY_STATE_IN_PROGRESS");
  EXPECT_EQ(SpellingOf(RetryState::kCancelRequested),
            "RETRY_STATE_CANCEL_REQUESTED");
}

}  // namespace
}  // namespace cohort
