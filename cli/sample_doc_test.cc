// The commands of docs/sampling.md, run as they stand there.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/cli/run_line.h"
#include "cohort/corpus/history_file.h"
#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

namespace fs = std::filesystem;

// Words, and words in double quotes.
std::vector<std::string> WordsOf(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; in >> word;) {
    if (word.starts_with('"')) {
      std::string rest;
      std::getline(in, rest, '"');
      word = word.substr(1) + rest;
    }
    words.push_back(word);
  }
  return words;
}

std::vector<std::string> CommandsOf(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::vector<std::string> commands;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("cohort ")) commands.push_back(line);
  }
  return commands;
}

void MakeFleet() {
  fs::create_directories("fleet");
  nlohmann::json rows = nlohmann::json::array();
  for (int i = 0; i < 30; ++i) {
    const std::string run_id = "run-" + std::to_string(i);
    HistoryBuilder b(RunStart{.workflow_type = i % 3 == 0 ? "Refund" : "Order",
                              .run_id = run_id});
    b.Signal("nr", {JsonPayload(std::to_string(i))}).Turn().Timer();
    if (i % 2 == 0) b.TimerFired().Turn().Completed();
    std::ofstream("fleet/" + run_id + ".json") << WriteHistory(b.Build());
    rows.push_back({{"execution", {{"workflowId", "w"}, {"runId", run_id}}},
                    {"type", {{"name", i % 3 == 0 ? "Refund" : "Order"}}},
                    {"status", i % 2 == 0 ? "Completed" : "Running"}});
  }
  std::ofstream("fleet/list.json") << rows.dump();
}

TEST(SampleDoc, ItsCommandsRun) {
  const std::vector<std::string> commands = CommandsOf("docs/sampling.md");
  ASSERT_EQ(commands.size(), 4u);
  const fs::path folder = fs::path(::testing::TempDir()) / "sample_doc";
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::current_path(folder);
  MakeFleet();
  for (const std::string& command : commands) {
    const std::vector<std::string> words = WordsOf(command);
    const Ran ran = RunLine({words.begin() + 1, words.end()});
    EXPECT_EQ(ran.code, kExitOk) << command << "\n" << ran.err;
    EXPECT_NE(ran.out, "") << command;
  }
  EXPECT_EQ(ListHistoryFiles("corpus")->size(), 30u);
  EXPECT_EQ(ListHistoryFiles("orders")->size(), 10u);
}

}  // namespace
}  // namespace cohort
