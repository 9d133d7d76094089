#include "cohort/temporal/rpc_retry.h"

#include "gtest/gtest.h"

namespace cohort {
namespace {

constexpr double kMiddle = 0.5;  // no spread

TEST(RpcRetry, ByStatusCode) {
  int retried = 0;
  for (int code = 0; code <= 16; ++code) {
    const auto c = static_cast<absl::StatusCode>(code);
    const auto wait = RpcRetry().Next(c, absl::ZeroDuration(), kMiddle);
    EXPECT_EQ(wait.has_value(), IsRetried(c)) << code;
    retried += wait.has_value() ? 1 : 0;
  }
  EXPECT_EQ(retried, 6);
  EXPECT_FALSE(IsRetried(absl::StatusCode::kNotFound));
  EXPECT_FALSE(IsRetried(absl::StatusCode::kDeadlineExceeded));
}

TEST(RpcRetry, WaitsGrowUpToTheMaximum) {
  RpcRetry retry({.initial = absl::Seconds(1),
                  .factor = 2,
                  .maximum = absl::Seconds(5),
                  .patience = absl::Hours(1)});
  for (int seconds : {1, 2, 4, 5, 5}) {
    EXPECT_EQ(*retry.Next(absl::StatusCode::kUnavailable, absl::ZeroDuration(),
                          kMiddle),
              absl::Seconds(seconds));
  }
}

TEST(RpcRetry, WaitsAreSpread) {
  const auto wait = [](double random) {
    return *RpcRetry().Next(absl::StatusCode::kUnavailable,
                            absl::ZeroDuration(), random);
  };
  EXPECT_EQ(wait(0), absl::Milliseconds(80));
  EXPECT_GT(wait(0.99), absl::Milliseconds(119));
  EXPECT_LT(wait(0.99), absl::Milliseconds(120));
}

TEST(RpcRetry, TheServersOwnLimitIsGivenTime) {
  EXPECT_EQ(*RpcRetry().Next(absl::StatusCode::kResourceExhausted,
                             absl::ZeroDuration(), kMiddle),
            absl::Seconds(1));
}

TEST(RpcRetry, PatienceEnds) {
  RpcRetry retry;
  EXPECT_TRUE(
      retry.Next(absl::StatusCode::kUnavailable, absl::Seconds(9), kMiddle));
  EXPECT_FALSE(
      retry.Next(absl::StatusCode::kUnavailable, absl::Seconds(9.9), kMiddle));
}

}  // namespace
}  // namespace cohort
