#include "cohort/worker/activities.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using End = ActivityOutcome::End;

class ActivitiesTest : public ::testing::Test {
 protected:
  template <typename... Args>
  ActivityOutcome Run(const std::string& type, const Args&... args) {
    task_.type = type;
    task_.input = ToPayloads(args...);
    ActivityContext ctx(task_, [this](Payloads details) {
      beats_.push_back(std::move(details));
      return cancel_;
    });
    return activities_.Run(task_, ctx);
  }

  Activities activities_;
  ActivityTask task_;
  std::vector<Payloads> beats_;
  bool cancel_ = false;
};

TEST_F(ActivitiesTest, TakeArgumentsAndGiveAValueOrAStatus) {
  activities_.Add("add", [](int a, int b) { return a + b; })
      .Add("nothing", [](std::string) {})
      .Add("status",
           [](bool good) {
             return good ? absl::OkStatus()
                         : absl::NotFoundError("no such card");
           })
      .Add("maybe", [](int n) -> absl::StatusOr<int> {
        if (n < 0) return absl::OutOfRangeError("negative");
        return n;
      });
  EXPECT_EQ(Run("add", 2, 3).result, ToPayloads(5));
  EXPECT_EQ(Run("nothing", std::string("x")).end, End::kResult);
  EXPECT_EQ(Run("status", true).end, End::kResult);
  EXPECT_EQ(Run("maybe", 4).result, ToPayloads(4));
  const ActivityOutcome failed = Run("status", false);
  EXPECT_EQ(failed.end, End::kFailure);
  EXPECT_EQ(failed.failure.type, "NOT_FOUND");
  EXPECT_EQ(failed.failure.message, "no such card");
  EXPECT_EQ(Run("maybe", -1).failure.type, "OUT_OF_RANGE");
}

TEST_F(ActivitiesTest, FailByWhatTheyThrow) {
  activities_
      .Add("own", [] { throw ApplicationError("card refused", "Refused"); })
      .Add("std", [] { throw std::runtime_error("disk"); })
      .Add("odd", [] { throw 7; })
      .Add("gone", [] { throw CanceledError(); });
  EXPECT_EQ(Run("own").failure.type, "Refused");
  EXPECT_EQ(Run("std").failure.type, "exception");
  EXPECT_EQ(Run("std").failure.message, "disk");
  EXPECT_THAT(Run("odd").failure.message, HasSubstr("no std::exception"));
  EXPECT_EQ(Run("gone").end, End::kCanceled);
}

TEST_F(ActivitiesTest, HearOfACancelByTheirHeartbeat) {
  activities_.Add("copy", [](ActivityContext& ctx) {
    int block = ctx.LastDetails<int>().value_or(0);
    while (!ctx.Heartbeat(++block)) {
      if (block == 5) return block;
    }
    throw CanceledError();
  });
  task_.heartbeat_details = ToPayloads(3);
  EXPECT_EQ(Run("copy").result, ToPayloads(5));
  EXPECT_THAT(beats_, ::testing::ElementsAre(ToPayloads(4), ToPayloads(5)));
  cancel_ = true;
  EXPECT_EQ(Run("copy").end, End::kCanceled);
}

TEST_F(ActivitiesTest, MayEndElsewhere) {
  activities_.Add("ask", [](ActivityContext& ctx) {
    ctx.EndsElsewhere();
    return 1;
  });
  EXPECT_EQ(Run("ask").end, End::kElsewhere);
}

TEST_F(ActivitiesTest, OfAnUnknownNameFailUnlessThereIsAFallback) {
  EXPECT_THAT(Run("none").failure.message,
              HasSubstr("\"none\" is not registered"));
  EXPECT_FALSE(activities_.Has("none"));
  activities_.AddFallback(
      [](ActivityContext& ctx, const Payloads&) -> absl::StatusOr<Payloads> {
        return ToPayloads(ctx.task().type);
      });
  EXPECT_EQ(Run("none").result, ToPayloads("none"));
  EXPECT_TRUE(activities_.Has("none"));
}

TEST_F(ActivitiesTest, AWrongArgumentIsAFailureNotACrash) {
  activities_.Add("add", [](int a) { return a; });
  EXPECT_EQ(Run("add", std::string("x")).end, End::kFailure);
}

TEST_F(ActivitiesTest, NamesAreGivenOnce) {
  activities_.Add("a", [] {}).Add("a", [] {}).Add("", [] {});
  EXPECT_TRUE(absl::IsAlreadyExists(activities_.status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      Activities().Add(std::string(5000, 'x'), [] {}).status()));
}

}  // namespace
}  // namespace cohort
