// The options of `replay`, through a program of its own: what it prints, writes
// and exits with, and that each guard rings.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cohort/corpus/history_file.h"
#include "cohort/history/event_table.h"
#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/replay_args.h"
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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kSample[] = "testing/options/replay_options_sample";

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

  // A program in place of another build: a script that may run the sample.
  std::string Script(const std::string& text) const {
    const std::string path = Path("other");
    std::ofstream(path) << "#!/bin/sh\nsample="
                        << fs::absolute(kSample).string() << "\n"
                        << text << "\n";
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }

  // The program over the folder, standard error among what it prints.
  ProcessEnd Replay(std::vector<std::string> words,
                    const std::string& build = "") const {
    std::string line = fmt::format("exec ./{} replay", kSample);
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

// What is wrong with the line is said before the work, not after it.
TEST_F(ReplayOptions, TimesAreReadBeforeAnythingIsReplayed) {
  Put("new.json", New());
  const std::vector<std::vector<std::string>> lines = {
      {"--fail-if-older-than", "999999999999999999d"},
      {"--fail-if-older-than", "a month"},
      {"--fail-if-older-than", "1d", "--now", "today"}};
  for (const std::vector<std::string>& line : lines) {
    const ProcessEnd end = Replay(line);
    EXPECT_EQ(end.exit_code, 2);
    EXPECT_THAT(end.output, AllOf(HasSubstr("\"" + line.back() + "\" is no"),
                                  Not(HasSubstr("clean"))));
  }
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

TEST_F(ReplayOptions, AnInterruptedReplaySaysWhatItKnows) {
  Put("1.json", New());
  Put("2.json", Begun("Interrupting"));
  Put("3.json", New());
  const ProcessEnd end =
      Replay({"--isolate", "--perturb", "1", "--junit", Path("j.xml")});
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("interrupted: 1 of 3 histories were judged"),
                    HasSubstr("1.json: clean"), HasSubstr("\n1 clean\n")));
  EXPECT_THAT(FileText(Path("j.xml")), HasSubstr("1.json"));
}

TEST_F(ReplayOptions, OtherReplaysCanBeInterruptedToo) {
  Put("1.json", Begun("Later"));
  const ProcessEnd again = Replay({"--perturb", "3"});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_THAT(again.output,
              AllOf(HasSubstr("interrupted: 0 of 3 replays in other"),
                    HasSubstr("\n1 clean\n")));
  const ProcessEnd other =
      Replay({"--other", Script("kill -INT $PPID\nexec $sample \"$@\""),
              "--perturb", "1"});
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_THAT(other.output,
              AllOf(HasSubstr("interrupted: "), HasSubstr("\n1 clean\n")));
}

TEST_F(ReplayOptions, HiddenNondeterminismIsFoundByReplayingAgain) {
  Put("fickle.json", Begun("Fickle"));
  EXPECT_EQ(Replay({}).exit_code, 0);
  const ProcessEnd end = Replay(
      {"--perturb", "1", "--junit", Path("j.xml"), "--sarif", Path("s.json")});
  EXPECT_EQ(end.exit_code, 1);
  for (const char* report : {"j.xml", "s.json"}) {
    EXPECT_THAT(FileText(Path(report)), HasSubstr("hidden nondeterminism"));
  }
  EXPECT_THAT(end.output, HasSubstr("hidden nondeterminism"));
  fs::remove(fs::path(in_) / "fickle.json");
  Put("new.json", New());
  EXPECT_EQ(Replay({"--perturb", "2"}).exit_code, 0);
}

// What implies another option, or refuses a file, does so in both replays.
TEST_F(ReplayOptions, APerturbedReplayIsGivenTheSameOptions) {
  Put("begun.json", Begun());
  EXPECT_EQ(Replay({"--perturb", "1", "--write-next", Path("next")}).exit_code,
            0);
  EXPECT_EQ(Replay({"--perturb", "1", "--prefixes", "--timeout", "60", "--jobs",
                    "2", "--shard", "1/1", "--strict", "sdk"})
                .exit_code,
            0);
  std::string text = Begun().ToJson();
  const std::string_view type = "\"activityType\":{";
  text.insert(text.find(type), "\"heartbeatTimeout\":\"soon\",");
  Put("odd.json", text);
  const ProcessEnd end = Replay({"--perturb", "1", "--validate"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.output, AllOf(HasSubstr("1 clean, 1 unreadable"),
                                Not(HasSubstr("hidden nondeterminism"))));
}

TEST_F(ReplayOptions, WhatBearsOnVerdictsIsHandedOn) {
  ReplayArgs args;
  EXPECT_THAT(ReplayCommandLine("p", args, Handed::kOwnHistories, {"--json"},
                                {"a", "b"}),
              ElementsAre("p", "replay", "--json", "--", "a", "b"));
  args.profile = "go";
  args.strict = "sdk";
  args.allow = "allow.txt";
  args.until_event = 7;
  args.stop_at = 7;
  args.validate = args.prefixes = args.go_on = args.isolate = true;
  args.other = args.next_into = args.now = "x";
  args.json = args.junit = args.sarif = args.html = "x";
  args.require_coverage = args.github = true;
  args.fail_if_older_than = "1d";
  args.perturb = 3;
  args.jobs = 4;
  args.shard = "2/3";
  args.timeout_seconds = 0.25;
  EXPECT_THAT(
      ReplayCommandLine("p", args, Handed::kOwnHistories, {}, {"a"}),
      ElementsAre("p", "replay", "--until-event", "7", "--profile", "go",
                  "--strict", "sdk", "--allow", "allow.txt", "--validate",
                  "--prefixes", "--continue", "--jobs", "4", "--shard", "2/3",
                  "--timeout", "0.25", "--isolate", "--", "a"));
  EXPECT_THAT(ReplayCommandLine("p", args, Handed::kOtherHistories, {}, {"a"}),
              ElementsAre("p", "replay", "--profile", "go", "--strict", "sdk",
                          "--allow", "allow.txt", "--validate", "--jobs", "4",
                          "--timeout", "0.25", "--isolate", "--", "a"));
}

TEST_F(ReplayOptions, TheNextTurnIsWritten) {
  Put("begun.json", Begun());
  Put("broken.json", Broken());
  const std::string next = Path("next");
  EXPECT_EQ(Replay({"--write-next", next}).exit_code, 1);
  const auto files = ListHistoryFiles(next);
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(*files, ElementsAre(next + "/000001_begun.json"));
  in_ = next;
  const ProcessEnd end = Replay({});
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_THAT(end.output, HasSubstr("clean (Pair, 13 events, 2 turns"));
}

TEST_F(ReplayOptions, AnotherBuildIsHeldAgainstThisOne) {
  Put("begun.json", Begun());
  const ProcessEnd same = Replay({"--other", Script("exec $sample \"$@\"")});
  EXPECT_EQ(same.exit_code, 0) << same.output;
  const ProcessEnd end =
      Replay({"--other", Script("REPLAY_BUILD=next exec $sample \"$@\"")});
  EXPECT_EQ(end.exit_code, 1) << end.output;
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("runs that this build goes on with, replayed by "
                              "the other: 1 divergent"),
                    HasSubstr("runs that the other build goes on with, "
                              "replayed by this one: 1 divergent")));
}

// In the reports, under the name that the history has here.
TEST_F(ReplayOptions, WhatAnotherBuildFindsIsReported) {
  Put("begun.json", Begun());
  Put("old.json", Old());
  const ProcessEnd end =
      Replay({"--other", Script("REPLAY_BUILD=next exec $sample \"$@\""),
              "--json", Path("r.json"), "--junit", Path("j.xml")});
  EXPECT_EQ(end.exit_code, 1) << end.output;
  EXPECT_THAT(end.output, HasSubstr("in/begun.json: divergent: "));
  const json reports = json::parse(FileText(Path("r.json")));
  EXPECT_EQ(reports.at(0).at("live_turn").at("roll_forward"), "clean");
  EXPECT_EQ(reports.at(0).at("live_turn").at("roll_back"), "divergent");
  EXPECT_EQ(reports.at(0).at("live_turn").at("from_other"), "divergent");
  EXPECT_EQ(reports.at(1).at("live_turn").at("roll_back"), "divergent");
  EXPECT_FALSE(reports.at(1).at("live_turn").contains("from_other"));
  EXPECT_THAT(FileText(Path("j.xml")),
              HasSubstr("the history is divergent by the other build"));
}

TEST_F(ReplayOptions, AnAllowedBreakIsShownAsOne) {
  EventDraft activity{.type = EventType::kActivityTaskScheduled,
                      .input = {JsonPayload("7")}};
  activity.text(Text::kName) = "first";
  HistoryBuilder b("Pair");
  Put("input.json", b.Turn().Add(activity));
  std::ofstream(Path("allow.txt")) << "inputs  *  # random ids\n";
  const std::vector<std::string> strict = {"--strict", "values",
                                           "--sarif",  Path("s.json"),
                                           "--junit",  Path("j.xml")};
  EXPECT_EQ(Replay(strict).exit_code, 1);
  std::vector<std::string> allowed = strict;
  allowed.insert(allowed.end(), {"--allow", Path("allow.txt")});
  const ProcessEnd end = Replay(allowed);
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_THAT(end.output, HasSubstr("allowed: inputs  *  # random ids"));
  EXPECT_THAT(FileText(Path("j.xml")),
              HasSubstr("<skipped message=\"allowed: inputs  *"));
  const json sarif = json::parse(FileText(Path("s.json")));
  const json& result = sarif.at("runs").at(0).at("results").at(0);
  EXPECT_EQ(result.at("ruleId"), "inputs");
  EXPECT_EQ(result.at("suppressions").size(), 1u);
}

TEST_F(ReplayOptions, AnotherBuildJudgesAsThisOneDoes) {
  Put("begun.json", Begun());
  const std::string log = Path("log");
  const ProcessEnd end =
      Replay({"--strict", "sdk", "--shard", "1/1", "--other",
              Script("echo \"$@\" >> " + log + "\nexec $sample \"$@\"")});
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_THAT(FileText(log),
              AllOf(HasSubstr("replay --strict sdk --continue --shard 1/1 "
                              "--write-next "),
                    HasSubstr("\nreplay --strict sdk --json - -- ")));
}

// Whatever it is, it did not say that it goes on.
TEST_F(ReplayOptions, AnotherBuildThatDoesNothingIsNoPass) {
  Put("begun.json", Begun());
  struct Case {
    const char* script;
    int code;
    const char* says;
  };
  for (const Case& c : {
           Case{"exit 0", 2, "exit code 0, and no reports"},
           Case{"exit 2", 2, "exit code 2, and no reports"},
           Case{"echo '[]'; exit 64", 2, "exit code 64, and no reports"},
           Case{"kill -9 $$", 2, "was ended by signal 9"},
           Case{"echo '[]'", 2, "begun.json: the other build says nothing"},
       }) {
    const ProcessEnd end = Replay({"--other", Script(c.script)});
    EXPECT_EQ(end.exit_code, c.code) << c.script << "\n" << end.output;
    EXPECT_THAT(end.output, HasSubstr(c.says)) << c.script;
  }
  const ProcessEnd absent = Replay({"--other", Path("absent")});
  EXPECT_EQ(absent.exit_code, 2);
  EXPECT_THAT(absent.output, HasSubstr("cannot be started"));
}

// The other build has no such guard and fails where this one goes on.
TEST_F(ReplayOptions, AnotherBuildThatBreaksARunIsAFinding) {
  Put("new.json", New());
  const ProcessEnd end =
      Replay({"--other", Script("REPLAY_BUILD=next exec $sample \"$@\"")});
  EXPECT_EQ(end.exit_code, 1) << end.output;
  EXPECT_THAT(end.output,
              HasSubstr("new.json: the other build finds it divergent: "));
}

TEST_F(ReplayOptions, NumbersAndFilesOutOfAnyRangeAreRefused) {
  Put("new.json", New());
  for (const char* seconds : {"1e300", "-1"}) {
    const ProcessEnd end = Replay({"--timeout", seconds});
    EXPECT_EQ(end.exit_code, 2) << seconds;
    EXPECT_THAT(end.output, HasSubstr("--timeout"));
  }
  const ProcessEnd folder = Replay({"--allow", in_});
  EXPECT_EQ(folder.exit_code, 2);
  EXPECT_THAT(folder.output,
              HasSubstr(in_ + ": cannot be read: Is a directory"));
  const ProcessEnd both = Replay({"--json", "-", "--github"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.output, HasSubstr("give --json a file"));
}

}  // namespace
}  // namespace cohort
