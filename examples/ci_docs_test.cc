// The commands of docs/ci.md, run as they stand there.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/examples/order.h"
#include "cohort/examples/recorded.h"
#include "cohort/testing/replay_main.h"
#include "gtest/gtest.h"

namespace cohort_examples {
namespace {

namespace fs = std::filesystem;

constexpr char kOpenRun[] = "g2_plain_stage2.json";

// What stands behind the name of the program, word by word. In YAML a command
// goes on in lines that begin with an option.
std::vector<std::vector<std::string>> CommandsIn(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::string text(std::istreambuf_iterator<char>(in), {});
  text = std::regex_replace(text, std::regex("\n +--"), " --");
  const std::regex command("order_replay (replay .*)");
  std::vector<std::vector<std::string>> commands;
  for (std::sregex_iterator it(text.begin(), text.end(), command), end;
       it != end; ++it) {
    std::istringstream words((*it)[1].str());
    commands.emplace_back(std::istream_iterator<std::string>(words),
                          std::istream_iterator<std::string>());
  }
  return commands;
}

int RunLine(const std::vector<std::string>& words, std::string& err) {
  std::vector<const char*> argv = {"order_replay"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream complaints;
  const int code = cohort::ReplayMain(
      static_cast<int>(argv.size()), argv.data(),
      OrderRegistry(OrderStyle::kGo, "g2"), {}, out, complaints);
  err = complaints.str();
  return code;
}

TEST(CiDocs, CommandsAreUnderstood) {
  const auto commands = CommandsIn("docs/ci.md");
  EXPECT_GE(commands.size(), 7u);
  const fs::path folder = fs::path(testing::TempDir()) / "ci_docs";
  fs::remove_all(folder);
  for (const char* corpus : {"corpus", "nightly"}) {
    fs::create_directories(folder / corpus);
    fs::copy_file(std::string(kCommittedHistories) + "/go/Order/" + kOpenRun,
                  folder / corpus / "g2.json");
  }
  fs::current_path(folder);
  int ran = 0;
  for (const std::vector<std::string>& words : commands) {
    const auto has = [&](const char* option) {
      return std::find(words.begin(), words.end(), option) != words.end();
    };
    // These start other programs; testing/options has programs for that.
    if (has("--other") || has("--perturb")) continue;
    std::string err;
    EXPECT_NE(RunLine(words, err), 2) << testing::PrintToString(words) << err;
    ++ran;
  }
  EXPECT_GE(ran, 5);
  for (const char* file : {"replay.xml", "replay.html", "replay.sarif",
                           "nightly.xml", "nightly.html", "next"}) {
    EXPECT_TRUE(fs::exists(file)) << file;
  }
}

}  // namespace
}  // namespace cohort_examples
