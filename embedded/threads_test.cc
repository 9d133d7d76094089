// Real time: several threads of workers and clients, commits that are shared.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "cohort/embedded/check.h"
#include "cohort/embedded/embedded.h"
#include "cohort/testing/replayer.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

Task<int> Sum(Context& ctx, int n) {
  int sum = 0;
  for (int i = 0; i < 4; ++i) {
    sum += co_await ctx.Activity<int>("add", n, i);
    co_await ctx.Sleep(std::chrono::milliseconds(1));
  }
  sum += co_await ctx.Signals<int>("last").Receive();
  co_return sum;
}

TEST(Threads, ManyRunsAtOnceEndAsEachAlone) {
  const std::string path = ::testing::TempDir() + "/threads.db";
  for (const char* end : {"", "-wal"}) std::filesystem::remove(path + end);
  Registry registry;
  registry.Workflow("Sum", Sum);
  Activities activities;
  std::atomic<int> ran{0};
  activities.Add("add", [&](int n, int i) {
    ++ran;
    return n * i;
  });
  constexpr int kCallers = 8;
  constexpr int kRuns = 5;
  std::vector<std::string> histories;
  {
    auto engine = *EmbeddedEngine::Open(path, EngineOptions());
    // Few runs in the cache: most are replayed now and then.
    Worker one(
        engine->port(),
        WorkerOptions("q").Workflows(registry).Does(activities).CachedRuns(3));
    Worker two(engine->port(),
               WorkerOptions("q").Workflows(registry).Does(activities));
    ASSERT_TRUE(one.Start().ok());
    ASSERT_TRUE(two.Start().ok());
    std::vector<std::thread> callers;
    for (int c = 0; c < kCallers; ++c) {
      callers.emplace_back([&, c] {
        for (int r = 0; r < kRuns; ++r) {
          const int n = c * kRuns + r;
          auto run =
              engine->client().Start(StartRequest("Sum", "q")
                                         .WorkflowId("w" + std::to_string(n))
                                         .Input(ToPayloads(n)));
          ASSERT_TRUE(run.ok()) << run.status();
          ASSERT_TRUE(engine->client().Signal(*run, "last", 1000).ok());
          auto sum = engine->client().Result<int>(*run);
          ASSERT_TRUE(sum.ok()) << sum.status();
          EXPECT_EQ(*sum, n * 6 + 1000);
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    one.Shutdown();
    two.Shutdown();
    for (int n = 0; n < kCallers * kRuns; ++n) {
      auto history =
          engine->client().FetchHistory({"w" + std::to_string(n), ""});
      ASSERT_TRUE(history.ok()) << history.status();
      const ReplayReport report = Replayer(registry).Replay(*history);
      EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
    }
  }
  EXPECT_EQ(ran, kCallers * kRuns * 4);
  const auto report = CheckStore(path);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->problems.empty()) << report->problems[0];
  EXPECT_EQ(report->runs, kCallers * kRuns);
}

TEST(Threads, AQueryAndAnUpdateAreAnsweredByWorkersOfTheQueue) {
  Registry registry;
  registry.Workflow("Box", [](Context& ctx) -> Task<int> {
    auto n = std::make_shared<int>(0);
    ctx.OnUpdate("put", [n](int v) { return *n += v; });
    ctx.OnQuery("get", [n] { return *n; });
    co_await ctx.Until([n] { return *n > 2; });
    co_return *n;
  });
  auto engine = *EmbeddedEngine::Open("", EngineOptions());
  Worker worker(engine->port(), WorkerOptions("q").Workflows(registry));
  ASSERT_TRUE(worker.Start().ok());
  auto run = engine->client().Start(StartRequest("Box", "q"));
  EXPECT_EQ(*engine->client().Update<int>(*run, "put", 2), 2);
  EXPECT_EQ(*engine->client().Query<int>(*run, "get"), 2);
  EXPECT_EQ(*engine->client().Update<int>(*run, "put", 2), 4);
  EXPECT_EQ(*engine->client().Result<int>(*run), 4);
}

}  // namespace
}  // namespace cohort
