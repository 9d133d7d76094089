// Runs every command of docs/retire.md and compares what it prints.
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/cli/run_line.h"
#include "cohort/testing/console_blocks.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::ConsoleCommand;
using cohort_testing::ConsoleCommandsOf;
using cohort_testing::LinesOf;
using cohort_testing::Prints;

std::vector<std::string> WordsOf(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

TEST(RetireDocs, PrintWhatTheySay) {
  std::ifstream in("docs/retire.md", std::ios::binary);
  const std::string document((std::istreambuf_iterator<char>(in)), {});
  const std::vector<ConsoleCommand> commands = ConsoleCommandsOf(document);
  EXPECT_GE(commands.size(), 7u);
  for (const auto& [line, wanted] : commands) {
    const std::vector<std::string> words = WordsOf(line);
    ASSERT_FALSE(words.empty());
    EXPECT_EQ(words[0], "cohort");
    const Ran ran = RunLine({words.begin() + 1, words.end()});
    const std::string output =
        ran.out + ran.err + "[exit " + std::to_string(ran.code) + "]\n";
    EXPECT_TRUE(Prints(wanted, LinesOf(output))) << line << " prints\n"
                                                 << output;
  }
}

TEST(RetireDocs, OtherOutputRings) {
  EXPECT_TRUE(Prints({"a", "...", "c"}, {"a", "b", "b", "c"}));
  EXPECT_TRUE(Prints({"..."}, {}));
  EXPECT_FALSE(Prints({"a", "..."}, {"b"}));
  EXPECT_FALSE(Prints({"...", "c"}, {"a", "b"}));
  EXPECT_FALSE(Prints({"a"}, {"a", "b"}));
}

}  // namespace
}  // namespace cohort
