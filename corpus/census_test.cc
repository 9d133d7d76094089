#include "cohort/corpus/census.h"

#include <string>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;

// A fleet of the given histories; each a run of its own, named "0", "1", ...
std::vector<std::string> RowsOf(const std::vector<HistoryBuilder>& builders) {
  Fleet fleet([](const std::string&) { return absl::NotFoundError(""); });
  for (std::size_t i = 0; i < builders.size(); ++i) {
    std::string json = builders[i].ToJson();
    const std::string id = "\"run-1\"";
    json.replace(json.find(id), id.size(), "\"" + std::to_string(i) + "\"");
    // The second one is the oldest run.
    if (i == 1) {
      const std::string year = "\"2023-";
      json.replace(json.find(year), year.size(), "\"2021-");
    }
    auto history = History::FromJson(json);
    EXPECT_TRUE(history.ok()) << history.status();
    auto snapshot = SnapshotOf(*history, "file");
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    fleet.Add(*snapshot, *history);
  }
  std::vector<std::string> rows;
  for (const CensusRow& row : CensusOf(fleet)) {
    rows.push_back(
        fmt::format("{}|{}|{}{}|{}|{}|{}|{}-{}", row.workflow_type,
                    row.change_id.value_or("none"),
                    row.version ? std::to_string(*row.version) : "none",
                    row.deprecated ? "d" : "", NameOf(row.status), row.stage,
                    row.count, row.oldest->run_id, row.newest->run_id));
  }
  return rows;
}

TEST(Census, CountsRunsWithAndWithoutAMarker) {
  EXPECT_THAT(
      RowsOf({HistoryBuilder("Order").Turn().Version("Step1", 2).Timer(),
              HistoryBuilder("Order").Turn().Version("Step1", 2).Timer(),
              HistoryBuilder("Order").Turn().Timer(),
              HistoryBuilder("Order").Turn().Version("Step1", 1).Completed(),
              HistoryBuilder("Order").Turn().Patch("split").Timer(),
              HistoryBuilder("Order").Turn().DeprecatedPatch("split").Timer(),
              HistoryBuilder("Other").Turn().Timer()}),
      ElementsAre(
          "Order|Step1|none|open|timer|3|2-2",
          "Order|Step1|1|completed|closed|1|3-3",
          "Order|Step1|2|open|timer|2|1-0", "Order|split|none|open|timer|3|1-0",
          "Order|split|none|completed|closed|1|3-3",
          "Order|split|1|open|timer|1|4-4", "Order|split|1d|open|timer|1|5-5",
          "Other|none|none|open|timer|1|6-6"));
}

TEST(Census, ARunWithSeveralAnswersStandsUnderEach) {
  EXPECT_THAT(RowsOf({HistoryBuilder("W")
                          .Turn()
                          .Version("a", -1)
                          .Version("a", 0)
                          .Timer()}),
              ElementsAre("W|a|-1|open|timer|1|0-0", "W|a|0|open|timer|1|0-0"));
}

TEST(Census, OfNothing) { EXPECT_THAT(RowsOf({}), ElementsAre()); }

}  // namespace
}  // namespace cohort
