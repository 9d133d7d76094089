#include "cohort/worker/run_cache.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;

std::unique_ptr<CachedRun> RunOf(const std::string& id) {
  auto run = std::make_unique<CachedRun>();
  run->run_id = id;
  return run;
}

class RunCacheTest : public ::testing::Test {
 protected:
  std::vector<std::string> evicted_;
  RunCache cache_{2,
                  [this](std::string_view id) { evicted_.emplace_back(id); }};
};

TEST_F(RunCacheTest, ARunBelongsToWhoTookIt) {
  EXPECT_TRUE(cache_.Put(RunOf("a")));
  const auto taken = cache_.Take("a");
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->run_id, "a");
  EXPECT_EQ(cache_.Take("a"), nullptr);
  EXPECT_EQ(cache_.size(), 0u);
}

TEST_F(RunCacheTest, WhatWasNotUsedForLongestGoes) {
  cache_.Put(RunOf("a"));
  cache_.Put(RunOf("b"));
  cache_.Put(cache_.Take("a"));
  EXPECT_TRUE(cache_.Put(RunOf("c")));
  EXPECT_THAT(evicted_, ElementsAre("b"));
  EXPECT_EQ(cache_.size(), 2u);
  EXPECT_EQ(cache_.Take("b"), nullptr);
  EXPECT_NE(cache_.Take("a"), nullptr);
}

TEST_F(RunCacheTest, ThereIsOneRunOfAnId) {
  cache_.Put(RunOf("a"));
  auto second = RunOf("a");
  const CachedRun* const newest = second.get();
  cache_.Put(std::move(second));
  EXPECT_EQ(cache_.size(), 1u);
  EXPECT_EQ(cache_.Take("a").get(), newest);
  EXPECT_TRUE(evicted_.empty());
}

TEST_F(RunCacheTest, WhatIsPutBackTakesNobodysPlace) {
  EXPECT_TRUE(cache_.PutBack(RunOf("a")));
  auto older = cache_.Take("a");
  auto newer = RunOf("a");
  const CachedRun* const newest = newer.get();
  cache_.Put(std::move(newer));
  EXPECT_FALSE(cache_.PutBack(std::move(older)));
  EXPECT_EQ(cache_.Take("a").get(), newest);
}

TEST(RunCache, OfNoneKeepsNone) {
  RunCache cache(0);
  EXPECT_FALSE(cache.Put(RunOf("a")));
  EXPECT_EQ(cache.Take("a"), nullptr);
}

TEST(RunCache, StaysWithinItsBoundFromManyThreads) {
  constexpr std::size_t kMax = 5;
  RunCache cache(kMax);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, kMax, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string id = std::to_string((i * 7 + t) % 20);
        auto run = cache.Take(id);
        cache.Put(run != nullptr ? std::move(run) : RunOf(id));
        EXPECT_LE(cache.size(), kMax);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cache.size(), kMax);
}

}  // namespace
}  // namespace cohort
