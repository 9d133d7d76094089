// Runs every command of docs/retire.md and compares what it prints.
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/cli/run_line.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// "$ cohort ..." and the lines below it; "..." stands for any number of lines.
struct Example {
  std::vector<std::string> words;
  std::vector<std::string> wanted;
};

std::vector<Example> ExamplesIn(const std::string& document) {
  std::vector<Example> examples;
  bool inside = false;
  for (const std::string& line : Lines(document)) {
    if (line == "```console") {
      inside = true;
      examples.emplace_back();
    } else if (line == "```") {
      inside = false;
    } else if (inside && line.starts_with("$ ")) {
      std::istringstream words(line.substr(2));
      for (std::string word; words >> word;) {
        examples.back().words.push_back(word);
      }
    } else if (inside) {
      examples.back().wanted.push_back(line);
    }
  }
  return examples;
}

// From line `w` of the wanted ones and line `g` of those that came on.
bool Matches(const std::vector<std::string>& wanted, std::size_t w,
             const std::vector<std::string>& got, std::size_t g) {
  if (w == wanted.size()) return g == got.size();
  if (wanted[w] == "...") {
    for (std::size_t skip = g; skip <= got.size(); ++skip) {
      if (Matches(wanted, w + 1, got, skip)) return true;
    }
    return false;
  }
  return g < got.size() && wanted[w] == got[g] &&
         Matches(wanted, w + 1, got, g + 1);
}

std::string Output(const Example& example) {
  const Ran ran = RunLine({example.words.begin() + 1, example.words.end()});
  return ran.out + ran.err + "[exit " + std::to_string(ran.code) + "]\n";
}

TEST(RetireDocs, PrintWhatTheySay) {
  std::ifstream in("docs/retire.md", std::ios::binary);
  const std::string document((std::istreambuf_iterator<char>(in)), {});
  const std::vector<Example> examples = ExamplesIn(document);
  EXPECT_GE(examples.size(), 7u);
  for (const Example& example : examples) {
    ASSERT_FALSE(example.words.empty());
    EXPECT_EQ(example.words[0], "cohort");
    const std::string output = Output(example);
    std::string command;
    for (const std::string& word : example.words) command += word + " ";
    EXPECT_TRUE(Matches(example.wanted, 0, Lines(output), 0))
        << command << "prints\n"
        << output;
  }
}

TEST(RetireDocs, OtherOutputRings) {
  EXPECT_TRUE(Matches({"a", "...", "c"}, 0, {"a", "b", "b", "c"}, 0));
  EXPECT_TRUE(Matches({"..."}, 0, {}, 0));
  EXPECT_FALSE(Matches({"a", "..."}, 0, {"b"}, 0));
  EXPECT_FALSE(Matches({"...", "c"}, 0, {"a", "b"}, 0));
  EXPECT_FALSE(Matches({"a"}, 0, {"a", "b"}, 0));
}

}  // namespace
}  // namespace cohort
