// Values that commands carry, beside what history recorded of them.

#include <algorithm>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/base/utf8.h"
#include "cohort/engine/run.h"
#include "cohort/history/event_table.h"
#include "cohort/history/time.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

constexpr std::string_view kTimerDuration = "startToFireTimeout";
// Of a value, in a report.
constexpr std::size_t kShownBytesMax = 200;

struct ValueRow {
  CommandKind kind;
  StrictRule rule;
  std::string_view field;  // as reports name it
};

// clang-format off
constexpr std::array kValueRows = {
    ValueRow{CommandKind::kScheduleActivity, StrictRule::kInputs, "input"},
    ValueRow{CommandKind::kStartChild,       StrictRule::kInputs, "input"},
    ValueRow{CommandKind::kSignalExternal,   StrictRule::kInputs, "input"},
    ValueRow{CommandKind::kScheduleNexus,    StrictRule::kInputs, "input"},
    ValueRow{CommandKind::kContinueAsNew,    StrictRule::kInputs, "input"},
    ValueRow{CommandKind::kStartTimer,       StrictRule::kTimerDurations, "duration"},
    ValueRow{CommandKind::kCompleteWorkflow, StrictRule::kResults, "result"},
};
// clang-format on

// No value: SDKs write it as an encoding of its own, or as JSON.
bool IsNull(const Payload& p) {
  return p.encoding() == "binary/null" || p.data == "null";
}

// JSON is compared as a value: spelling and the order of keys mean nothing.
bool SamePayload(const Payload& a, const Payload& b) {
  if (a.data == b.data || (IsNull(a) && IsNull(b))) return true;
  const auto json_a = workflow_internal::ParseJson(a.data);
  const auto json_b = workflow_internal::ParseJson(b.data);
  return json_a && json_b && *json_a == *json_b;
}

// Code that gives nothing: some SDKs record a null for it, others no payload.
bool IsNothing(const Payloads& p) {
  return p.empty() || (p.size() == 1 && IsNull(p[0]));
}

bool SamePayloads(const Payloads& a, const Payloads& b) {
  return (IsNothing(a) && IsNothing(b)) ||
         std::equal(a.begin(), a.end(), b.begin(), b.end(), SamePayload);
}

std::string Shown(const Payloads& payloads) {
  std::string text;
  for (const Payload& p : payloads) {
    text += (text.empty() ? "" : ", ") + p.data;
  }
  if (text.size() <= kShownBytesMax) return text;
  std::size_t shown = 0;  // whole characters
  while (shown < kShownBytesMax) {
    const auto rest = std::string_view(text).substr(shown);
    shown += std::max<std::size_t>(1, Utf8Length(rest));
  }
  return text.substr(0, shown) + "...";
}

}  // namespace

std::optional<FieldDifference> Run::DifferentPayloads(const Command& command,
                                                      const Event& event,
                                                      std::string field) {
  auto recorded = reader_.ReadPayloads(event.input);
  if (!recorded.ok()) {
    return FieldDifference{std::move(field), "cannot be read",
                           Shown(command.input)};
  }
  if (SamePayloads(*recorded, command.input)) return std::nullopt;
  return FieldDifference{std::move(field), Shown(*recorded),
                         Shown(command.input)};
}

std::optional<FieldDifference> Run::DifferentDuration(const Command& command,
                                                      const Event& event) {
  Nanoseconds asked{};
  for (const Attribute& attribute : command.attributes) {
    const auto* duration = std::get_if<Nanoseconds>(&attribute.value);
    if (attribute.field == kTimerDuration && duration != nullptr) {
      asked = *duration;
    }
  }
  auto text = reader_.ReadAttributeText(event, kTimerDuration);
  auto recorded = ParseDuration(text.ok() && !text->empty() ? *text : "0s");
  if (recorded.ok() && *recorded == asked) return std::nullopt;
  return FieldDifference{"duration", text.ok() ? *text : "",
                         DurationText(asked)};
}

std::optional<Divergence> Run::DifferentValue(const Command& command,
                                              const EventFacts& facts) {
  for (const ValueRow& row : kValueRows) {
    if (row.kind != command.kind || !strict(row.rule)) continue;
    std::optional<FieldDifference> differs =
        row.rule == StrictRule::kTimerDurations
            ? DifferentDuration(command, *facts.event)
            : DifferentPayloads(command, *facts.event, std::string(row.field));
    if (!differs) return std::nullopt;
    Divergence d = MakeDivergence(DivergenceCause::kFields, &facts, &command);
    d.differences = {*std::move(differs)};
    d.rule = NameOf(row.rule);
    return d;
  }
  return std::nullopt;
}

}  // namespace cohort
