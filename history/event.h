// One recorded fact of a run.
//
//   if (event.type == EventType::kActivityTaskScheduled) type = event.name();
//
// Events are views into the bytes of their History and live no longer than it.
// The fields are the same for every event type: which JSON field of which type
// fills which of them stands in history/event_table.h.
#ifndef COHORT_HISTORY_EVENT_H_
#define COHORT_HISTORY_EVENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cohort/history/event_type.h"
#include "cohort/history/payload.h"

namespace cohort {

// The short texts that identify what an event (or a command) is about.
enum class Text : std::uint8_t {
  kName,     // activity, workflow, signal, marker, update or operation name
  kId,       // activity id, timer id, workflow id, update id, ...
  kScope,    // namespace, Nexus service
  kControl,  // control, run id, cause: whatever third thing the type has
};
inline constexpr std::size_t kTextCount = 4;

struct Event {
  std::int64_t id = 0;
  // The id of the event that recorded the operation this event is about
  // (scheduledEventId, startedEventId of a timer, initiatedEventId); 0 for
  // none.
  std::int64_t subject = 0;
  EventType type = EventType::kUnspecified;
  bool worker_may_ignore = false;
  std::array<std::string_view, kTextCount> texts;
  JsonView input;    // payloads: input, result, details of a failure-like end
  JsonView failure;  // temporal.api.failure.v1.Failure
  JsonView
      details;  // a map: marker details, search attributes, memo; SDK metadata
  std::string_view time;  // RFC 3339, as recorded; ParseTime() reads it
  std::string_view json;  // the whole event

  std::string_view text(Text t) const {
    return texts[static_cast<std::size_t>(t)];
  }
  std::string_view name() const { return text(Text::kName); }
  std::string_view key() const { return text(Text::kId); }
};

}  // namespace cohort

#endif  // COHORT_HISTORY_EVENT_H_
