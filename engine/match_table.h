// What must agree between a command and the event that records it.
//
// One table gives equality and the text of a difference: per kind a list of
// fields, each with a policy. Ids that the code did not choose are adopted
// from history, so histories of other SDKs replay.
#ifndef COHORT_ENGINE_MATCH_TABLE_H_
#define COHORT_ENGINE_MATCH_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/engine/divergence.h"
#include "cohort/engine/profile.h"
#include "cohort/history/command.h"
#include "cohort/history/event.h"

namespace cohort {

enum class MatchPolicy : std::uint8_t {
  kExact,
  kType,       // as Profile::types says
  kChosenId,   // exact if the code chose it; else as Profile::ids says
  kAdoptedId,  // exact if the code chose it; else history's is taken
  kIfPresent,  // exact where the event has it
};

// Where the value stands, in commands and events alike: one of the texts, in
// their order, or the subject.
enum class MatchSource : std::uint8_t {
  kName,
  kId,
  kScope,
  kControl,
  kSubject
};

struct MatchField {
  CommandKind kind;
  std::string_view field;  // as reports name it
  MatchSource source;
  MatchPolicy policy;
};

namespace engine_internal {

constexpr bool IsSlot(MatchSource source, Text text) {
  return static_cast<std::size_t>(source) == static_cast<std::size_t>(text);
}
static_assert(IsSlot(MatchSource::kName, Text::kName) &&
                  IsSlot(MatchSource::kId, Text::kId) &&
                  IsSlot(MatchSource::kScope, Text::kScope) &&
                  IsSlot(MatchSource::kControl, Text::kControl) &&
                  static_cast<std::size_t>(MatchSource::kSubject) == kTextCount,
              "a source that is a text is looked up by the text's place");

using enum CommandKind;
using enum MatchSource;

// clang-format off
inline constexpr std::array kMatchRows = {
    MatchField{kScheduleActivity,      "activity_type",      kName,    MatchPolicy::kType},
    MatchField{kScheduleActivity,      "activity_id",        kId,      MatchPolicy::kChosenId},
    MatchField{kRequestCancelActivity, "scheduled_event_id", kSubject, MatchPolicy::kExact},
    MatchField{kStartTimer,            "timer_id",           kId,      MatchPolicy::kChosenId},
    MatchField{kCancelTimer,           "started_event_id",   kSubject, MatchPolicy::kExact},
    MatchField{kStartChild,            "workflow_type",      kName,    MatchPolicy::kType},
    MatchField{kStartChild,            "workflow_id",        kId,      MatchPolicy::kAdoptedId},
    MatchField{kSignalExternal,        "signal_name",        kName,    MatchPolicy::kExact},
    MatchField{kSignalExternal,        "workflow_id",        kId,      MatchPolicy::kExact},
    MatchField{kCancelExternal,        "workflow_id",        kId,      MatchPolicy::kExact},
    MatchField{kScheduleNexus,         "operation",          kName,    MatchPolicy::kExact},
    MatchField{kScheduleNexus,         "service",            kScope,   MatchPolicy::kExact},
    MatchField{kScheduleNexus,         "endpoint",           kControl, MatchPolicy::kExact},
    MatchField{kRequestCancelNexus,    "scheduled_event_id", kSubject, MatchPolicy::kExact},
    MatchField{kRecordVersion,         "change_id",          kId,      MatchPolicy::kExact},
    MatchField{kRecordMutableSideEffect, "side_effect_id",   kId,      MatchPolicy::kExact},
    MatchField{kRecordLocalActivity,   "activity_type",      kId,      MatchPolicy::kType},
    MatchField{kAcceptUpdate,          "update_name",        kName,    MatchPolicy::kIfPresent},
    MatchField{kAcceptUpdate,          "update_id",          kId,      MatchPolicy::kExact},
    MatchField{kCompleteUpdate,        "update_id",          kId,      MatchPolicy::kExact},
};
// clang-format on

}  // namespace engine_internal

inline constexpr const auto& kMatchFields = engine_internal::kMatchRows;

// What of an event takes part in matching. For a marker, kId is what its
// details say it is about: the change id, the side effect's id, the local
// activity's type.
struct EventFacts {
  const Event* event = nullptr;
  std::array<std::string_view, kTextCount> texts;

  explicit EventFacts(const Event& e) : event(&e), texts(e.texts) {}
};

// What the writer of a history lets be compared.
struct MatchRules {
  TypeMatch types = TypeMatch::kExact;  // kExactIfFlagged: not at all
  IdScheme ids = IdScheme::kOpaque;
};

// "Charge" of "shop.orders.Charge".
inline std::string_view LastSegment(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

// Do they agree? (The kinds are taken to fit.)
bool Matches(const Command& command, const EventFacts& event,
             const MatchRules& rules);

// The fields in which they do not.
std::vector<FieldDifference> Differences(const Command& command,
                                         const EventFacts& event,
                                         const MatchRules& rules);

// "ScheduleActivity(activity_type="Charge")": the kind and its match fields.
std::string Describe(const Command& command);
// "ActivityTaskScheduled(activity_type="Charge")".
std::string Describe(const EventFacts& event);

}  // namespace cohort

#endif  // COHORT_ENGINE_MATCH_TABLE_H_
