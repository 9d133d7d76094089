// The engine's tables, as they are read.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/engine/kinds.h"
#include "cohort/engine/lifecycle.h"
#include "cohort/engine/match_table.h"
#include "cohort/engine/profile.h"
#include "cohort/engine/strictness.h"
#include "cohort/history/event_table.h"
#include "fmt/format.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

// i: indexed by its event, n: the started future settles, s: its future
// settles, c: as canceled, x: its cancel is issued, w: its command is
// withdrawn.
std::string LettersOf(Effects effects) {
  constexpr std::array<std::pair<Effects, char>, 6> kLetters = {{
      {kIndex, 'i'},
      {kNotifyStarted, 'n'},
      {kSettle, 's'},
      {kSettleCanceled, 'c'},
      {kIssueCancel, 'x'},
      {kWithdraw, 'w'},
  }};
  std::string letters;
  for (const auto& [effect, letter] : kLetters) {
    if ((effects & effect) != 0) letters += letter;
  }
  return letters;
}

TEST(LifecycleTest, Table) {
  std::string table = "\n          ";
  std::size_t steps = 0;
  for (std::string_view input : kInputNames) {
    table += fmt::format("  {:11}", input);
  }
  for (std::size_t s = 0; s < kStateCount; ++s) {
    table += fmt::format("\n{:10}", kStateNames[s]);
    for (std::size_t i = 0; i < kInputCount; ++i) {
      const LifecycleRow* row =
          Step(static_cast<State>(s), static_cast<Input>(i));
      if (row == nullptr) {
        table += fmt::format("  {:11}", "-");
        continue;
      }
      ++steps;
      table += fmt::format("  {:11}", fmt::format("{} {}", NameOf(row->to),
                                                  LettersOf(row->effects)));
    }
  }
  EXPECT_EQ(steps, kLifecycle.size());
  std::string trimmed;
  for (char c : table) {
    if (c == '\n') trimmed.erase(trimmed.find_last_not_of(' ') + 1);
    trimmed += c;
  }
  trimmed.erase(trimmed.find_last_not_of(' ') + 1);
  EXPECT_EQ(trimmed, R"(
            Recorded     Started      Settled      CancelWait   CancelTry    Abandon      CancelAcked
Issued      Recorded i   -            -            Dropped cw   Dropped cw   Dropped cw   -
Recorded    -            Started n    Settled s    Canceling x  Detached cx  Detached c   -
Started     -            -            Settled s    Canceling x  Detached cx  Detached c   -
Canceling   -            Canceling n  Settled s    Canceling    -            -            Detached c
Detached    -            Detached     Settled      Detached     Detached     Detached     Detached
Settled     -            -            -            -            -            -            -
Dropped     -            -            -            -            -            -            -)");
}

TEST(KindsTest, EventsAreOutputsAndOutcomesAreNot) {
  for (std::size_t i = 0; i < kCommandKindCount; ++i) {
    const KindRow& row = RowOf(static_cast<CommandKind>(i));
    EXPECT_EQ(RoleOf(row.recorded_by), Role::kOutput) << row.name;
    EXPECT_EQ(row.on_record == OnRecord::kCloses, IsClosing(row.recorded_by))
        << row.name;
  }
  for (const OutcomeRow& row : kOutcomes) {
    EXPECT_EQ(RoleOf(row.event), Role::kOperation);
    EXPECT_EQ(RowOf(row.kind).on_record, OnRecord::kOpens);
    EXPECT_EQ(OutcomeOf(row.event), &row);
  }
  EXPECT_EQ(OutcomeOf(EventType::kWorkflowExecutionSignaled), nullptr);
}

struct MatchCase {
  std::string profile;
  std::string code_name, code_id;
  std::string event_name, event_id;
  std::string differs;
};

TEST(MatchTest, Activities) {
  const std::vector<MatchCase> cases = {
      {"cohort", "Charge", "", "Charge", "7", ""},
      {"cohort", "Charge", "", "Charge", "x", ""},
      {"cohort", "Charge", "x", "Charge", "x", ""},
      {"cohort", "Charge", "x", "Charge", "y", "activity_id"},
      {"cohort", "Charge", "", "pkg.Charge", "7", "activity_type"},
      {"cohort", "Charge", "x", "Refund", "y", "activity_type activity_id"},
      {"go", "Charge", "", "pkg.Charge", "7", ""},
      {"go", "a.Charge", "", "b.Charge", "7", ""},
      {"go", "Charge", "", "Charge", "8", "activity_id"},
      {"java", "Charge", "", "Charge", "8", ""},
      {"cadence", "Charge", "", "pkg.Charge", "0", ""},
  };
  for (const MatchCase& c : cases) {
    Command command;
    command.text(Text::kName) = c.code_name;
    command.text(Text::kId) = c.code_id;
    Event event;
    event.id = 7;
    event.type = EventType::kActivityTaskScheduled;
    event.texts[0] = c.event_name;
    event.texts[1] = c.event_id;
    const Profile& profile = *FindProfile(c.profile);
    const MatchRules rules{profile.types, profile.ids};
    const EventFacts facts(event);
    std::string differs;
    for (const FieldDifference& d : Differences(command, facts, rules)) {
      differs += (differs.empty() ? "" : " ") + d.field;
    }
    EXPECT_EQ(differs, c.differs) << Describe(command) << Describe(facts);
    EXPECT_EQ(Matches(command, facts, rules), c.differs.empty());
  }
}

// Its rules, as a text in which each is named once.
std::string RulesOf(std::string_view text) {
  const std::optional<Strictness> found = ParseStrictness(text);
  if (!found) return "none";
  std::string rules;
  for (const StrictRow& row : kStrictRules) {
    if (found->Has(row.rule)) rules += fmt::format("{} ", row.name);
  }
  return rules;
}

TEST(StrictnessTest, ParsesLevelsAndRules) {
  EXPECT_EQ(RulesOf("all"),
            "extra-command go-tail-started go-close-unchecked "
            "core-types-unchecked ");
  EXPECT_EQ(RulesOf("sdk"), "");
  for (const StrictRow& row : kStrictRules) {
    EXPECT_EQ(RulesOf(row.name), fmt::format("{} ", row.name));
    EXPECT_EQ(FindStrictRule(row.name), row.rule);
    EXPECT_FALSE(Strictness().Without(row.rule).Has(row.rule));
    EXPECT_TRUE(Strictness::Sdk().With(row.rule).Has(row.rule));
  }
  EXPECT_EQ(RulesOf("core-types-unchecked,extra-command"),
            "extra-command core-types-unchecked ");
  for (std::string_view wrong :
       {"", "most", "extra-command,", ",extra-command", "all,sdk",
        "extra-command, go-tail-started", "Extra-Command"}) {
    EXPECT_EQ(RulesOf(wrong), "none") << wrong;
  }
}

TEST(ProfileTest, FindsByName) {
  for (const Profile& p : kProfiles) EXPECT_EQ(FindProfile(p.name), &p);
  EXPECT_EQ(FindProfile("cobol"), nullptr);
}

}  // namespace
}  // namespace cohort
