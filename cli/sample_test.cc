#include "cohort/cli/sample.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/corpus/history_file.h"
#include "cohort/corpus/whole_file.h"
#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/replay_main.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class SampleTest : public ::testing::Test {
 protected:
  SampleTest() : root_(::testing::TempDir() + "/sample") {
    fs::remove_all(root_);
    fs::create_directories(fleet());
    for (int i = 0; i < 60; ++i) {
      const std::string run_id = "run-" + std::to_string(i);
      HistoryBuilder b(RunStart{.workflow_type = "Order", .run_id = run_id});
      b.Turn().Version("Step1", 1 + i % 2);
      for (int s = 0; s < i % 3; ++s) b.Signal("go");
      b.Turn().Activity("charge");
      b.ActivityCompleted({JsonPayload(std::to_string(i))});
      Put(run_id, b.Build());
    }
    Put("refund",
        HistoryBuilder(RunStart{.workflow_type = "Refund", .run_id = "refund"})
            .Turn()
            .Completed()
            .Build());
  }
  std::string fleet() const { return root_ + "/fleet"; }
  std::string corpus() const { return root_ + "/corpus"; }

  // With its row in the listing.
  void Put(const std::string& run_id, const History& history) {
    std::ofstream(fleet() + "/" + run_id + ".json") << WriteHistory(history);
    const RunListing run = ListingOf(*FactsOf(history), "");
    nlohmann::json row = {
        {"execution", {{"workflowId", "w"}, {"runId", run_id}}},
        {"type", {{"name", run.workflow_type}}},
        {"status", run.status == RunStatus::kOpen ? "Running" : "Completed"},
        {"startTime", "2026-01-01T00:00:00Z"},
        {"historyLength", run.events}};
    row["searchAttributes"]["indexedFields"]["TemporalChangeVersion"] =
        *run.change_versions;
    rows_.push_back(row);
  }
  std::string Listing() {
    const std::string path = root_ + "/fleet/list.json";
    std::ofstream(path) << rows_.dump();
    return path;
  }
  SampleArgs Args() {
    SampleArgs args;
    args.from = fleet();
    args.into = corpus();
    args.at = "2026-02-01";
    return args;
  }
  SampleReport Take(const SampleArgs& args) {
    auto report = TakeSample(args);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *std::move(report) : SampleReport();
  }
  std::string ErrorOf(const SampleArgs& args) {
    return std::string(TakeSample(args).status().message());
  }
  std::size_t Files() {
    const auto files = ListHistoryFiles(corpus());
    return files.ok() ? files->size() : 0;
  }

  std::string root_;
  nlohmann::json rows_ = nlohmann::json::array();
};

TEST_F(SampleTest, OfAListing) {
  SampleArgs args = Args();
  args.from = Listing();
  args.budget = 40;
  const SampleReport report = Take(args);
  EXPECT_EQ(report.round.listed, 61);
  EXPECT_EQ(report.proof.population, 61);
  EXPECT_EQ(report.proof.stored, 40);
  EXPECT_EQ(report.round.seed, 1u);
  EXPECT_EQ(report.round.alpha, 0.05);
  EXPECT_EQ(Files(), 40u);
  const std::string text = SampleText(report);
  EXPECT_THAT(text, HasSubstr("population  61 runs in 3 strata, of 61 listed "
                              "in dump:"));
  EXPECT_THAT(text, HasSubstr("Order, open, Step1-1, "));
  EXPECT_THAT(text, HasSubstr("If each of the 40 stored histories replays "
                              "clean:\n"));
  EXPECT_THAT(text, HasSubstr("sampled runs break; with 95 % confidence at "
                              "most "));
  EXPECT_THAT(text, HasSubstr("A sample never proves that no run breaks."));
  EXPECT_THAT(text, Not(HasSubstr("safe")));
}

TEST_F(SampleTest, AsJson) {
  SampleArgs args = Args();
  args.from = Listing();
  args.budget = 40;
  const SampleReport report = Take(args);
  const nlohmann::ordered_json json = SampleJson(report);
  EXPECT_EQ(json["population"], 61);
  EXPECT_EQ(json["stored"], 40);
  EXPECT_EQ(json["runs"].size(), 40u);
  EXPECT_EQ(json["strata"].size(), report.proof.strata.size());
  EXPECT_EQ(json["if_clean"]["others_broken_at_most"],
            report.proof.others_broken_at_most);
  EXPECT_EQ(json["if_clean"]["drawn"]["broken"], 0);
  std::int64_t runs = 0;
  for (const auto& stratum : json["strata"]) {
    runs += stratum["runs"].get<std::int64_t>();
  }
  EXPECT_EQ(runs, 61);
  for (const auto& run : json["runs"]) {
    EXPECT_EQ(run["state"], "stored");
    EXPECT_TRUE(fs::exists(run["file"].get<std::string>()));
  }
}

TEST_F(SampleTest, OfAFolderAndOfACorpus) {
  SampleArgs args = Args();
  args.budget = 1000;
  EXPECT_EQ(Take(args).proof.population, 61);
  EXPECT_EQ(Files(), 61u);
  SampleArgs smaller = Args();
  smaller.from = "corpus:" + corpus();
  smaller.into = root_ + "/smaller";
  smaller.keep = "one-each-shape";
  const SampleReport report = Take(smaller);
  EXPECT_EQ(report.proof.population, 61);
  EXPECT_EQ(report.proof.stored, 7);
  EXPECT_THAT(SampleText(report), HasSubstr("54 runs chosen but not judged"));
}

TEST_F(SampleTest, Filters) {
  SampleArgs args = Args();
  args.from = Listing();
  args.types = {"Order", "Audit"};
  args.query = "TemporalChangeVersion = 'Step1-2'";
  EXPECT_EQ(Take(args).proof.population, 30);
  args.started_after = "2026-01-02";
  EXPECT_EQ(Take(args).proof.population, 0);
  args.started_after = "2026-01-01";
  args.started_before = "2026-01-01T00:00:00Z";
  EXPECT_EQ(Take(args).proof.population, 0);
}

TEST_F(SampleTest, AnEmptyPopulationMakesNoCorpus) {
  SampleArgs args = Args();
  args.types = {"Absent"};
  const SampleReport report = Take(args);
  EXPECT_EQ(report.proof.population, 0);
  EXPECT_EQ(report.round.listed, 61);
  EXPECT_FALSE(fs::exists(corpus()));
}

TEST_F(SampleTest, TheSameCallDrawsTheSameRuns) {
  SampleArgs args = Args();
  args.from = Listing();
  args.budget = 40;
  const SampleReport first = Take(args);
  const SampleReport again = Take(args);
  EXPECT_FALSE(again.resumed);
  EXPECT_EQ(again.round.round, 2);
  EXPECT_EQ(again.round.alpha, 0.05);
  ASSERT_EQ(again.round.runs.size(), first.round.runs.size());
  for (std::size_t i = 0; i < first.round.runs.size(); ++i) {
    EXPECT_EQ(again.round.runs[i].run.id, first.round.runs[i].run.id);
  }
  EXPECT_EQ(Files(), 40u);
}

TEST_F(SampleTest, UntilRiskSpendsAlphaOverItsRounds) {
  SampleArgs args = Args();
  args.from = Listing();
  args.until_risk = "20%";
  const SampleReport first = Take(args);
  EXPECT_EQ(first.round.alpha, 0.025);
  EXPECT_TRUE(first.round.risk_met);
  EXPECT_LE(first.proof.risk(), 0.2);
  EXPECT_LT(first.proof.stored, 61);
  EXPECT_THAT(SampleText(first), HasSubstr("97.5 % confidence"));
  EXPECT_THAT(SampleText(first), HasSubstr("a share of 20% is met"));
  const SampleReport second = Take(args);
  EXPECT_EQ(second.round.round, 2);
  EXPECT_DOUBLE_EQ(second.round.alpha, 0.05 / 6);
  args.budget = 35;
  args.until_risk = "0.01";
  EXPECT_THAT(SampleText(Take(args)), HasSubstr("not met with this budget"));
}

Task<void> ChargedAtOnce(Context& ctx) {
  co_await ctx.Activity<void>("charge");
}
Task<void> Refunded(Context&) { co_return; }

TEST_F(SampleTest, AReplayOfTheCorpusSaysWhatItProves) {
  SampleArgs args = Args();
  args.from = Listing();
  args.budget = 40;
  const SampleReport report = Take(args);
  Registry registry;
  registry.Workflow("Order", ChargedAtOnce).Workflow("Refund", Refunded);
  const std::string html = root_ + "/replay.html";
  const std::string into = corpus();
  const std::vector<const char*> argv = {"orders", "replay", into.c_str(),
                                         "--html", html.c_str()};
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(ReplayMain(static_cast<int>(argv.size()), argv.data(), registry, {},
                       out, err),
            1);
  // All drawn runs are orders, and break; the certain ones stand apart.
  EXPECT_THAT(out.str(), HasSubstr("35 of 35 sampled runs break; with 95 % "
                                   "confidence at most 56 of 56"))
      << err.str();
  std::ifstream in(html);
  const std::string page(std::istreambuf_iterator<char>(in), {});
  EXPECT_THAT(page, HasSubstr("35 of 35 sampled runs break"));
  EXPECT_THAT(page, HasSubstr("Order, open, Step1-1, "));
}

TEST_F(SampleTest, AMissingHistoryIsAProblemOfItsRun) {
  const std::string file = fleet() + "/run-7.json";
  fs::rename(file, root_ + "/elsewhere");
  SampleArgs args = Args();
  args.from = Listing();
  const SampleReport report = Take(args);
  EXPECT_EQ(report.proof.stored, 60);
  int missing = 0;
  for (const RoundRun& r : report.round.runs) {
    if (r.run.state != FetchState::kMissing) continue;
    ++missing;
    EXPECT_EQ(r.run.listing.run_id, "run-7");
    EXPECT_THAT(r.run.problem, HasSubstr("temporal workflow show --run-id "
                                         "run-7"));
  }
  EXPECT_EQ(missing, 1);
  EXPECT_THAT(SampleText(report), HasSubstr("1 run chosen but not judged"));
  // The same call goes on with the same sample, and spends nothing.
  fs::rename(root_ + "/elsewhere", file);
  const SampleReport whole = Take(args);
  EXPECT_TRUE(whole.resumed);
  EXPECT_EQ(whole.round.round, 1);
  EXPECT_EQ(whole.proof.stored, 61);
}

TEST_F(SampleTest, GoesOnWithAnInterruptedRound) {
  SampleArgs args = Args();
  args.from = Listing();
  // The folder for one of the histories cannot be made: as good as no disk.
  const History history = *ReadHistoryFile(fleet() + "/run-9.json");
  const std::string sha256 = Sha256Hex(WriteHistory(history));
  fs::create_directories(corpus() + "/histories");
  const std::string in_the_way = corpus() + "/histories/" + sha256.substr(0, 2);
  std::ofstream(in_the_way) << "x";
  EXPECT_THAT(ErrorOf(args), HasSubstr(in_the_way));
  const std::size_t stored = Files();
  EXPECT_LT(stored, 61u);
  fs::remove(in_the_way);
  // The listing is not read again.
  rows_.clear();
  Listing();
  const SampleReport report = Take(args);
  EXPECT_TRUE(report.resumed);
  EXPECT_EQ(report.round.round, 1);
  EXPECT_EQ(report.proof.stored, 61);
  EXPECT_THAT(SampleText(report), HasSubstr("(gone on with)"));
}

TEST_F(SampleTest, ManyStrataAreShownInPart) {
  for (int i = 0; i < 30; ++i) {
    Put("type-" + std::to_string(i),
        HistoryBuilder("Type" + std::to_string(i)).Turn().Build());
  }
  SampleArgs args = Args();
  args.from = Listing();
  args.budget = 20;
  const SampleReport report = Take(args);
  EXPECT_THAT(SampleText(report), HasSubstr("13 more strata; --json has all"));
  EXPECT_THAT(SampleText(report), HasSubstr("the budget is too small"));
}

TEST_F(SampleTest, UnreadableFilesOfAFolderAreSaid) {
  std::ofstream(fleet() + "/bad.json") << "{";
  const SampleReport report = Take(Args());
  EXPECT_EQ(report.proof.population, 61);
  ASSERT_EQ(report.unreadable.size(), 1u);
  EXPECT_THAT(report.unreadable[0], HasSubstr("bad.json"));
}

TEST_F(SampleTest, RefusesWhatHasNoSense) {
  const auto with = [&](auto change) {
    SampleArgs args = Args();
    change(args);
    return ErrorOf(args);
  };
  EXPECT_THAT(with([](auto& a) { a.until_risk = "often"; }),
              HasSubstr("--until-risk often: no share"));
  EXPECT_THAT(with([](auto& a) { a.until_risk = "120%"; }),
              HasSubstr("a risk of 1.2"));
  EXPECT_THAT(with([](auto& a) { a.keep = "all"; }),
              HasSubstr("--keep all: has to be each or one-each-shape"));
  EXPECT_THAT(with([](auto& a) { a.started_after = "yesterday"; }),
              HasSubstr("--started-after yesterday: no time"));
  EXPECT_THAT(with([](auto& a) { a.query = "Type = 1"; }),
              HasSubstr("query, position 1"));
  EXPECT_THAT(with([](auto& a) { a.from = "absent"; }),
              HasSubstr("--from absent: no such file"));
  EXPECT_THAT(with([](auto& a) { a.budget = -1; }),
              HasSubstr("a budget of -1"));
}

}  // namespace
}  // namespace cohort
