#include "cohort/engine/match_table.h"

#include "cohort/engine/kinds.h"
#include "cohort/history/event_table.h"
#include "fmt/format.h"

namespace cohort {
namespace {

// A field's value, as text or as number, without building a string.
struct Value {
  std::string_view text;
  std::int64_t number = 0;

  bool operator==(const Value&) const = default;
  bool empty() const { return text.empty() && number == 0; }
  std::string ToString() const {
    return text.empty() && number != 0 ? fmt::format("{}", number)
                                       : std::string(text);
  }
};

std::size_t Slot(MatchSource source) {
  return static_cast<std::size_t>(source);
}

Value ValueOf(const Command& c, MatchSource source) {
  if (source == MatchSource::kSubject) return {{}, c.subject};
  return {c.texts[Slot(source)], 0};
}

Value ValueOf(const EventFacts& e, MatchSource source) {
  if (source == MatchSource::kSubject) return {{}, e.event->subject};
  return {e.texts[Slot(source)], 0};
}

bool IsNumber(std::string_view text, std::int64_t number) {
  const fmt::format_int digits(number);
  return text == std::string_view(digits.data(), digits.size());
}

bool Agree(const MatchField& field, const Command& command,
           const EventFacts& event, const MatchRules& rules) {
  const Value code = ValueOf(command, field.source);
  const Value history = ValueOf(event, field.source);
  if (field.policy == MatchPolicy::kType) {
    if (rules.types == TypeMatch::kExactIfFlagged) return true;
    if (rules.types == TypeMatch::kLastSegment) {
      return LastSegment(code.text) == LastSegment(history.text);
    }
  }
  if (field.policy == MatchPolicy::kChosenId && code.empty()) {
    return rules.ids != IdScheme::kEventNumber ||
           IsNumber(history.text, event.event->id);
  }
  if (field.policy == MatchPolicy::kAdoptedId && code.empty()) return true;
  if (field.policy == MatchPolicy::kIfPresent && history.empty()) return true;
  return code == history;
}

std::string Render(std::string_view name, CommandKind kind, auto&& value_of) {
  std::string out(name);
  const char* separator = "(";
  for (const MatchField& field : kMatchFields) {
    if (field.kind != kind) continue;
    const Value value = value_of(field.source);
    if (value.empty()) continue;
    out += fmt::format("{}{}=\"{}\"", separator, field.field, value.ToString());
    separator = ", ";
  }
  if (*separator == ',') out += ")";
  return out;
}

}  // namespace

bool Matches(const Command& command, const EventFacts& event,
             const MatchRules& rules) {
  for (const MatchField& field : kMatchFields) {
    if (field.kind == command.kind && !Agree(field, command, event, rules)) {
      return false;
    }
  }
  return true;
}

std::vector<FieldDifference> Differences(const Command& command,
                                         const EventFacts& event,
                                         const MatchRules& rules) {
  std::vector<FieldDifference> out;
  for (const MatchField& field : kMatchFields) {
    if (field.kind != command.kind || Agree(field, command, event, rules)) {
      continue;
    }
    const Value code = ValueOf(command, field.source);
    out.push_back(
        {std::string(field.field), ValueOf(event, field.source).ToString(),
         code.empty() ? fmt::format("{}", event.event->id) : code.ToString()});
  }
  return out;
}

std::string Describe(const Command& command) {
  return Render(NameOf(command.kind), command.kind,
                [&](MatchSource s) { return ValueOf(command, s); });
}

std::string Describe(const EventFacts& event) {
  const std::string_view name = RowOf(event.event->type).camel();
  for (const KindRow& row : kKinds) {
    if (row.recorded_by != event.event->type) continue;
    if (row.marker && *row.marker != RoleOfMarker(event.event->name())) {
      continue;
    }
    return Render(name, row.kind,
                  [&](MatchSource s) { return ValueOf(event, s); });
  }
  return std::string(name);
}

}  // namespace cohort
