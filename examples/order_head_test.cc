#include "cohort/examples/order_head.h"

#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "cohort/examples/recorded.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replay_test.h"

namespace cohort_examples {
namespace {

using cohort::EventType;
using cohort::Family;
using cohort::History;
using cohort::ReplayReport;
using cohort::Verdict;

// What an SDK's own replayer said of one history under one generation.
struct Row {
  std::string history;  // below the root: "go/Order/g0_plain.json"
  std::string generation;
  std::string verdict;  // "ok", "nondeterminism", "other-error"
};

std::vector<Row> ReadRows(const std::string& path, const std::string& prefix) {
  std::vector<Row> rows;
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    Row row;
    std::getline(cells, row.history, '\t');
    std::getline(cells, row.generation, '\t');
    std::getline(cells, row.verdict, '\t');
    if (row.history == "history") continue;
    row.history = prefix + row.history;
    rows.push_back(std::move(row));
  }
  return rows;
}

Family FamilyOf(const std::string& history) {
  for (const RecordedSdk& sdk : kRecordedSdks) {
    if (history.starts_with(std::string(sdk.name) + "/")) return sdk.family;
  }
  return Family::kVersion;
}

// Peculiarities of single replayers, which say nothing of the code: Go's wants
// three events at least, Java's fails on a termination.
bool IsReplayersOwnError(const Row& row, const History& history) {
  if (row.verdict != "other-error") return false;
  return (row.history.starts_with("go/") && history.events().size() < 3) ||
         (row.history.starts_with("java/") &&
          history.events().back().type ==
              EventType::kWorkflowExecutionTerminated);
}

struct Tally {
  int histories = 0;
  int agree = 0;
  int own_errors = 0;
};

Tally Judge(const std::string& root, const std::vector<Row>& rows) {
  Tally tally;
  std::map<std::string, std::optional<History>> histories;
  for (const Row& row : rows) {
    auto [at, is_new] = histories.try_emplace(row.history);
    if (is_new) {
      auto history = History::FromFile(root + "/" + row.history);
      EXPECT_TRUE(history.ok()) << history.status();
      if (!history.ok()) continue;
      if (IsOfFirstHalf(*history)) at->second = *history;
      tally.histories += at->second ? 1 : 0;
    }
    if (!at->second) continue;
    const auto registry = OrderRegistry(FamilyOf(row.history), row.generation);
    const ReplayReport report = cohort_testing::ReplayOf(registry, *at->second);
    const bool ok = report.verdict == Verdict::kClean;
    if (IsReplayersOwnError(row, *at->second)) {
      ++tally.own_errors;
      EXPECT_TRUE(ok) << row.history << " " << row.generation;
      continue;
    }
    EXPECT_NE(report.verdict, Verdict::kNotJudged) << row.generation;
    EXPECT_EQ(ok, row.verdict == "ok")
        << row.history << " with " << row.generation << ": " << row.verdict
        << "\n"
        << report.ToString();
    tally.agree += ok == (row.verdict == "ok") ? 1 : 0;
  }
  return tally;
}

TEST(OrderHeadTest, CommittedHistoriesAgreeWithTheSdks) {
  const std::string root(kCommittedHistories);
  const Tally tally = Judge(root, ReadRows(root + "/verdicts.tsv", ""));
  EXPECT_EQ(tally.histories, 25);
  EXPECT_EQ(tally.agree, 375);
  EXPECT_EQ(tally.own_errors, 0);
}

TEST(OrderHeadTest, AllHistoriesOfTheFirstHalfAgreeWithTheSdks) {
  const std::string root = SharedHistories();
  if (root.empty()) GTEST_SKIP() << "COHORT_SHARED is not set";
  Tally all;
  for (const RecordedSdk& sdk : kRecordedSdks) {
    const std::string folder = std::string(sdk.name) + "/Order/";
    const Tally one =
        Judge(root, ReadRows(root + "/" + folder + "verdicts.tsv", folder));
    std::cout << sdk.name << ": " << one.histories << " histories, "
              << one.agree << " verdicts agree, " << one.own_errors
              << " are the replayer's own errors\n";
    all.histories += one.histories;
    all.agree += one.agree;
    all.own_errors += one.own_errors;
  }
  EXPECT_EQ(all.histories, 169);
  EXPECT_EQ(all.agree, 2491);
  EXPECT_EQ(all.own_errors, 44);
}

// Each generation live in both families; its own history replays cleanly, and
// g2 replays what g0, g1 and g2 recorded.
TEST(OrderHeadTest, GenerationsRunLiveAndReplay) {
  for (const Family family : {Family::kVersion, Family::kPatch}) {
    const auto g2 = OrderRegistry(family, "g2");
    for (const std::string_view generation : OrderGenerations()) {
      const auto registry = OrderRegistry(family, generation);
      const nlohmann::json input{{"orderId", "o-1"}, {"failCharge", false}};
      cohort::Recorder recorder(
          {.registry = &registry}, "Order",
          {cohort::PayloadTraits<nlohmann::json>::ToPayload(input)});
      ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
      while (!recorder.closed()) {
        const auto operation = recorder.Open().at(0);
        recorder.Complete(operation);
        ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
      }
      EXPECT_THAT(*recorder.history(),
                  cohort_testing::ReplaysCleanly(registry));
      if (generation <= "g2" && generation >= "g0") {
        EXPECT_THAT(*recorder.history(), cohort_testing::ReplaysCleanly(g2));
      }
    }
  }
}

TEST(OrderHeadTest, AnUnknownGenerationIsAnEmptyRegistry) {
  EXPECT_TRUE(OrderRegistry(Family::kPatch, "g9").workflows().empty());
}

}  // namespace
}  // namespace cohort_examples
