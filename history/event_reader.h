// Reads one event from JSON by the rows of history/event_table.h.
// For this room's readers only.
// Threads: one at a time.
// Errors: false; what was expected stands in the cursor, where in field().
#ifndef COHORT_HISTORY_EVENT_READER_H_
#define COHORT_HISTORY_EVENT_READER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "cohort/history/event.h"
#include "cohort/history/event_table.h"
#include "cohort/history/json_index.h"

namespace cohort {

// Whether `key` is the attributes field of the row's type: as the protos spell
// it, in snake case, or in Cadence's words. A type that is not in the table has
// none.
bool IsAttributesOf(std::string_view key, const EventRow& row);

// Whether `key` has the shape of an attributes field of any type.
inline bool IsAttributesKey(std::string_view key) {
  return key.ends_with("EventAttributes") || key.ends_with("_event_attributes");
}

// Whether `key` is the field `name` (in camel case) of a proto message, in
// either case.
bool IsField(std::string_view key, std::string_view name);

class EventReader {
 public:
  // `arena` keeps the strings that have escapes.
  explicit EventReader(std::deque<std::string>& arena) : arena_(arena) {}

  // Passes the object under the cursor. Fields may stand in any order; of those
  // that are given twice the last counts. Attributes of another type than the
  // event's are not read.
  bool Read(JsonCursor& at, Event& event);

  // The event's field that could not be read; for messages.
  std::string_view field() const { return field_; }

  // The object read last held "events" and no id: a page, not an event.
  bool was_page() const { return was_page_; }

 private:
  bool ReadField(JsonCursor& at, std::string_view key, Event& event);
  bool ReadType(JsonCursor& at, Event& event);
  bool ReadFlag(JsonCursor& at, bool& flag);
  bool ReadText(JsonCursor& at, std::string_view& text);
  bool ReadTime(JsonCursor& at, std::string_view& text);
  bool ReadAttributes(JsonCursor& at, Event& event);
  bool ReadAttributesAgain(JsonCursor& at, Event& event);
  // The rows whose paths begin like the way here are the bits of `rows`.
  bool ReadRows(JsonCursor& at, const EventRow& row, std::uint32_t rows,
                std::size_t depth, Event& event);
  bool ReadTarget(JsonCursor& at, Target target, Event& event);

  std::deque<std::string>& arena_;
  std::string_view field_;
  std::string_view type_name_;  // as written
  bool has_attributes_ = false;
  bool type_was_late_ = false;  // attributes stood before it
  bool was_page_ = false;
};

}  // namespace cohort

#endif  // COHORT_HISTORY_EVENT_READER_H_
