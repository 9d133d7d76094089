// The command line over recorded histories and made ones: what it prints and
// writes, and the exit code.
#include "cohort/testing/replay_main.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/base/status.h"
#include "cohort/base/version.h"
#include "cohort/corpus/source.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/replayer.h"
#include "cohort/testing/report.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kGoLoop[] = "testing/testdata/recorded/go/Loop/loop1k.json";
constexpr char kJavaLoop[] = "testing/testdata/recorded/java/Loop/loop1k.json";
constexpr char kGoOrder[] = "testing/testdata/recorded/go/Order/g0_plain.json";
constexpr Change kStep{"step", kDefaultVersion, 1};

// What the recorded Loop histories ran. The careless build has one activity
// more, behind the third.
template <bool kCareless>
Task<int> Loop(Context& ctx, int n) {
  for (int i = 0; i < n; ++i) {
    GetVersion(ctx, "step-" + std::to_string(i % 8), kDefaultVersion, 1);
    co_await ctx.Activity<int>("noop", i);
    if (kCareless && i == 2) co_await ctx.Activity<int>("audit", i);
  }
  co_return n;
}

// What the histories below are of.
Task<void> Pair(Context& ctx) {
  co_await ctx.Activity<void>("first");
  co_await ctx.Activity<void>("second");
}

Task<void> Throws(Context&) {
  throw std::runtime_error("a bug");
  co_return;
}

Registry Good() {
  Registry registry;
  registry.Workflow("Loop", Loop<false>, {kStep, {"other", 2, 5}})
      .Workflow("Pair", Pair, {{"pair", 1, 1}})
      .Workflow("Throws", Throws);
  return registry;
}
Registry Careless() {
  Registry registry;
  registry.Workflow("Loop", Loop<true>);
  return registry;
}

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

Ran RunLine(const std::vector<std::string>& words,
            const Registry& registry = Good(),
            const HistorySources& sources = {}) {
  std::vector<const char*> argv = {"pair_replay"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int code = ReplayMain(static_cast<int>(argv.size()), argv.data(),
                              registry, sources, out, err);
  return {code, out.str(), err.str()};
}

std::string FileText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

HistoryBuilder PairOf(std::string_view sdk = "") {
  HistoryBuilder b("Pair");
  if (!sdk.empty()) b.Sdk(std::string(sdk));
  b.Turn().Activity("first").ActivityCompleted();
  return b;
}

class ReplayMainTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / info->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  std::string Path(const std::string& name) const {
    return (folder_ / name).string();
  }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return Path(name);
  }
  std::string Clean() const {
    return Write("clean.json", PairOf()
                                   .Turn()
                                   .Activity("second")
                                   .ActivityCompleted()
                                   .Turn()
                                   .Completed()
                                   .ToJson());
  }
  std::string Divergent() const {
    return Write("divergent.json",
                 PairOf().Turn().Timer().TimerFired().ToJson());
  }
  std::string Incomplete() const {  // its second turn records no output
    return Write("incomplete.json", PairOf().Turn().ToJson());
  }
  std::string NotJudged() const {
    return Write("not_judged.json", HistoryBuilder("Nobody's").Turn().ToJson());
  }
  std::string Unreadable() const {
    return Write("unreadable.json", "{\"events\": [");
  }

  fs::path folder_;
};

// --- Verdicts and exit codes -------------------------------------------------

TEST_F(ReplayMainTest, RecordedHistoriesAreClean) {
  const Ran ran = RunLine({"replay", kGoLoop, kJavaLoop});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, std::string(kGoLoop) +
                         ": clean (Loop, 999 events, 164 turns, go rules)\n" +
                         kJavaLoop +
                         ": clean (Loop, 991 events, 164 turns, java rules)\n"
                         "2 clean\n");
  EXPECT_EQ(ran.err, "");
}

TEST_F(ReplayMainTest, ADivergenceIsOne) {
  const Ran ran = RunLine({"replay", kGoLoop}, Careless());
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, StartsWith(std::string(kGoLoop) + ": divergent (Loop"));
  EXPECT_THAT(ran.out, HasSubstr("activity_type=\"audit\""));
  EXPECT_THAT(ran.out, HasSubstr("replay_main_test.cc:"));
  EXPECT_THAT(ran.out, EndsWith("\n1 divergent\n"));
}

TEST_F(ReplayMainTest, AFailureIsOne) {
  const std::string file =
      Write("throws.json", HistoryBuilder("Throws").Turn().ToJson());
  const Ran ran = RunLine({"replay", file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("a bug"), EndsWith("\n1 failed\n")));
}

TEST_F(ReplayMainTest, UnreadableInputIsTwo) {
  for (const std::string& path :
       {Unreadable(), Path("absent.json"), Write("empty.json", ""),
        Write("none.json", "{\"events\": []}")}) {
    const Ran ran = RunLine({"replay", path});
    EXPECT_EQ(ran.code, 2) << path;
    EXPECT_THAT(ran.out, AllOf(StartsWith(path + ": unreadable\n"),
                               EndsWith("\n1 unreadable\n")));
  }
  EXPECT_THAT(RunLine({"replay", Path("absent.json")}).out,
              HasSubstr("absent.json: no such file or folder"));
}

TEST_F(ReplayMainTest, AFolderIsItsHistories) {
  const Ran empty = RunLine({"replay", folder_.string()});
  EXPECT_EQ(empty.code, 3);
  EXPECT_THAT(empty.out, HasSubstr("in this folder"));
  for (const char* command : {"coverage", "reset-points"}) {
    EXPECT_EQ(RunLine({command, folder_.string()}).code, 3) << command;
  }
  EXPECT_EQ(RunLine({"scrub", "--prove", folder_.string()}).code, 3);

  // A broken file ends neither the files before it nor those behind it.
  Clean();
  fs::create_directories(folder_ / "below");
  Write("below/broken.json", "[1]");
  fs::copy_file(Clean(), folder_ / "z.json");
  Write("read-me.txt", "no history");
  const Ran ran = RunLine({"replay", folder_.string()});
  EXPECT_EQ(ran.code, 2);
  const std::size_t broken = ran.out.find(Path("below/broken.json: unread"));
  const std::size_t clean = ran.out.find(Path("clean.json: clean"));
  const std::size_t last = ran.out.find(Path("z.json: clean"));
  EXPECT_TRUE(broken < clean && clean < last && last < ran.out.size())
      << ran.out;
  EXPECT_THAT(ran.out, EndsWith("\n2 clean, 1 unreadable\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("read-me")));
}

TEST_F(ReplayMainTest, NothingToJudgeIsThree) {
  const Ran unknown = RunLine({"replay", kGoOrder});
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.out,
              AllOf(HasSubstr("not judged (Order"), HasSubstr("\"Order\""),
                    EndsWith("\n1 not judged\n")));
  for (const char* command : {"coverage", "reset-points"}) {
    for (const std::string& silent : {std::string(kGoOrder), Incomplete()}) {
      const Ran ran = RunLine({command, silent});
      EXPECT_EQ(ran.code, 3) << command;
      EXPECT_THAT(ran.err, HasSubstr(silent));
    }
  }
}

TEST_F(ReplayMainTest, IncompleteIsThree) {
  const Ran ran = RunLine({"replay", Incomplete()});
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(ran.out, AllOf(HasSubstr(": incomplete (Pair"),
                             HasSubstr("not in this history: ScheduleActivity("
                                       "activity_type=\"second\")"),
                             EndsWith("\n1 incomplete\n")));
}

TEST_F(ReplayMainTest, OneWinsOverTwoAndTwoOverThree) {
  const std::vector<std::pair<std::string, int>> by_strength = {
      {Divergent(), 1}, {Unreadable(), 2}, {Incomplete(), 3}, {Clean(), 0}};
  for (std::size_t strong = 0; strong < by_strength.size(); ++strong) {
    for (std::size_t weak = strong; weak < by_strength.size(); ++weak) {
      const auto& [path, code] = by_strength[strong];
      const std::string& other = by_strength[weak].first;
      EXPECT_EQ(RunLine({"replay", path, other}).code, code) << path << other;
      EXPECT_EQ(RunLine({"replay", other, path}).code, code) << other << path;
    }
  }
  EXPECT_EQ(RunLine({"replay", NotJudged(), Unreadable()}).code, 2);
  const Ran all = RunLine({"replay", Clean(), Divergent(), Incomplete(),
                           NotJudged(), Unreadable()});
  EXPECT_EQ(all.code, 1);
  EXPECT_THAT(all.out, EndsWith("\n1 clean, 1 divergent, 1 incomplete, "
                                "1 not judged, 1 unreadable\n"));
}

// --- Options -----------------------------------------------------------------

TEST_F(ReplayMainTest, JsonOnStandardOutputIsAllThereIs) {
  const Ran ran = RunLine({"replay", "--json", "-", Clean(), Divergent()});
  EXPECT_EQ(ran.code, 1);
  const json reports = json::parse(ran.out);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0]["verdict"], "clean");
  EXPECT_EQ(reports[0]["source"], Path("clean.json"));
  EXPECT_FALSE(reports[0].contains("error"));
  EXPECT_EQ(reports[1]["verdict"], "divergent");
  EXPECT_EQ(reports[1]["divergence"]["event_id"], 11);
  EXPECT_THAT(reports[1]["divergence"]["history"].get<std::string>(),
              HasSubstr("TimerStarted"));
}

TEST_F(ReplayMainTest, JsonGoesToAFile) {
  const std::string file = Path("reports.json.out");
  const Ran ran = RunLine({"replay", Clean(), "--json", file});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, "");
  const json reports = json::parse(FileText(file));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0]["turns"], 3);
}

// Whoever asked for a file and gets none still sees what was found.
TEST_F(ReplayMainTest, AFileThatCannotBeWrittenHidesNoVerdict) {
  const std::string file = Path("clean.json/reports.json");
  const std::vector<std::pair<std::string, int>> cases = {
      {Clean(), 2}, {Divergent(), 1}, {Unreadable(), 2}, {Incomplete(), 2}};
  for (const auto& [path, code] : cases) {
    const Ran ran = RunLine({"replay", path, "--json", file});
    EXPECT_EQ(ran.code, code) << path;
    EXPECT_EQ(ran.err, "--json " + Path("clean.json") +
                           ": cannot be made: Not a directory\n");
    EXPECT_EQ(ran.out, RunLine({"replay", path}).out);
  }
}

// Half a report would pass for one.
TEST_F(ReplayMainTest, AFullDiskLeavesNoPartOfAReport) {
  const std::string history = Clean();
  const std::string page = Path("page.html");
  const auto files = std::distance(fs::directory_iterator(folder_), {});
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto on_signal = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  const Ran ran = RunLine({"replay", history, "--html", page});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, on_signal);
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, AllOf(StartsWith("--html " + page),
                             HasSubstr("cannot be written: File too large")));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), files);
  EXPECT_EQ(RunLine({"replay", history, "--html", page}).code, 0);
  EXPECT_GT(fs::file_size(page), 4096u);
}

TEST_F(ReplayMainTest, UntilEventJudgesThePrefix) {
  const auto run = [](std::string until) {
    return RunLine({"replay", kGoLoop, "--until-event", until}, Careless());
  };
  const Ran before = run("26");
  EXPECT_EQ(before.code, 0);
  EXPECT_THAT(before.out, HasSubstr("clean (Loop, 26 events, 3 turns"));
  EXPECT_EQ(run("999").code, 1);
  for (const char* wrong : {"0", "-1", "soon"}) {
    EXPECT_EQ(run(wrong).code, 2) << wrong;
    EXPECT_THAT(run(wrong).err, HasSubstr("--until-event")) << wrong;
  }
}

TEST_F(ReplayMainTest, ValidateChecksWhatNobodyReads) {
  std::string text = FileText(Clean());
  const std::string_view type = "\"activityType\":{";
  text.insert(text.find(type), "\"heartbeatTimeout\":\"soon\",");
  const std::string file = Write("unread.json", text);
  EXPECT_EQ(RunLine({"replay", file}).code, 0);
  const Ran ran = RunLine({"replay", "--validate", file});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, HasSubstr("unreadable"));
}

TEST_F(ReplayMainTest, ProfileChoosesTheRules) {
  // Go compares the last segment of a type; our own rules all of it.
  const std::string file = Write("prefixed.json", HistoryBuilder("Pair")
                                                      .Turn()
                                                      .Activity("main.first")
                                                      .ActivityCompleted()
                                                      .ToJson());
  EXPECT_EQ(RunLine({"replay", file}).code, 1);
  const Ran go = RunLine({"replay", file, "--profile", "go"});
  EXPECT_EQ(go.code, 0) << go.out;
  EXPECT_THAT(go.out, HasSubstr("go rules"));
  const Ran wrong = RunLine({"replay", file, "--profile", "cobol"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(
      wrong.err,
      HasSubstr(
          "--profile: cobol: no such profile; there are cohort, go, java, "
          "python, typescript, dotnet, ruby, cadence\n"));
}

TEST_F(ReplayMainTest, StrictChoosesWhereToFindMoreThanTheSdk) {
  // Go's replayer does not look at the turn before the last task's start.
  const std::string file = Write(
      "tail.json",
      PairOf("temporal-go").Turn().Activity("other").StartedTask().ToJson());
  const std::vector<std::pair<std::string, int>> cases = {
      {"all", 1},
      {"sdk", 0},
      {"go-tail-started", 1},
      {"extra-command,go-tail-started", 1},
      {"extra-command", 0},
      {"extra-command,go-close-unchecked", 0}};
  for (const auto& [level, code] : cases) {
    const Ran ran = RunLine({"replay", file, "--strict=" + level});
    EXPECT_EQ(ran.code, code) << level << "\n" << ran.out;
  }
  EXPECT_EQ(RunLine({"replay", file}).out,
            RunLine({"replay", file, "--strict=all"}).out);
  EXPECT_THAT(RunLine({"replay", file}).out,
              HasSubstr("strict rule: go-tail-started"));
  for (const char* wrong : {"most", "go-tail-started,", "all,sdk", ""}) {
    const Ran ran = RunLine({"replay", file, std::string("--strict=") + wrong});
    EXPECT_EQ(ran.code, 2) << wrong;
    EXPECT_THAT(ran.err, HasSubstr("--strict"));
  }
  EXPECT_THAT(
      RunLine({"replay", file, "--strict=most"}).err,
      HasSubstr("--strict: most: no such level; there are all, values, sdk, or "
                "rules with commas between them: extra-command "
                "go-tail-started go-close-unchecked core-types-unchecked "
                "inputs timer-durations results\n"));
}

// --- Sources -----------------------------------------------------------------

// At "two": a history, and one that cannot be fetched. At "odd": one with a
// value that nobody reads.
class MadeSource : public HistorySource {
 public:
  std::string_view scheme() const override { return "made"; }
  absl::Status List(std::string_view location,
                    absl::FunctionRef<absl::Status(RunListing)> use) override {
    RunListing run;
    if (location == "odd") {
      run.name = "odd/one";
      return use(run);
    }
    if (location != "two") return NotFound("{}: no such table", location);
    run.name = "two/good";
    COHORT_RETURN_IF_ERROR(use(run));
    run.name = "two/lost";
    return use(run);
  }
  absl::StatusOr<History> Fetch(std::string_view name) override {
    fetched_in = getpid();
    if (name == "two/lost") return Internal("{}: the page is gone", name);
    if (name == "two/good") return PairOf().Build();
    std::string text = PairOf().ToJson();
    const std::string_view type = "\"activityType\":{";
    text.insert(text.find(type), "\"heartbeatTimeout\":\"soon\",");
    return History::FromJson(std::move(text));
  }

  pid_t fetched_in = 0;
};

TEST_F(ReplayMainTest, OwnSourcesAnswerForTheirScheme) {
  HistorySources sources;
  sources.push_back(std::make_unique<MadeSource>());
  const Ran two = RunLine({"replay", "made:two"}, Good(), sources);
  EXPECT_EQ(two.code, 2);
  EXPECT_THAT(two.out, AllOf(HasSubstr("clean (Pair, 7 events"),
                             HasSubstr("two/lost: unreadable\n"
                                       "two/lost: the page is gone"),
                             EndsWith("\n1 clean, 1 unreadable\n")));
  const Ran three = RunLine({"replay", "made:three"}, Good(), sources);
  EXPECT_EQ(three.code, 2);
  EXPECT_THAT(three.out, HasSubstr("three: no such table"));
  // Another scheme is none: it is a file's name.
  const Ran file = RunLine({"replay", "lost:two"}, Good(), sources);
  EXPECT_THAT(file.out, HasSubstr("lost:two: no such file or folder"));
}

// A source's connections and threads are not kept by a fork.
TEST_F(ReplayMainTest, IsolatedCodeIsHandedWhatTheSourceFetched) {
  auto source = std::make_unique<MadeSource>();
  const MadeSource& made = *source;
  HistorySources sources;
  sources.push_back(std::move(source));
  const Ran two = RunLine({"replay", "made:two", "--isolate"}, Good(), sources);
  EXPECT_THAT(two.out, EndsWith("\n1 clean, 1 unreadable\n"));
  EXPECT_EQ(made.fetched_in, getpid());
}

TEST_F(ReplayMainTest, ValidateChecksWhatASourceHandsOut) {
  HistorySources sources;
  sources.push_back(std::make_unique<MadeSource>());
  EXPECT_EQ(RunLine({"replay", "made:odd"}, Good(), sources).code, 0);
  const Ran ran =
      RunLine({"replay", "--validate", "made:odd"}, Good(), sources);
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, HasSubstr("odd/one: unreadable"));
}

// --- The rest of the line ----------------------------------------------------

TEST_F(ReplayMainTest, ChangesAreThoseThatWorkflowsDeclare) {
  EXPECT_EQ(RunLine({"changes"}).out,
            "Loop  step  [-1, 1]\nLoop  other  [2, 5]\nPair  pair  [1, 1]\n");
  const Ran ran = RunLine({"changes", "--json", "-"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(json::parse(ran.out), json::parse(R"([
    {"workflow_type": "Loop", "change_id": "step", "min": -1, "max": 1},
    {"workflow_type": "Loop", "change_id": "other", "min": 2, "max": 5},
    {"workflow_type": "Pair", "change_id": "pair", "min": 1, "max": 1}])"));
  EXPECT_EQ(RunLine({"changes", "--json", Path("changes.json")}).out, "");
  EXPECT_EQ(FileText(Path("changes.json")), ran.out);
  EXPECT_EQ(RunLine({"changes", "--json", Path("changes.json/more.json")}).code,
            2);
}

TEST_F(ReplayMainTest, HelpSaysAllThereIs) {
  const Ran help = RunLine({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("Exit codes: 0 clean, 1 divergence"),
                              HasSubstr("replay"), HasSubstr("changes")));
  const Ran replay = RunLine({"replay", "--help"});
  EXPECT_EQ(replay.code, 0);
  for (const char* option : {"PATH", "--json", "--until-event", "--profile",
                             "--strict", "--validate"}) {
    EXPECT_THAT(replay.out, HasSubstr(option));
  }
  for (const StrictRow& row : kStrictRules) {
    EXPECT_THAT(replay.out, HasSubstr(std::string(row.name)));
  }
  for (const Profile& profile : kProfiles) {
    EXPECT_THAT(replay.out, HasSubstr(std::string(profile.name)));
  }
  const Ran version = RunLine({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out, std::string(kSdkVersion) + "\n");
}

TEST_F(ReplayMainTest, WrongUsageIsTwo) {
  const std::vector<std::vector<std::string>> lines = {
      {},
      {"replay"},
      {"rewind"},
      {"replay", "--loud", kGoLoop},
      {"replay", kGoLoop, "--json"},
      {"changes", "PATH"}};
  for (const std::vector<std::string>& line : lines) {
    const Ran ran = RunLine(line);
    EXPECT_EQ(ran.code, 2) << testing::PrintToString(line);
    EXPECT_EQ(ran.out, "") << testing::PrintToString(line);
    EXPECT_NE(ran.err, "") << testing::PrintToString(line);
  }
  EXPECT_THAT(RunLine({"replay", "--loud", kGoLoop}).err, HasSubstr("--loud"));
}

TEST_F(ReplayMainTest, AWrongRegistryIsTwo) {
  Registry registry;
  registry.Workflow("Pair", Pair).Workflow("Pair", Pair);
  const Ran ran = RunLine({"replay", kGoLoop}, registry);
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err,
            "the registry is wrong: workflow Pair is registered twice\n");
}

TEST_F(ReplayMainTest, WithoutStreamsItIsTheProcesss) {
  const char* argv[] = {"pair_replay", "changes", "--what"};
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(ReplayMain(2, argv, Good(), {}), 0);
  EXPECT_EQ(ReplayMain(3, argv, Good(), {}), 2);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), RunLine({"changes"}).out);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("--what"));
}

}  // namespace
}  // namespace cohort
