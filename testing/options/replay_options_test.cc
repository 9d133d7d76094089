// The options of `replay`, through a program of its own: what it prints, writes
// and exits with, and that each guard rings.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/subprocess.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string FileText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

class ReplayOptions : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / info->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "in");
    in_ = (folder_ / "in").string();
  }

  std::string Path(const std::string& name) const {
    return (folder_ / name).string();
  }
  void Put(const std::string& name, const std::string& text) const {
    std::ofstream(fs::path(in_) / name, std::ios::binary) << text;
  }
  void Put(const std::string& name, const HistoryBuilder& b) const {
    Put(name, b.ToJson());
  }

  // The program over the folder, standard error among what it prints.
  ProcessEnd Replay(std::vector<std::string> words,
                    const std::string& build = "") const {
    std::string line = "exec ./testing/options/replay_options_sample replay";
    for (const std::string& word : words) line += " '" + word + "'";
    auto end = RunProcess({"/bin/sh", "-c", line + " '" + in_ + "' 2>&1"},
                          {{"REPLAY_BUILD", build}});
    EXPECT_TRUE(end.ok()) << end.status();
    return end.ok() ? *end : ProcessEnd{-1, ""};
  }

  fs::path folder_;
  std::string in_;
};

HistoryBuilder Begun(const std::string& type = "Pair") {
  HistoryBuilder b(type);
  b.Turn().Activity("first").ActivityCompleted();
  return b;
}
HistoryBuilder New() {
  HistoryBuilder b = Begun();
  b.Turn().Version("pair", 1).Activity("second");
  return b;
}
HistoryBuilder Old() {
  HistoryBuilder b = Begun();
  b.Turn().Activity("old");
  return b;
}
HistoryBuilder Broken() {
  HistoryBuilder b = Begun();
  b.Turn().Activity("else");
  return b;
}

TEST_F(ReplayOptions, EveryFormatIsWritten) {
  Put("new.json", New());
  Put("broken.json", Broken());
  const ProcessEnd end =
      Replay({"--junit", Path("j.xml"), "--html", Path("r.html"), "--sarif",
              Path("r.sarif"), "--json", Path("r.json"), "--github"});
  EXPECT_EQ(end.exit_code, 1) << end.output;
  EXPECT_THAT(FileText(Path("j.xml")),
              AllOf(HasSubstr("<testsuite"), HasSubstr("broken.json")));
  EXPECT_THAT(FileText(Path("r.html")),
              AllOf(HasSubstr("<html"), HasSubstr("broken.json")));
  const json sarif = json::parse(FileText(Path("r.sarif")));
  const json& place = sarif.at("runs")
                          .at(0)
                          .at("results")
                          .at(0)
                          .at("locations")
                          .at(0)
                          .at("physicalLocation");
  // A path from the root of the source tree, as it was compiled.
  EXPECT_EQ(place.at("artifactLocation").at("uri"),
            "testing/options/replay_options_sample.cc");
  EXPECT_THAT(end.output,
              HasSubstr("file=testing/options/replay_options_sample.cc,line="));
}

TEST_F(ReplayOptions, ADivergenceShowsHistoryBesideCode) {
  Put("broken.json", Broken());
  const ProcessEnd end = Replay({"--json", Path("r.json")});
  EXPECT_EQ(end.exit_code, 1);
  const json report = json::parse(FileText(Path("r.json"))).at(0);
  const json& turns = report.at("timeline");
  ASSERT_EQ(turns.size(), 2u);
  EXPECT_EQ(turns[0].at("same"), true);
  EXPECT_EQ(turns[1].at("same"), false);
  const json& row = turns[1].at("rows").back();
  EXPECT_EQ(row.at("same"), false);
  EXPECT_THAT(row.at("history").get<std::string>(),
              HasSubstr("ActivityTaskScheduled(activity_type=\"else\""));
  EXPECT_THAT(row.at("code").get<std::string>(),
              HasSubstr("ScheduleActivity(activity_type=\"old\""));
  EXPECT_THAT(row.at("site").get<std::string>(),
              HasSubstr("testing/options/replay_options_sample.cc:"));
  EXPECT_THAT(
      report.at("divergence").at("proposed_guard").get<std::string>(),
      AllOf(HasSubstr("GetVersion(ctx, \"use-old\""), HasSubstr("else")));
  const ProcessEnd text = Replay({});
  EXPECT_THAT(text.output,
              AllOf(HasSubstr("turn 1 agrees\n"),
                    HasSubstr("-    11  out  ActivityTaskScheduled("),
                    HasSubstr("+        out  ScheduleActivity("),
                    HasSubstr("proposed guard:\nif (cohort::GetVersion(")));
}

TEST_F(ReplayOptions, AnUncoveredBranchRings) {
  Put("new.json", New());
  const ProcessEnd end = Replay({"--require-coverage"});
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_THAT(end.output, HasSubstr("uncovered: no history takes"));
  EXPECT_THAT(end.output, HasSubstr("sample runs with"));
  Put("old.json", Old());
  EXPECT_EQ(Replay({"--require-coverage"}).exit_code, 0);
}

TEST_F(ReplayOptions, AStaleCorpusRings) {
  Put("new.json", New());  // of 2023-11-14
  const std::vector<std::string> words = {"--fail-if-older-than", "30d",
                                          "--now", "2023-12-01T00:00:00Z"};
  EXPECT_EQ(Replay(words).exit_code, 0);
  std::vector<std::string> later = words;
  later.back() = "2024-01-01T00:00:00Z";
  const ProcessEnd end = Replay(later);
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_THAT(end.output, HasSubstr("stale: the newest history ends at"));
}

TEST_F(ReplayOptions, AnEmptyCorpusRings) {
  const ProcessEnd end = Replay({});
  EXPECT_EQ(end.exit_code, 3) << end.output;
  EXPECT_THAT(end.output, HasSubstr(in_));
}

TEST_F(ReplayOptions, ThreeBadFilesOfAThousandDoNotStopTheRest) {
  const std::string good = New().ToJson();
  for (int i = 0; i < 997; ++i) Put(fmt::format("{:04}.json", i), good);
  Put("cut.json", good.substr(0, good.size() / 2));
  Put("empty.json", "");
  Put("other.json", "{\"some\": \"thing\"}");
  const ProcessEnd end = Replay({"--jobs", "2"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.output, HasSubstr("997 clean, 3 unreadable"));
  for (const char* bad : {"cut.json", "empty.json", "other.json"}) {
    EXPECT_THAT(end.output, HasSubstr(bad));
  }
}

TEST_F(ReplayOptions, ShardsTogetherAreTheCorpus) {
  for (int i = 0; i < 10; ++i) Put(fmt::format("{}.json", i), New());
  std::size_t judged = 0;
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    Replay({"--shard", shard, "--json", Path("r.json")});
    judged += json::parse(FileText(Path("r.json"))).size();
  }
  EXPECT_EQ(judged, 10u);
  EXPECT_EQ(Replay({"--shard", "4/3"}).exit_code, 2);
}

TEST_F(ReplayOptions, ACrashAndAnEndlessLoopCostOneHistoryEach) {
  Put("new.json", New());
  Put("crash.json", Begun("Crashing"));
  const ProcessEnd crash = Replay({"--isolate"});
  EXPECT_EQ(crash.exit_code, 1) << crash.output;
  EXPECT_THAT(crash.output, HasSubstr("1 clean"));
  EXPECT_THAT(crash.output, HasSubstr("crash.json"));
  Put("endless.json", Begun("Endless"));
  const ProcessEnd endless = Replay({"--timeout", "1"});
  EXPECT_EQ(endless.exit_code, 1) << endless.output;
  EXPECT_THAT(endless.output, HasSubstr("endless.json"));
  EXPECT_THAT(endless.output, HasSubstr("1 clean"));
}

TEST_F(ReplayOptions, HiddenNondeterminismIsFoundByReplayingAgain) {
  Put("fickle.json", Begun("Fickle"));
  EXPECT_EQ(Replay({}).exit_code, 0);
  const ProcessEnd end = Replay({"--perturb", "1"});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_THAT(end.output, HasSubstr("hidden nondeterminism"));
  fs::remove(fs::path(in_) / "fickle.json");
  Put("new.json", New());
  EXPECT_EQ(Replay({"--perturb", "2"}).exit_code, 0);
}

TEST_F(ReplayOptions, AnotherBuildIsHeldAgainstThisOne) {
  Put("begun.json", Begun());
  const std::string next = Path("next");
  std::ofstream(next)
      << "#!/bin/sh\nREPLAY_BUILD=next exec "
      << fs::absolute("testing/options/replay_options_sample").string()
      << " \"$@\"\n";
  fs::permissions(next, fs::perms::owner_all);
  const ProcessEnd same =
      Replay({"--other",
              fs::absolute("testing/options/replay_options_sample").string()});
  EXPECT_EQ(same.exit_code, 0) << same.output;
  const ProcessEnd end = Replay({"--other", next});
  EXPECT_EQ(end.exit_code, 1) << end.output;
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("runs that this build goes on with, replayed by "
                              "the other: 1 divergent"),
                    HasSubstr("runs that the other build goes on with, "
                              "replayed by this one: 1 divergent")));
}

}  // namespace
}  // namespace cohort
