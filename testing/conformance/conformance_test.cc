#include "cohort/testing/conformance/conformance.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/corpus/history_file.h"
#include "cohort/testing/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using cohort::Strictness;
using ::testing::HasSubstr;

const std::string kRecorded = "testing/testdata/recorded";
const std::string kMade = "testing/testdata/made";

std::vector<Pair> PairsOf(const std::string& path) {
  auto pairs = ReadPairs(path);
  EXPECT_TRUE(pairs.ok()) << pairs.status();
  return pairs.ok() ? *pairs : std::vector<Pair>();
}

// Those of one SDK, where a table's names begin with it.
std::vector<Pair> Below(std::string_view sdk, std::vector<Pair> pairs) {
  std::erase_if(pairs, [&](const Pair& p) {
    return !p.history.starts_with(std::string(sdk) + "/");
  });
  return pairs;
}

struct Both {
  Counts all;
  Counts sdk;
};

// Judges in both modes. Nowhere may we be looser, or stricter without a rule.
Both JudgeBoth(std::string_view name, ProgramFamily family,
               const std::string& folder, const std::vector<Pair>& pairs) {
  Both both;
  for (const bool strict : {true, false}) {
    const auto judged = JudgePairs(*FindSdk(name), family, folder, pairs,
                                   {strict ? Strictness() : Strictness::Sdk()});
    EXPECT_TRUE(judged.ok()) << judged.status();
    if (!judged.ok()) return both;
    (strict ? both.all : both.sdk) = Count(*judged);
    for (const Judged& j : *judged) {
      if (j.agreement == Agreement::kAgree || j.agreement == Agreement::kQuirk)
        continue;
      EXPECT_TRUE(strict && j.agreement == Agreement::kStricter &&
                  cohort::FindStrictRule(j.rule))
          << name << (strict ? " all " : " sdk ")
          << ToTsv(std::span(&j, 1)).substr(ToTsv({}).size()) << j.finding;
    }
  }
  std::cout << name << ", all: " << Summary(both.all)
            << "\n  as the SDK: " << Summary(both.sdk) << "\n";
  return both;
}

std::string Shared() {
  const char* shared = std::getenv("COHORT_SHARED");
  return shared == nullptr ? "" : std::string(shared) + "/histories";
}

struct Expected {
  std::string_view sdk;
  Counts all;
  Counts as_sdk;
};

TEST(ConformanceTest, CommittedSample) {
  constexpr Expected kExpected[] = {
      {"go", {225, 210, 0, 0, 15}, {225, 210, 0, 0, 15}},
      {"java", {180, 171, 0, 0, 9}, {180, 171, 0, 0, 9}},
      {"python", {210, 210}, {210, 210}},
      {"typescript", {195, 195}, {195, 195}},
  };
  const auto pairs = PairsOf(kRecorded + "/verdicts.tsv");
  for (const Expected& e : kExpected) {
    const Both both =
        JudgeBoth(e.sdk, ProgramFamily::kOrder, kRecorded, Below(e.sdk, pairs));
    EXPECT_EQ(Summary(both.all), Summary(e.all));
    EXPECT_EQ(Summary(both.sdk), Summary(e.as_sdk));
  }
}

TEST(ConformanceTest, CommittedPrefixes) {
  const Both go =
      JudgeBoth("go", ProgramFamily::kPrefixes, kRecorded + "/go/Order",
                PairsOf(kRecorded + "/go/prefixes.txt"));
  EXPECT_EQ(go.all, (Counts{3765, 3552, 63, 0, 150}));
  EXPECT_EQ(go.sdk, (Counts{3765, 3615, 0, 0, 150}));
  const Both python =
      JudgeBoth("python", ProgramFamily::kPrefixes, kRecorded + "/python/Order",
                PairsOf(kRecorded + "/python/prefixes.tsv"));
  EXPECT_EQ(python.all, (Counts{1275, 1275}));
  EXPECT_EQ(python.sdk, (Counts{1275, 1275}));
}

TEST(ConformanceTest, MadeHistories) {
  const Both go = JudgeBoth("go", ProgramFamily::kMade, kMade + "/go",
                            PairsOf(kMade + "/go/verdicts.tsv"));
  EXPECT_EQ(go.all, (Counts{56, 52, 4}));
  EXPECT_EQ(go.sdk, (Counts{56, 56}));
  const Both python =
      JudgeBoth("python", ProgramFamily::kMade, kMade + "/python",
                PairsOf(kMade + "/python/verdicts.tsv"));
  EXPECT_EQ(python.all, (Counts{41, 38, 3}));
  EXPECT_EQ(python.sdk, (Counts{41, 41}));
}

TEST(ConformanceTest, AllRecordedOrders) {
  if (Shared().empty()) GTEST_SKIP() << "COHORT_SHARED is not set";
  constexpr Expected kExpected[] = {
      {"go", {1635, 1605, 0, 0, 30}, {1635, 1605, 0, 0, 30}},
      {"java", {1650, 1636, 0, 0, 14}, {1650, 1636, 0, 0, 14}},
      {"python", {1590, 1590}, {1590, 1590}},
      {"typescript", {1590, 1590}, {1590, 1590}},
  };
  for (const Expected& e : kExpected) {
    const std::string folder =
        Shared() + "/recorded/" + std::string(e.sdk) + "/Order";
    const Both both = JudgeBoth(e.sdk, ProgramFamily::kOrder, folder,
                                PairsOf(folder + "/verdicts.tsv"));
    EXPECT_EQ(both.all, e.all);
    EXPECT_EQ(both.sdk, e.as_sdk);
  }
}

TEST(ConformanceTest, AllPrefixes) {
  if (Shared().empty()) GTEST_SKIP() << "COHORT_SHARED is not set";
  const auto judge = [](const std::string& sdk, const char* table) {
    const std::string folder = Shared() + "/recorded/" + sdk + "/Order";
    return JudgeBoth(sdk, ProgramFamily::kPrefixes, folder,
                     PairsOf(folder + table));
  };
  const Both go = judge("go", "/PREFIXES.txt");
  EXPECT_EQ(go.all, (Counts{3765, 3552, 63, 0, 150}));
  EXPECT_EQ(go.sdk, (Counts{3765, 3615, 0, 0, 150}));
  const Both python = judge("python", "/PREFIXES.tsv");
  EXPECT_EQ(python.all, (Counts{6375, 6375}));
  EXPECT_EQ(python.sdk, (Counts{6375, 6375}));
}

// Long and wide runs: their own code replays them.
TEST(ConformanceTest, LoopAndFanout) {
  const std::string root =
      Shared().empty() ? kRecorded : Shared() + "/recorded";
  if (Shared().empty()) {
    std::cout << "COHORT_SHARED is not set: the committed ones only\n";
  }
  int folders = 0;
  for (const Sdk& sdk : kSdks) {
    for (const char* family : {"Loop", "Fanout"}) {
      const std::string folder =
          root + "/" + std::string(sdk.name) + "/" + family;
      if (!std::filesystem::is_directory(folder)) continue;
      ++folders;
      std::vector<Pair> pairs;
      for (const auto& file : std::filesystem::directory_iterator(folder)) {
        pairs.push_back({file.path().filename().string(), {}, "", {}});
      }
      const int count = static_cast<int>(pairs.size());
      EXPECT_GT(count, 0) << folder;
      EXPECT_EQ(JudgeBoth(sdk.name, *FindFamily(family), folder, pairs).all,
                (Counts{count, count}));
    }
  }
  EXPECT_EQ(folders, Shared().empty() ? 4 : 8);
}

// --- The program ------------------------------------------------------------

cohort::ProcessEnd RunProgram(std::vector<std::string> args) {
  args.insert(args.begin(), "testing/conformance/conformance");
  const auto end = cohort::RunProcess(args, {});
  EXPECT_TRUE(end.ok()) << end.status();
  return end.ok() ? *end : cohort::ProcessEnd{-1, ""};
}

// Of committed pairs; `table` in place of theirs.
std::vector<std::string> MadePairs(const std::string& table = "") {
  const std::string folder = kMade + "/go";
  return {"--sdk",       "go",
          "--family",    "made",
          "--strict",    "sdk",
          "--histories", folder,
          "--verdicts",  table.empty() ? folder + "/verdicts.tsv" : table};
}

TEST(ConformanceProgramTest, PrintsOneLineAndAgrees) {
  const std::string out = testing::TempDir() + "/pairs.tsv";
  std::vector<std::string> args = MadePairs();
  args.insert(args.end(), {"--out", out});
  const cohort::ProcessEnd end = RunProgram(args);
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.output, Summary(Counts{56, 56}) + "\n");
  std::ifstream in(out, std::ios::binary);
  const std::string lines((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 56 + 1);
}

// One wrong official verdict: the SDK finds what we do not.
TEST(ConformanceProgramTest, LooserIsExitCode1) {
  std::vector<Pair> pairs = PairsOf(kMade + "/go/verdicts.tsv");
  const auto ok = std::find_if(pairs.begin(), pairs.end(), [](const Pair& p) {
    return p.official == Official::kOk;
  });
  ASSERT_NE(ok, pairs.end());
  const std::string table = testing::TempDir() + "/one.tsv";
  std::ofstream(table) << ok->history << "\t" << ok->generation
                       << "\tnondeterminism\t\n";
  const cohort::ProcessEnd end = RunProgram(MadePairs(table));
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_EQ(end.output, Summary(Counts{1, 0, 0, 1}) + "\n");
}

TEST(ConformanceProgramTest, BadArgumentsAreExitCode2) {
  EXPECT_EQ(RunProgram({"--sdk", "go"}).exit_code, 2);
  EXPECT_EQ(RunProgram(MadePairs("none.tsv")).exit_code, 2);
  std::vector<std::string> args = MadePairs();
  args[1] = "cobol";
  EXPECT_EQ(RunProgram(args).exit_code, 2);
}

// --- The alarms ring --------------------------------------------------------

Judged JudgeOne(std::string_view sdk, Pair pair, Strictness strictness = {}) {
  const std::vector<Pair> pairs{std::move(pair)};
  const auto judged = JudgePairs(*FindSdk(sdk), ProgramFamily::kOrder,
                                 kRecorded, pairs, {strictness});
  EXPECT_TRUE(judged.ok()) << judged.status();
  return judged.ok() ? judged->front() : Judged();
}

TEST(AgreementTest, AWrongVerdictIsSeen) {
  const std::string plain = "go/Order/g2_plain.json";
  EXPECT_EQ(JudgeOne("go", {plain, {}, "g2", Official::kOk}).agreement,
            Agreement::kAgree);
  EXPECT_EQ(
      JudgeOne("go", {plain, {}, "g2", Official::kNondeterminism}).agreement,
      Agreement::kLooser);
  EXPECT_EQ(JudgeOne("go", {plain, {}, "g2", Official::kOtherError}).agreement,
            Agreement::kLooser);
  const Judged stricter = JudgeOne("go", {plain, {}, "g0", Official::kOk});
  EXPECT_EQ(stricter.agreement, Agreement::kStricter);
  EXPECT_EQ(Count(std::span(&stricter, 1)).unnamed, 1);
}

TEST(AgreementTest, QuirksLookAtTheHistoryAndTheOfficialError) {
  const std::string short_one = "go/Order/g0_plain_stage0.json";
  EXPECT_EQ(JudgeOne("go", {short_one, {}, "g0", Official::kOtherError}).rule,
            "go-min-3-events");
  EXPECT_EQ(JudgeOne("go", {short_one, {}, "g0", Official::kNondeterminism})
                .agreement,
            Agreement::kLooser);
  EXPECT_EQ(
      JudgeOne("java", {short_one, {}, "g0", Official::kOtherError}).agreement,
      Agreement::kLooser);
  EXPECT_EQ(
      JudgeOne("java",
               {"java/Order/g0_term3.json", {}, "g0", Official::kOtherError})
          .rule,
      "java-terminated");
}

TEST(AgreementTest, ABadNameIsAnError) {
  const auto judge = [](const char* history, const char* generation) {
    const std::vector<Pair> pairs{{history, {}, generation, {}}};
    return JudgePairs(*FindSdk("go"), ProgramFamily::kOrder, kRecorded, pairs,
                      {})
        .status()
        .code();
  };
  EXPECT_EQ(judge("go/Order/g2_plain", "g2"), absl::StatusCode::kOk);
  EXPECT_EQ(judge("go/Order/g2_plain", "g9"),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(judge("go/Order/none.json", "g2"), absl::StatusCode::kNotFound);
}

TEST(AgreementTest, APrefixIsAHistoryOfItsOwn) {
  const auto whole =
      cohort::History::FromFile(kRecorded + "/go/Order/g2_plain.json");
  ASSERT_TRUE(whole.ok());
  const auto prefix = PrefixOf(*whole, 5);
  ASSERT_TRUE(prefix.ok()) << prefix.status();
  EXPECT_EQ(prefix->events().size(), 5u);
  EXPECT_TRUE(prefix->whole());
  EXPECT_FALSE(PrefixOf(*whole, 5000).ok());
}

TEST(PairsTest, ReadsEachForm) {
  const auto read = [](const char* text) {
    std::istringstream in(text);
    const auto pairs = ReadPairs(in);
    if (!pairs.ok()) return std::string(pairs.status().message());
    std::string out;
    for (const Pair& p : *pairs) {
      out += p.history + "@" + std::to_string(p.events.value_or(0)) + " " +
             p.generation + " " + std::string(NameOf(p.official)) + "\n";
    }
    return out;
  };
  EXPECT_EQ(read("a.json\tg0\tok\t\nb.json\tg1\tnondeterminism\tx\ty\n"),
            "a.json@0 g0 ok\nb.json@0 g1 nondeterminism\n");
  EXPECT_EQ(read("history\tgeneration\tverdict\na.json\tg0\tother-error\n"),
            "a.json@0 g0 other-error\n");
  EXPECT_EQ(read("file\tevents\tgeneration\tverdict\na.json\t3\tg0\tok\n"),
            "a.json@3 g0 ok\n");
  EXPECT_EQ(read("What this is.\n== O/a\n   -sN\ng0 E.N\n"),
            "O/a@1 g0 other-error\nO/a@2 g0 ok\nO/a@3 g0 nondeterminism\n");
  EXPECT_THAT(read("a.json\tg0\tfine\n"), HasSubstr("line 1"));
  EXPECT_THAT(read("== O/a\ng0 ?\n"), HasSubstr("line 2"));
  EXPECT_THAT(read("file\tevents\tgeneration\tverdict\na.json\tmany\tg0\tok\n"),
              HasSubstr("line 2"));
}

// --- docs/strictness.md -----------------------------------------------------

TEST(DocsTest, EachStrictRuleAndQuirkIsNamed) {
  std::ifstream in("docs/strictness.md", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)),
                         std::istreambuf_iterator<char>());
  for (const cohort::StrictRow& row : cohort::kStrictRules) {
    EXPECT_THAT(text, HasSubstr("### `" + std::string(row.name) + "`"));
  }
  for (const Quirk& quirk : kQuirks) {
    EXPECT_THAT(text, HasSubstr("### `" + std::string(quirk.name) + "`"));
  }
}

}  // namespace
}  // namespace cohort_testing
