#include "cohort/cli/tables.h"

#include <algorithm>

#include "cohort/cli/table_words.h"
#include "fmt/core.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

TEST(Tables, EachHasWordsForAllItsValues) {
  for (const Table& table : Tables()) {
    const std::string text = table.print();
    EXPECT_TRUE(text.starts_with("|")) << table.name;
    EXPECT_TRUE(text.ends_with("|\n")) << table.name;
    EXPECT_EQ(text.find("| ? |"), std::string::npos) << table.name;
    EXPECT_EQ(FindTable(table.name), &table);
  }
  EXPECT_EQ(FindTable("lifecycles"), nullptr);
}

TEST(Tables, RowsHaveAsManyCellsAsTitles) {
  for (const Table& table : Tables()) {
    const std::string text = table.print();
    std::ptrdiff_t bars = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      const std::string line = text.substr(at, end - at);
      at = end + 1;
      if (!line.starts_with("|")) bars = 0;
      if (!line.starts_with("|")) continue;
      const auto count = std::count(line.begin(), line.end(), '|');
      if (bars == 0) bars = count;
      EXPECT_EQ(count, bars) << table.name << ": " << line;
    }
  }
}

TEST(Tables, DecisionIsTheWholeRule) {
  EXPECT_EQ(
      FindTable("decision")->print(),
      R"(| in book? | turn completed? | recorded in this turn? | says no? | forgets no? | version | effects |
|---|---|---|---|---|---|---|
| yes | - | - | - | - | the run's earlier answer | - |
| no | yes | yes | - | - | the recorded version | expect the marker, remember |
| no | yes | no | no | - | `kDefaultVersion` | remember |
| no | yes | no | yes | no | `kDefaultVersion` | remember |
| no | yes | no | yes | yes | `kDefaultVersion` | - |
| no | no | - | no | - | the cohort policy's, newest by default | remember, issue the marker |
| no | no | - | yes | - | the cohort policy's, newest by default | remember |
)");
}

TEST(Tables, EffectsAreAllNamed) {
  EXPECT_EQ(EffectWords(kNothing), "");
  EXPECT_EQ(EffectWords(kIssueCancel | kSettleCanceled),
            "issue the cancel, settle as canceled");
  // A bit that has no word would show.
  EXPECT_EQ(EffectWords(128), "?");
}

TEST(Tables, DiagramHasEveryStepThatDoesSomething) {
  const std::string diagram = LifecycleDiagram();
  EXPECT_TRUE(diagram.starts_with("stateDiagram-v2\n    [*] --> Issued\n"));
  for (const LifecycleRow& row : kLifecycle) {
    const std::string step = fmt::format("    {} --> {}: {}", NameOf(row.from),
                                         NameOf(row.to), NameOf(row.input));
    EXPECT_EQ(diagram.find(step) != std::string::npos,
              row.from != row.to || row.effects != kNothing)
        << step;
  }
}

TEST(Tables, BlocksOfADocumentAreReplaced) {
  const std::string stale =
      "a\n<!-- table:match -->\nold\n<!-- end -->\nb\n"
      "<!-- table:kinds -->\n<!-- end -->\n";
  EXPECT_EQ(TableBlocks(stale), (std::vector<std::string>{"match", "kinds"}));
  const auto fresh = WithTables(stale);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_EQ(*fresh, fmt::format("a\n<!-- table:match -->\n{}<!-- end -->\nb\n"
                                "<!-- table:kinds -->\n{}<!-- end -->\n",
                                FindTable("match")->print(),
                                FindTable("kinds")->print()));
  EXPECT_EQ(*WithTables(*fresh), *fresh);
}

TEST(Tables, ADocumentMayHoldTheDiagram) {
  EXPECT_EQ(FindTable("diagram"), nullptr);
  const auto fresh = WithTables("<!-- table:diagram -->\n<!-- end -->\n");
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_EQ(*fresh, fmt::format("<!-- table:diagram -->\n```mermaid\n{}```\n"
                                "<!-- end -->\n",
                                LifecycleDiagram()));
}

TEST(Tables, BlocksThatAreNoneAreRefused) {
  for (const char* bad :
       {"<!-- table:nothing -->\n<!-- end -->\n", "<!-- table:match -->\n",
        "<!-- table:match --><!-- end -->",
        "<!-- table:match -->\n<!-- table:kinds -->\n<!-- end -->\n"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(WithTables(bad).status())) << bad;
  }
}

}  // namespace
}  // namespace cohort
