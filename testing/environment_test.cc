#include "cohort/testing/environment.h"

#include <chrono>
#include <filesystem>
#include <string>

#include "cohort/testing/replay_test.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using cohort::Context;
using cohort::Registry;
using cohort::Task;

Task<std::string> Order(Context& ctx, std::string id) {
  if (cohort::GetVersion(ctx, "check", cohort::kDefaultVersion, 1) == 1) {
    co_await ctx.Activity<void>("check", id);
  }
  const auto paid = co_await ctx.Activity<std::string>("charge", id);
  co_await ctx.Sleep(std::chrono::hours(24));
  co_return "shipped:" + id + ":" + paid;
}
Task<std::string> Unguarded(Context& ctx, std::string id) {
  co_await ctx.Activity<void>("audit", id);
  co_return id;
}

Registry Orders() {
  Registry registry;
  registry.Workflow("Order", Order);
  return registry;
}

void Mock(TestEnvironment& env, int* checks) {
  env.activities()
      .Add("check", [checks](std::string) { ++*checks; })
      .Add("charge", [](std::string) { return std::string("paid"); })
      .Add("audit", [](std::string) {});
}

TEST(TestEnvironment, RunsADayInNoTime) {
  int checks = 0;
  TestEnvironment env(Orders());
  Mock(env, &checks);
  const auto run = env.Start("Order", std::string("o-17"));
  const auto result = env.Result<std::string>(run);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, "shipped:o-17:paid");
  EXPECT_EQ(env.Elapsed(), absl::Hours(24));
  EXPECT_EQ(checks, 1);
}

TEST(TestEnvironment, TakesAnOldBranch) {
  int checks = 0;
  TestEnvironment env(Orders());
  Mock(env, &checks);
  env.Version("check", cohort::kDefaultVersion).EvictEachTurn();
  EXPECT_TRUE(
      env.Result<std::string>(env.Start("Order", std::string("o"))).ok());
  EXPECT_EQ(checks, 0);
}

TEST(TestEnvironment, StoresItsHistoriesAsSeeds) {
  const std::string folder = testing::TempDir() + "/seeds";
  int checks = 0;
  {
    TestEnvironment env(Orders());
    Mock(env, &checks);
    env.StoreSeeds(folder);
    EXPECT_TRUE(
        env.Result<std::string>(env.Start("Order", std::string("o"))).ok());
  }
  EXPECT_THAT(folder + "/Order-1.json", ReplaysCleanly(Orders()));
}

TEST(TestEnvironment, RingsWhenAHistoryDoesNotReplay) {
  static int checks = 0;
  EXPECT_NONFATAL_FAILURE(
      {
        TestEnvironment env(Orders());
        Mock(env, &checks);
        env.Start("Order", std::string("o"));
        env.Pass(absl::Hours(1));
        Registry other;
        other.Workflow("Order", Unguarded);
        env.Deploy(std::move(other));
      },
      "does not replay");
}

}  // namespace
}  // namespace cohort_testing
