// The documents hold the tables as the code has them.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cohort/cli/tables.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

struct Document {
  const char* path;
  std::vector<std::string> tables;  // each once, and no others
};

class Docs : public testing::TestWithParam<Document> {};

TEST_P(Docs, HoldTodaysTables) {
  const auto& [path, tables] = GetParam();
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << path << " is missing";
  const std::string text((std::istreambuf_iterator<char>(in)),
                         std::istreambuf_iterator<char>());
  std::vector<std::string> blocks = TableBlocks(text);
  std::vector<std::string> wanted = tables;
  std::sort(blocks.begin(), blocks.end());
  std::sort(wanted.begin(), wanted.end());
  EXPECT_EQ(blocks, wanted) << path << ": the blocks <!-- table:NAME --> ... "
                            << "<!-- end --> are not the ones it should have";
  const auto today = WithTables(text);
  ASSERT_TRUE(today.ok()) << today.status();
  EXPECT_EQ(text, *today)
      << "a table has changed in the code; write it into the document:\n"
         "  bazel run //cli:cohort -- tables --write-docs $PWD/"
      << path;
}

INSTANTIATE_TEST_SUITE_P(
    All, Docs,
    testing::Values(Document{"docs/architecture.md",
                             {"decision", "match", "profiles"}},
                    Document{"docs/lifecycle.md",
                             {"lifecycle", "diagram", "kinds", "outcomes",
                              "flags", "strictness"}},
                    Document{"docs/retire.md", {"evidence"}}),
    [](const auto& test) {
      std::string name = test.param.path;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '/' || c == '.'; },
          '_');
      return name;
    });

}  // namespace
}  // namespace cohort
