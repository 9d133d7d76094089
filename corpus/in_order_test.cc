#include "cohort/corpus/in_order.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

TEST(InOrder, UsesEachOnceAndInOrder) {
  for (const std::size_t jobs : {0u, 1u, 2u, 7u, 500u}) {
    std::vector<std::string> used;
    std::atomic<int> made = 0;
    InOrder<std::string>(
        300, jobs,
        [&](std::size_t i) {
          ++made;
          return std::to_string(i);
        },
        [&](std::size_t i, std::string text) {
          EXPECT_EQ(text, std::to_string(i));
          used.push_back(std::move(text));
        });
    ASSERT_EQ(used.size(), 300u) << jobs;
    EXPECT_EQ(made, 300);
    for (std::size_t i = 0; i < used.size(); ++i) {
      EXPECT_EQ(used[i], std::to_string(i));
    }
  }
}

TEST(InOrder, OfNothing) {
  InOrder<int>(
      0, 4, [](std::size_t) { return 1; },
      [](std::size_t, int) { ADD_FAILURE(); });
}

}  // namespace
}  // namespace cohort
