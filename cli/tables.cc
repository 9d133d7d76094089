#include "cohort/cli/tables.h"

#include <array>
#include <initializer_list>
#include <optional>

#include "cohort/base/status.h"
#include "cohort/cli/table_words.h"
#include "cohort/corpus/evidence.h"
#include "cohort/engine/flags.h"
#include "cohort/engine/strictness.h"
#include "cohort/history/event_table.h"
#include "cohort/markers/dialect.h"

namespace cohort {
namespace {

std::string Code(std::string_view text) {
  return text.empty() ? "-" : fmt::format("`{}`", text);
}

std::string_view YesNo(bool yes) { return yes ? "yes" : "no"; }

std::string_view AnyYesNo(std::optional<bool> value) {
  return value ? YesNo(*value) : "-";
}

class MarkdownTable {
 public:
  explicit MarkdownTable(std::initializer_list<std::string_view> titles) {
    for (std::string_view title : titles) Cell(title);
    EndRow();
    text_ += "|";
    for (std::size_t i = 0; i < titles.size(); ++i) text_ += "---|";
    text_ += "\n";
  }

  void Row(std::initializer_list<std::string_view> cells) {
    for (std::string_view cell : cells) Cell(cell);
    EndRow();
  }
  void Cell(std::string_view cell) {
    text_ += fmt::format("| {} ", cell.empty() ? "-" : cell);
  }
  void EndRow() { text_ += "|\n"; }
  std::string Text() const { return text_; }

 private:
  std::string text_;
};

std::string DecisionText() {
  MarkdownTable table({"in book?", "turn completed?", "recorded in this turn?",
                       "says no?", "forgets no?", "version", "effects"});
  for (const auto& row : versioning_internal::kDecisionTable) {
    std::string effects;
    const auto add = [&effects](bool is, std::string_view word) {
      if (!is) return;
      effects += fmt::format("{}{}", effects.empty() ? "" : ", ", word);
    };
    const auto& [source, expect_marker, remember, issue_marker] = row.decision;
    add(expect_marker, "expect the marker");
    add(remember, "remember");
    add(issue_marker, "issue the marker");
    table.Row({AnyYesNo(row.in_book), AnyYesNo(row.turn_completed),
               AnyYesNo(row.recorded), AnyYesNo(row.says_no),
               AnyYesNo(row.forgets_no), WordOf(source), effects});
  }
  return table.Text();
}

std::string LifecycleText() {
  MarkdownTable table({"State", "Input", "Next", "Effects"});
  std::string matrix = "| |";
  std::string rule = "|---|";
  for (std::string_view input : kInputNames) {
    matrix += fmt::format(" {} |", input);
    rule += "---|";
  }
  matrix += "\n" + rule + "\n";
  for (std::size_t s = 0; s < kStateCount; ++s) {
    const auto state = static_cast<State>(s);
    matrix += fmt::format("| **{}** |", NameOf(state));
    for (std::size_t i = 0; i < kInputCount; ++i) {
      const LifecycleRow* row = Step(state, static_cast<Input>(i));
      matrix += fmt::format(" {} |", row == nullptr ? "-" : NameOf(row->to));
    }
    matrix += "\n";
  }
  for (const LifecycleRow& row : kLifecycle) {
    if (row.effects == kNothing) continue;
    table.Row({NameOf(row.from), NameOf(row.input), NameOf(row.to),
               EffectWords(row.effects)});
  }
  return matrix + "\nThe steps that do more than change the state:\n\n" +
         table.Text();
}

std::string EventName(EventType type) { return Code(RowOf(type).camel()); }

// "`ActivityTaskCompleted`, `ActivityTaskFailed`"
std::string OutcomeEvents(CommandKind kind, Input input) {
  std::string text;
  for (const OutcomeRow& row : kOutcomes) {
    if (row.kind != kind || row.input != input) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", EventName(row.event));
  }
  return text;
}

// The bindings name every column: a new one does not build unless it is
// printed.
std::string KindsText() {
  MarkdownTable table({"Kind", "Begins as", "Recorded by", "Then", "Started by",
                       "Settled by", "Fails with", "Cancel with",
                       "naming it by", "Own id"});
  for (const KindRow& row : kKinds) {
    const auto& [kind, name, event, marker, then, cancel, cancel_by, own_id,
                 begins_as, fails_with] = row;
    std::string recorded = EventName(event);
    if (marker) recorded += fmt::format(" ({})", WordOf(*marker));
    const std::string settled = OutcomeEvents(kind, Input::kSettled);
    const bool waits = !settled.empty() || begins_as == BeginsAs::kRunning;
    table.Row({Code(name), WordOf(begins_as), recorded, WordOf(then),
               OutcomeEvents(kind, Input::kStarted), settled,
               waits ? WordOf(fails_with) : "-",
               cancel ? Code(NameOf(*cancel)) : "-",
               cancel ? WordOf(cancel_by) : "-", WordOf(own_id)});
  }
  return table.Text();
}

std::string OutcomesText() {
  MarkdownTable table(
      {"Event", "Kind", "Input", "Settles the future", "Only if it"});
  for (const OutcomeRow& row : kOutcomes) {
    const auto& [event, kind, input, outcome, guard] = row;
    table.Row({EventName(event), Code(NameOf(kind)), NameOf(input),
               WordOf(outcome), WordOf(guard)});
  }
  return table.Text();
}

std::string MatchText() {
  MarkdownTable table({"Kind", "Field", "Stands in", "Must be"});
  for (const MatchField& row : kMatchFields) {
    const auto& [kind, field, source, policy] = row;
    table.Row(
        {Code(NameOf(kind)), Code(field), WordOf(source), WordOf(policy)});
  }
  return table.Text();
}

// A row for each rule, a column for each profile: there are more rules.
std::string ProfilesText() {
  const auto row = [](std::string_view rule, auto&& cell) {
    std::string text = fmt::format("| {} ", rule);
    for (const Profile& p : kProfiles) text += fmt::format("| {} ", cell(p));
    return text + "|\n";
  };
  std::string text = row("", [](const Profile& p) { return Code(p.name); });
  text += "|---|";
  for (std::size_t i = 0; i < kProfiles.size(); ++i) text += "---|";
  text += "\n";
  text += row("SDK name", [](auto& p) { return Code(p.sdk_name); });
  text +=
      row("version marker stands", [](auto& p) { return WordOf(p.position); });
  text += row("upsert beside a marker that is called elsewhere",
              [](auto& p) { return WordOf(p.passed_upsert); });
  text += row("marker of an id already answered by default",
              [](auto& p) { return WordOf(p.late_marker); });
  text += row("`false` without a marker",
              [](auto& p) { return WordOf(p.unrecorded_patch); });
  text += row("delivery", [](auto& p) { return WordOf(p.delivery); });
  text += row("ready tasks go on", [](auto& p) { return WordOf(p.ready); });
  text += row("cancel request and unseen result",
              [](auto& p) { return WordOf(p.cancel_race); });
  text += row("call in a canceled scope",
              [](auto& p) { return WordOf(p.canceled_scope); });
  text += row("started and canceled in one turn",
              [](auto& p) { return WordOf(p.same_turn_cancel); });
  text += row("end of an update that does not wait",
              [](auto& p) { return WordOf(p.update_end); });
  text +=
      row("unrecorded commands", [](auto& p) { return WordOf(p.leftover); });
  text += row("closing event", [](auto& p) { return WordOf(p.closing); });
  text += row("last turn of a history that ends with a task's start",
              [](auto& p) { return WordOf(p.started_tail); });
  text += row("empty tasks in a row",
              [](auto& p) { return WordOf(p.empty_tasks); });
  text += row("own ids", [](auto& p) { return WordOf(p.ids); });
  text += row("local activity's marker settles",
              [](auto& p) { return WordOf(p.locals); });
  text += row("types", [](auto& p) { return WordOf(p.types); });
  const auto flag = [](std::int64_t number, const char* none) {
    return number == 0 ? std::string(none) : std::to_string(number);
  };
  text += row("language flag that the newest handlers first need",
              [&](auto& p) { return flag(p.handlers_flag, "-"); });
  text += row("language flag that the winning cancel needs",
              [&](auto& p) { return flag(p.cancel_race_flag, "-"); });
  text += row("language flag without which a version call yields",
              [&](auto& p) { return flag(p.version_flag, "-"); });
  text += row("language flag without which a default version yields",
              [&](auto& p) { return flag(p.default_version_flag, "-"); });
  text += row("highest language flag",
              [&](auto& p) { return flag(p.lang_flag_max, "not checked"); });
  return text;
}

std::string StrictText() {
  MarkdownTable table({"Rule", "Finds"});
  for (const StrictRow& row : kStrictRules) {
    table.Row({Code(row.name), row.finds});
  }
  return table.Text();
}

std::string FlagsText() {
  MarkdownTable table({"Flag", "Since", "Changes"});
  for (const EngineFlagRow& row : kEngineFlags) {
    const auto& [flag, number, since, changes] = row;
    table.Row({std::to_string(number), since, changes});
  }
  return table.Text();
}

std::string EventsText() {
  MarkdownTable table({"Number", "Event", "Role"});
  for (std::size_t i = 1; i <= kEventTypeMax; ++i) {
    const EventRow& row = RowOf(static_cast<EventType>(i));
    table.Row({std::to_string(i), Code(row.camel()), WordOf(row.role)});
  }
  return table.Text();
}

constexpr std::array kTables = {
    Table{"events", "what part each event type plays in a turn", EventsText},
    Table{"decision", "what answers GetVersion and Patched", DecisionText},
    Table{"dialects", "how each SDK records a version", DialectTable},
    Table{"lifecycle", "the life of every operation", LifecycleText},
    Table{"kinds", "which events spell a command's life", KindsText},
    Table{"outcomes", "what an event does to an operation", OutcomesText},
    Table{"match", "what must agree between command and event", MatchText},
    Table{"profiles", "what differs between the writers of histories",
          ProfilesText},
    Table{"strictness", "where a replay finds more than the writer's own",
          StrictText},
    Table{"flags", "changes of our own semantics", FlagsText},
    Table{"evidence", "what a run says about deleting a branch", EvidenceTable},
};

std::string DiagramText() {
  return fmt::format("```mermaid\n{}```\n", LifecycleDiagram());
}

// What only documents hold: it is no table.
constexpr Table kDiagram{"diagram", "the lifecycle as a picture", DiagramText};

// What stands in the block of that name; null for an unknown one.
const Table* FindBlock(std::string_view name) {
  return name == kDiagram.name ? &kDiagram : FindTable(name);
}

constexpr std::string_view kBlockBegin = "<!-- table:";
constexpr std::string_view kBlockBeginEnd = " -->\n";
constexpr std::string_view kBlockEnd = "<!-- end -->";

}  // namespace

std::span<const Table> Tables() { return kTables; }

const Table* FindTable(std::string_view name) {
  for (const Table& table : kTables) {
    if (table.name == name) return &table;
  }
  return nullptr;
}

std::string LifecycleDiagram() {
  std::string text = "stateDiagram-v2\n";
  text += fmt::format("    [*] --> {}\n", NameOf(State::kIssued));
  for (const LifecycleRow& row : kLifecycle) {
    // Steps that neither move nor do anything would only be loops.
    if (row.from == row.to && row.effects == kNothing) continue;
    const std::string effects = EffectWords(row.effects);
    text +=
        fmt::format("    {} --> {}: {}{}{}\n", NameOf(row.from), NameOf(row.to),
                    NameOf(row.input), effects.empty() ? "" : " / ", effects);
  }
  for (std::size_t s = 0; s < kStateCount; ++s) {
    const auto state = static_cast<State>(s);
    if (IsOver(state)) text += fmt::format("    {} --> [*]\n", NameOf(state));
  }
  return text;
}

std::vector<std::string> TableBlocks(std::string_view document) {
  std::vector<std::string> names;
  std::size_t at = 0;
  while ((at = document.find(kBlockBegin, at)) != std::string_view::npos) {
    at += kBlockBegin.size();
    const std::size_t end = document.find(kBlockBeginEnd, at);
    if (end == std::string_view::npos) break;
    names.emplace_back(document.substr(at, end - at));
  }
  return names;
}

absl::StatusOr<std::string> WithTables(std::string_view document) {
  std::string out;
  while (true) {
    const std::size_t begin = document.find(kBlockBegin);
    if (begin == std::string_view::npos) break;
    const std::size_t name_at = begin + kBlockBegin.size();
    const std::size_t name_end = document.find(kBlockBeginEnd, name_at);
    if (name_end == std::string_view::npos) {
      return InvalidArgument(
          "\"{}\" without its \"-->\" and a new line behind it; close it",
          kBlockBegin);
    }
    const std::string_view name = document.substr(name_at, name_end - name_at);
    const Table* table = FindBlock(name);
    if (table == nullptr) {
      return InvalidArgument(
          "\"{}{} -->\": there is no such table; `cohort tables --names` lists "
          "them",
          kBlockBegin, name);
    }
    const std::size_t body = name_end + kBlockBeginEnd.size();
    const std::size_t end = document.find(kBlockEnd, body);
    if (end == std::string_view::npos ||
        document.substr(body, end - body).find(kBlockBegin) !=
            std::string_view::npos) {
      return InvalidArgument("the block of table {} has no \"{}\"; add it",
                             name, kBlockEnd);
    }
    out += document.substr(0, body);
    out += table->print();
    document.remove_prefix(end);
  }
  out += document;
  return out;
}

}  // namespace cohort
