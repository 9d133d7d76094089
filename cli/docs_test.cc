// docs/architecture.md holds the tables as the code has them.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "cohort/cli/tables.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

TEST(Docs, ArchitectureHoldsTodaysTables) {
  std::ifstream in("docs/architecture.md", std::ios::binary);
  ASSERT_TRUE(in) << "docs/architecture.md is missing";
  const std::string text((std::istreambuf_iterator<char>(in)),
                         std::istreambuf_iterator<char>());
  const std::vector<std::string> blocks = TableBlocks(text);
  for (const char* name :
       {"decision", "lifecycle", "kinds", "match", "profiles"}) {
    EXPECT_EQ(std::count(blocks.begin(), blocks.end(), name), 1)
        << "docs/architecture.md needs one block <!-- table:" << name
        << " --> ... <!-- end -->";
  }
  const auto today = WithTables(text);
  ASSERT_TRUE(today.ok()) << today.status();
  EXPECT_EQ(text, *today)
      << "a table has changed in the code; write it into the document:\n"
         "  bazel run //cli:cohort -- tables --write-docs "
         "$PWD/docs/architecture.md";
}

}  // namespace
}  // namespace cohort
