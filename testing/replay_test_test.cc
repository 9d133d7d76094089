// Does a failing replay fail the test that asks for it, and does it say why?
#include "cohort/testing/replay_test.h"

#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "cohort/corpus/history_file.h"
#include "cohort/testing/history_builder.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

namespace fs = std::filesystem;
using cohort::Context;
using cohort::History;
using cohort::HistoryBuilder;
using cohort::Registry;
using cohort::Task;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Task<void> Pair(Context& ctx) {
  co_await ctx.Activity<void>("first");
  co_await ctx.Activity<void>("second");
}

Task<void> One(Context& ctx) { co_await ctx.Activity<void>("first"); }

template <typename F>
Registry Of(F workflow) {
  Registry registry;
  registry.Workflow("Pair", workflow);
  return registry;
}

// Its second activity is event 11.
HistoryBuilder PairHistory(std::string second) {
  HistoryBuilder b("Pair");
  b.Turn().Activity("first").ActivityCompleted().Turn();
  b.Activity(std::move(second)).ActivityCompleted().Turn().Completed();
  return b;
}

std::string WriteTo(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

// --- Matchers ----------------------------------------------------------------

Task<void> Guarded(Context& ctx) {
  const int version =
      cohort::GetVersion(ctx, "second", cohort::kDefaultVersion, 1);
  co_await ctx.Activity<void>("first");
  co_await ctx.Activity<void>(version == 1 ? "third" : "second");
}

TEST(Matchers, CoversEveryBranchNamesTheOneWithoutAHistory) {
  Registry registry;
  registry.Workflow("Pair", Guarded, {{"second", cohort::kDefaultVersion, 1}});
  const fs::path folder = fs::path(testing::TempDir()) / "branches";
  fs::remove_all(folder);
  WriteTo(folder / "old.json", PairHistory("second").ToJson());
  EXPECT_THAT(folder.string(), Not(CoversEveryBranch(registry)));
  EXPECT_NONFATAL_FAILURE(
      EXPECT_THAT(folder.string(), CoversEveryBranch(registry)),
      "of \"second\" in Pair");
  HistoryBuilder b("Pair");
  b.Turn().Version("second", 1).Activity("first").ActivityCompleted().Turn();
  b.Activity("third").ActivityCompleted().Turn().Completed();
  WriteTo(folder / "new.json", b.ToJson());
  EXPECT_THAT(folder.string(), CoversEveryBranch(registry));
  WriteTo(folder / "bad.json", "{");
  EXPECT_THAT(folder.string(), Not(CoversEveryBranch(registry)));
}

TEST(Matchers, AnEmptyCorpusCoversNothing) {
  const Registry registry = Of(Pair);
  EXPECT_THAT(std::string("no/such/corpus"), Not(CoversEveryBranch(registry)));
}

TEST(ReplaysCleanlyTest, TakesHistoriesAndPaths) {
  const Registry registry = Of(Pair);
  const HistoryBuilder good = PairHistory("second");
  EXPECT_THAT(good.Build(), ReplaysCleanly(registry));
  const std::string file =
      WriteTo(fs::path(testing::TempDir()) / "pair.json", good.ToJson());
  EXPECT_THAT(file, ReplaysCleanly(registry));
  EXPECT_THAT(file + "x", Not(ReplaysCleanly(registry)));
}

TEST(ReplaysCleanlyTest, FailsWithTheReport) {
  const Registry registry = Of(Pair);
  const History history = PairHistory("third").Build();
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(history, ReplaysCleanly(registry)),
                          "Expected: replays cleanly");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(history, ReplaysCleanly(registry)),
                          "Actual: <memory> (17 events)");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(history, ReplaysCleanly(registry)),
                          "turn 2, event 11: history has");
  EXPECT_NONFATAL_FAILURE(
      EXPECT_THAT(std::string("absent.json"), ReplaysCleanly(registry)),
      "absent.json: unreadable");
}

// Anything but clean is not clean: here the type is not registered.
TEST(ReplaysCleanlyTest, NothingToJudgeIsNotClean) {
  const History history = HistoryBuilder("Other").Turn().Build();
  const Registry registry = Of(Pair);
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(history, ReplaysCleanly(registry)),
                          "not judged");
}

TEST(ReplaysCleanlyTest, MayBeNegated) {
  const Registry registry = Of(Pair);
  EXPECT_THAT(PairHistory("third").Build(), Not(ReplaysCleanly(registry)));
  const History good = PairHistory("second").Build();
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(good, Not(ReplaysCleanly(registry))),
                          "Expected: does not replay cleanly");
}

TEST(DivergesAtTest, ComparesTheEvent) {
  const Registry registry = Of(Pair);
  const History history = PairHistory("third").Build();
  EXPECT_THAT(history, DivergesAt(registry, 11));
  EXPECT_THAT(history, Not(DivergesAt(registry, 12)));
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(history, DivergesAt(registry, 12)),
                          "Expected: diverges at event 12");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(history, DivergesAt(registry, 12)),
                          "turn 2, event 11: history has");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(history, Not(DivergesAt(registry, 11))),
                          "Expected: does not diverge at event 11");
}

TEST(DivergesAtTest, ZeroIsACommandThatHistoryDoesNotHave) {
  const Registry registry = Of(Pair);
  HistoryBuilder b("Pair");
  b.Turn().Activity("first").ActivityCompleted().Turn().Signal("more").Turn();
  EXPECT_THAT(b.Build(), DivergesAt(registry, 0));
  EXPECT_THAT(PairHistory("third").Build(), Not(DivergesAt(registry, 0)));
}

TEST(DivergesAtTest, ACleanHistoryDivergesNowhere) {
  const Registry registry = Of(Pair);
  const History good = PairHistory("second").Build();
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(good, DivergesAt(registry, 11)),
                          "<memory>: clean (Pair");
  EXPECT_THAT(good, Not(DivergesAt(registry, 0)));
  EXPECT_THAT(good, Not(ReplaysCleanly(Of(One))));
}

// --- Corpora -----------------------------------------------------------------

struct Ran {
  bool passed = false;
  std::string out;
};

class CorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / "corpora";
    fs::remove_all(root_);
    WriteTo(root_ / "good/o-1.json", PairHistory("second").ToJson());
    WriteTo(root_ / "good/eu/o+1.json", PairHistory("second").ToJson());
    WriteTo(root_ / "good/eu/o-1.json", PairHistory("second").ToJson());
    WriteTo(root_ / "good/note.txt", "no history");
    WriteTo(root_ / "packed/o-2.json.zst",
            cohort::PackedZstd(PairHistory("second").ToJson(), 1));
    WriteTo(root_ / "mixed/bad.json", PairHistory("third").ToJson());
    WriteTo(root_ / "mixed/fine.json", PairHistory("second").ToJson());
    fs::create_directories(root_ / "empty");
  }

  Ran Run(const std::string& flags) const {
    // Without what Bazel and GoogleTest say to this test.
    const std::string command = "env -i SAMPLE_CORPORA=" + root_.string() +
                                " testing/replay_corpus_sample " + flags +
                                " 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return {};
    Ran ran;
    for (int c; (c = std::fgetc(pipe)) != EOF;) {
      ran.out += static_cast<char>(c);
    }
    const int status = pclose(pipe);
    ran.passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) <= 1) << ran.out;
    return ran;
  }

  fs::path root_;
};

TEST_F(CorpusTest, IsOneTestPerHistoryNamedAfterIt) {
  const Ran all = Run("--gtest_list_tests");
  EXPECT_THAT(all.out, HasSubstr("Corpus/Good.\n"
                                 "  ReplaysCleanly/eu_o_1  # GetParam() = " +
                                 (root_ / "good/eu/o+1.json").string() +
                                 "\n"
                                 "  ReplaysCleanly/eu_o_1_2  # GetParam() = " +
                                 (root_ / "good/eu/o-1.json").string() +
                                 "\n"
                                 "  ReplaysCleanly/o_1  # GetParam() = " +
                                 (root_ / "good/o-1.json").string() +
                                 "\n"
                                 "Corpus/Mixed.\n"
                                 "  ReplaysCleanly/bad "));
  EXPECT_THAT(all.out, Not(HasSubstr("note")));
}

TEST_F(CorpusTest, PassesWhereAllAreClean) {
  const Ran ran = Run("--gtest_filter='*/Good.*'");
  EXPECT_TRUE(ran.passed) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("3 tests"));
}

TEST_F(CorpusTest, PackedHistoriesAreHistories) {
  const Ran ran = Run("--gtest_filter='*/Packed.*'");
  EXPECT_TRUE(ran.passed) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("[       OK ] Corpus/Packed.ReplaysCleanly/"
                                 "o_2"));
}

TEST_F(CorpusTest, FailsForTheHistoryThatDiverges) {
  const Ran ran = Run("--gtest_filter='*/Mixed.*'");
  EXPECT_FALSE(ran.passed);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("[       OK ] Corpus/Mixed.ReplaysCleanly/fine"),
                    HasSubstr("[  FAILED  ] Corpus/Mixed.ReplaysCleanly/bad"),
                    HasSubstr("turn 2, event 11: history has")));
}

TEST_F(CorpusTest, FailsWithoutHistories) {
  for (const std::string name : {"Empty", "Missing"}) {
    const Ran ran = Run("--gtest_filter='*/" + name + ".*'");
    EXPECT_FALSE(ran.passed) << ran.out;
    EXPECT_THAT(ran.out,
                AllOf(HasSubstr("[  FAILED  ] Corpus/" + name +
                                ".ReplaysCleanly/NoHistories"),
                      HasSubstr("no histories in " + root_.string() + "/" +
                                (name == "Empty" ? "empty" : "missing"))));
  }
}

}  // namespace
}  // namespace cohort_testing
