// What must agree between a command and the event that records it.
//
// One table gives equality and the text of a difference: per kind a list of
// fields, each with a policy. Ids that the code did not choose are adopted
// from history, so histories of other SDKs replay.
#ifndef COHORT_ENGINE_MATCH_TABLE_H_
#define COHORT_ENGINE_MATCH_TABLE_H_

#include <array>
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
  kType,      // as Profile::types says
  kChosenId,  // exact if the code chose it; else as Profile::ids says
};

// Where the value stands, in commands and events alike.
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

using enum CommandKind;
using enum MatchSource;

// clang-format off
inline constexpr std::array<MatchField, 6> kMatchRows = {{
    {kScheduleActivity,      "activity_type",      kName,    MatchPolicy::kType},
    {kScheduleActivity,      "activity_id",        kId,      MatchPolicy::kChosenId},
    {kRequestCancelActivity, "scheduled_event_id", kSubject, MatchPolicy::kExact},
    {kStartTimer,            "timer_id",           kId,      MatchPolicy::kChosenId},
    {kCancelTimer,           "started_event_id",   kSubject, MatchPolicy::kExact},
    {kRecordVersion,         "change_id",          kId,      MatchPolicy::kExact},
}};
// clang-format on

}  // namespace engine_internal

inline constexpr const auto& kMatchFields = engine_internal::kMatchRows;

// What of an event takes part in matching. For a version marker, kId is the
// decoded change id.
struct EventFacts {
  const Event* event = nullptr;
  std::array<std::string_view, kTextCount> texts;

  explicit EventFacts(const Event& e) : event(&e), texts(e.texts) {}
};

// Do they agree? (The kinds are taken to fit.)
bool Matches(const Command& command, const EventFacts& event,
             const Profile& profile);

// The fields in which they do not.
std::vector<FieldDifference> Differences(const Command& command,
                                         const EventFacts& event,
                                         const Profile& profile);

// "ScheduleActivity(activity_type="Charge")": the kind and its match fields.
std::string Describe(const Command& command);
// "ActivityTaskScheduled(activity_type="Charge")".
std::string Describe(const EventFacts& event);

}  // namespace cohort

#endif  // COHORT_ENGINE_MATCH_TABLE_H_
