#include "cohort/cli/command_line.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "cohort/base/version.h"
#include "cohort/cli/run_line.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

namespace fs = std::filesystem;

const std::string kGo =
    "testing/testdata/recorded/go/Order/g2_plain_stage2.json";
const std::string kPython =
    "testing/testdata/inspected/python/Order/g2_slow_stage4.json";

class CommandLine : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) / info->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  fs::path folder_;
};

TEST_F(CommandLine, OneFileIsAnObjectSeveralAreAnArray) {
  const Ran one = RunLine({"inspect", "--json", kGo});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(nlohmann::json::parse(one.out)["workflow_type"], "Order");
  const Ran two = RunLine({"inspect", "--json", kGo, kPython});
  EXPECT_EQ(two.code, 0) << two.err;
  EXPECT_EQ(nlohmann::json::parse(two.out).size(), 2u);
  fs::copy_file(kGo, folder_ / "b.json");
  const Ran folder = RunLine({"inspect", "--json", folder_.string()});
  EXPECT_TRUE(nlohmann::json::parse(folder.out).is_array());
}

TEST_F(CommandLine, AFolderIsReadInOrderOfNames) {
  fs::copy_file(kGo, folder_ / "b.bin.converted.json");
  fs::copy_file(kPython, folder_ / "a.json");
  Write("notes.txt", "no history");
  const Ran ran = RunLine({"inspect", "--json", folder_.string()});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["profile"], "python");
  EXPECT_EQ(json[1]["profile"], "go");
}

TEST_F(CommandLine, OneBadFileDoesNotStopTheOthers) {
  const std::string bad = Write("bad.json", "{\"events\": [");
  for (const char* command : {"inspect", "markers"}) {
    const Ran ran = RunLine({command, "--json", bad, kGo, "absent.json"});
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(nlohmann::json::parse(ran.out).size(), 1u);
    EXPECT_NE(ran.err.find(bad), std::string::npos);
    EXPECT_NE(ran.err.find("absent.json: no such file"), std::string::npos);
  }
}

TEST_F(CommandLine, NothingFoundIsNoError) {
  for (const char* command : {"inspect", "markers"}) {
    const Ran ran = RunLine({command, folder_.string()});
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_NE(ran.err.find("no *.json"), std::string::npos);
  }
  const std::string bare =
      Write("bare.json", R"([{"eventId":1,"eventType":"TimerFired"}])");
  const Ran none = RunLine({"markers", bare});
  EXPECT_EQ(none.code, 3);
  EXPECT_EQ(none.out, "");
}

TEST_F(CommandLine, TurnsAndMarkers) {
  EXPECT_NE(RunLine({"turns", kGo}).out.find("2/3/4"), std::string::npos);
  EXPECT_EQ(
      nlohmann::json::parse(RunLine({"turns", "--json", kGo}).out)["turns"]
          .size(),
      3u);
  EXPECT_NE(RunLine({"markers", kGo}).out.find("fraud-check"),
            std::string::npos);
  const std::string torn = Write("torn.json", R"([
      {"eventId":1,"eventType":"WorkflowTaskCompleted"},
      {"eventId":3,"eventType":"TimerStarted"}])");
  const Ran ran = RunLine({"turns", torn});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find(torn + ": event 3"), std::string::npos);
}

TEST_F(CommandLine, NamesDoNotSteerTheTerminal) {
  const std::string file =
      Write("evil.json",
            R"([{"eventId":1,"eventType":"WorkflowExecutionStarted",
      "workflowExecutionStartedEventAttributes":{
      "workflowType":{"name":"a\u009b31m\u001b[2J\u007f"}}}])");
  for (const char* command : {"inspect", "turns"}) {
    for (const Ran& ran :
         {RunLine({command, file}), RunLine({command, "--json", file})}) {
      EXPECT_EQ(ran.code, 0) << ran.err;
      EXPECT_EQ(ran.out.find("\u009b"), std::string::npos) << ran.out;
      EXPECT_EQ(ran.out.find_first_of("\x1b\x7f"), std::string::npos);
      EXPECT_NE(ran.out.find("a\\u009b31m"), std::string::npos) << ran.out;
    }
  }
  EXPECT_EQ(nlohmann::json::parse(
                RunLine({"inspect", "--json", file}).out)["workflow_type"],
            "a\u009b31m\x1b[2J\x7f");
}

TEST_F(CommandLine, Sample) {
  const std::string recorded = "testing/testdata/recorded";
  const std::string into = (folder_ / "corpus").string();
  const std::vector<std::string> line = {"sample", "--from", recorded, "--into",
                                         into};
  const Ran ran = RunLine(line);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("stored histories replays clean:"), std::string::npos);
  // What it made is read by the other commands.
  EXPECT_EQ(RunLine({"inspect", "--json", into}).code, 0);
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> words = line;
    words.insert(words.end(), more.begin(), more.end());
    return RunLine(words);
  };
  const Ran json = with({"--json", "--until-risk", "1%", "--seed", "7"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out)["seed"], 7);
  const Ran none = with({"--type", "Absent"});
  EXPECT_EQ(none.code, 3);
  EXPECT_EQ(none.out, "");
  EXPECT_NE(none.err.find("nothing to sample"), std::string::npos);
  EXPECT_EQ(with({"--query", "nonsense"}).code, 2);
  EXPECT_EQ(with({"--budget", "many"}).code, 2);
  EXPECT_EQ(RunLine({"sample", "--from", recorded}).code, 2);
}

TEST_F(CommandLine, Tables) {
  const Ran all = RunLine({"tables"});
  EXPECT_EQ(all.code, 0);
  for (const char* name : {"events", "decision", "dialects", "lifecycle",
                           "kinds", "outcomes", "match", "profiles"}) {
    EXPECT_NE(all.out.find(std::string(name) + ": "), std::string::npos);
  }
  EXPECT_TRUE(RunLine({"tables", "match"}).out.starts_with("| Kind |"));
  EXPECT_TRUE(
      RunLine({"tables", "--mermaid"}).out.starts_with("stateDiagram-v2"));
  const Ran unknown = RunLine({"tables", "nothing"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_EQ(unknown.out, "");
}

TEST_F(CommandLine, WritesTablesIntoADocument) {
  const std::string doc =
      Write("doc.md", "x\n<!-- table:match -->\n<!-- end -->\n");
  EXPECT_EQ(RunLine({"tables", "--write-docs", doc}).code, 0);
  std::ifstream in(doc);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_NE(text.str().find("activity_type"), std::string::npos);
  EXPECT_EQ(RunLine({"tables", "--write-docs", doc + ".no"}).code, 2);
  EXPECT_EQ(RunLine({"tables", "--write-docs", Write("e.md", "x")}).code, 3);
}

TEST_F(CommandLine, HelpAndUsage) {
  const Ran help = RunLine({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.out.find("Exit codes:"), std::string::npos);
  const Ran version = RunLine({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_NE(version.out.find(kSdkVersion), std::string::npos);
  EXPECT_EQ(RunLine({}).code, 2);
  EXPECT_EQ(RunLine({"inspect"}).code, 2);
  EXPECT_EQ(RunLine({"inspect", "--nothing", kGo}).code, 2);
}

TEST_F(CommandLine, ColoursOnlyOnRequest) {
  EXPECT_EQ(RunLine({"inspect", kGo}).out.find('\x1b'), std::string::npos);
  EXPECT_NE(RunLine({"inspect", kGo}, Paint::kColours).out.find('\x1b'),
            std::string::npos);
}

}  // namespace
}  // namespace cohort
