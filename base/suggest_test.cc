#include "cohort/base/suggest.h"

#include "gtest/gtest.h"

namespace cohort {
namespace {

TEST(SuggestTest, CountsLettersThatDiffer) {
  EXPECT_EQ(EditDistance("census", "census"), 0u);
  EXPECT_EQ(EditDistance("cenus", "census"), 1u);
  EXPECT_EQ(EditDistance("replya", "replay"), 2u);
  EXPECT_EQ(EditDistance("", "show"), 4u);
  EXPECT_EQ(EditDistance("show", ""), 4u);
}

TEST(SuggestTest, NamesTheClosestOrAll) {
  const std::vector<std::string> names = {"census", "retire"};
  EXPECT_EQ(UnknownName("cenus", "command", names),
            "\"cenus\" is no command; did you mean \"census\"?");
  EXPECT_EQ(UnknownName("x\x1b", "command", names),
            "\"x\\u001b\" is no command; there are: census retire");
}

}  // namespace
}  // namespace cohort
