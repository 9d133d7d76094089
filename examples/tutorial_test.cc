// docs/tutorial.md: its listings are compiled code, and its commands, run one
// behind the other, print what it says.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "cohort/examples/snippets.h"
#include "cohort/testing/console_blocks.h"
#include "cohort/testing/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_examples {
namespace {

using cohort_testing::ConsoleCommand;
using cohort_testing::ConsoleCommandsOf;
using cohort_testing::LinesOf;
using cohort_testing::Prints;

std::string FileText(const char* path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

// What every run of the tutorial prints otherwise: run ids, times, the blanks
// that line columns up, and numbers of events (a parcel may be packed before
// its order is charged, which saves a turn).
std::string Plain(const std::string& text) {
  static const std::regex kRunId(
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");
  static const std::regex kTime("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z");
  static const std::regex kSeconds("[+]?[0-9.]+ ?m?s\\b");
  static const std::regex kBlanks("  +");
  static const std::regex kEvents("\\b[0-9]+( TIME$| events,)");
  std::string plain = std::regex_replace(text, kRunId, "RUN");
  plain = std::regex_replace(plain, kTime, "TIME");
  plain = std::regex_replace(plain, kSeconds, "SPAN");
  plain = std::regex_replace(plain, kBlanks, " ");
  return std::regex_replace(plain, kEvents, "N$1");
}

std::vector<std::string> PlainLines(const std::vector<std::string>& lines) {
  std::vector<std::string> plain;
  for (const std::string& line : lines) plain.push_back(Plain(line));
  return plain;
}

// The service's answers and its activities come from several threads.
bool InAnyOrder(const ConsoleCommand& command) {
  return command.line.find(" serve ") != std::string::npos;
}

std::string Output(const std::string& line, const std::string& folder) {
  const std::string here = std::filesystem::current_path();
  const std::string path =
      here + "/examples:" + here + "/cli:" + std::getenv("PATH");
  const auto end = cohort::RunProcess(
      {"bash", "-o", "pipefail", "-c", "cd " + folder + "; " + line + " 2>&1"},
      {{"PATH", path}});
  EXPECT_TRUE(end.ok()) << end.status();
  if (!end.ok()) return "";
  if (end->exit_code == 0) return end->output;
  return end->output + "[exit " + std::to_string(end->exit_code) + "]\n";
}

TEST(Tutorial, ItsCommandsPrintWhatItSays) {
  const std::string folder = testing::TempDir() + "/tutorial";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto commands = ConsoleCommandsOf(FileText("docs/tutorial.md"));
  EXPECT_GE(commands.size(), 12u);
  for (const ConsoleCommand& command : commands) {
    const std::string output = Output(command.line, folder);
    std::vector<std::string> wanted = PlainLines(command.wanted);
    std::vector<std::string> got = PlainLines(LinesOf(output));
    if (InAnyOrder(command)) {
      std::sort(wanted.begin(), wanted.end());
      std::sort(got.begin(), got.end());
    }
    EXPECT_TRUE(Prints(wanted, got)) << command.line << "\nprints\n" << output;
  }
}

TEST(Tutorial, ItsListingsAreCompiledHere) {
  EXPECT_THAT(CheckSnippets(FileText("docs/tutorial.md"),
                            SnippetsOf({FileText("examples/shop.cc"),
                                        FileText("examples/shop_main.cc")})),
              testing::IsEmpty());
}

TEST(Tutorial, OnlyTimesRunIdsAndNumbersOfEventsMayDiffer) {
  EXPECT_EQ(Plain("o-1  6f1c7a52-9c1e-4d2b-8f00-0123456789ab  "
                  "2026-11-26T00:01:02.5Z +1.5s"),
            "o-1 RUN TIME SPAN");
  EXPECT_EQ(Plain("o-1  open  10  2026-11-26T00:01:02.5Z"), "o-1 open N TIME");
  EXPECT_NE(Plain("10 runs"), Plain("11 runs"));
  EXPECT_NE(Plain("o-1 open"), Plain("o-1 closed"));
}

}  // namespace
}  // namespace cohort_examples
