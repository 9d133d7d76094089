// Divergence: where code and history disagree, as a value.
//
//   if (run.divergence()) std::cerr << run.divergence()->ToString();
//
//   turn 4, event 23: history has ActivityTaskScheduled(activity_type="Pay"),
//     the code issued ScheduleActivity(activity_type="PayV2") at order.cc:41.
//     differs: activity_type: history "Pay", code "PayV2"
//     hint: ...
#ifndef COHORT_ENGINE_DIVERGENCE_H_
#define COHORT_ENGINE_DIVERGENCE_H_

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace cohort {

enum class DivergenceCause : std::uint8_t {
  kKind,             // the code issued another kind of command
  kFields,           // the same kind, but a field differs
  kMissingCommand,   // history has an event, the code issued nothing
  kExtraCommand,     // the code issued a command, history has nothing
  kUnmatchedMarker,  // a version marker that no call asked for
  kLateMarker,       // a marker of an id that an earlier turn answered
  kRepeatedMarker,   // a second marker of an id in one turn
  kMissingMarker,    // a side effect that history does not record
};

inline constexpr std::size_t kDivergenceCauseCount = 8;

// "kind", "late marker", ...
std::string_view NameOf(DivergenceCause cause);

struct FieldDifference {
  std::string field;
  std::string history;
  std::string code;
};

struct Divergence {
  DivergenceCause cause = DivergenceCause::kKind;
  std::int64_t turn = 0;
  std::int64_t event_id = 0;  // 0: history has no event there
  std::string history;        // the event in words; "" for none
  std::string code;           // the command in words; "" for none
  std::vector<FieldDifference> differences;
  std::source_location site;  // of the command; line 0 for none
  std::string hint;           // what to do next
  // The strict rule (engine/strictness.h) without which the writer's own
  // replayer would not have found it; "" where it would.
  std::string_view rule;

  // As above; several lines, the last without a newline.
  std::string ToString() const;
  // kFailedPrecondition with the field's code for nondeterminism, TMPRL1100.
  absl::Status ToStatus() const;
};

// "order.cc:41"; the file's last path segment. "" without a line.
std::string SiteText(const std::source_location& site);

}  // namespace cohort

#endif  // COHORT_ENGINE_DIVERGENCE_H_
