// Histories as proto JSON, in the spelling the official tools read.
//
//   EventDraft draft;
//   draft.type = EventType::kTimerStarted;
//   draft.id = 5;
//   draft.text(Text::kId) = "5";
//   draft.attributes = {{"startToFireTimeout", std::chrono::seconds(1)}};
//   std::string line = WriteEvent(draft);
//
// Which field of an event's attributes a text, the subject or the payloads go
// to stands in history/event_table.h, where the reader looks too: an event that
// was written reads back equal.
// Threads: functions of their arguments.
// Errors: none; a draft of an unknown type has no attributes.
#ifndef COHORT_HISTORY_JSON_WRITER_H_
#define COHORT_HISTORY_JSON_WRITER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "cohort/history/command.h"
#include "cohort/history/event.h"
#include "cohort/history/history.h"
#include "cohort/history/payload.h"

namespace cohort {

// An event to be recorded: an Event whose parts are owned.
struct EventDraft {
  EventType type = EventType::kUnspecified;
  std::int64_t id = 0;
  absl::Time time = absl::UnixEpoch();
  std::int64_t subject = 0;
  std::array<std::string, kTextCount> texts;
  Payloads input;  // a type whose field is one payload takes the first
  std::optional<Failure> failure;
  PayloadsMap details;  // a map of single payloads takes the first of each
  // Every other field. Dots go inwards; a path that ends in "[]" is a list, and
  // each attribute of that path is one more element.
  std::vector<Attribute> attributes;
  bool worker_may_ignore = false;

  std::string_view text(Text t) const {
    return texts[static_cast<std::size_t>(t)];
  }
  std::string& text(Text t) { return texts[static_cast<std::size_t>(t)]; }
};

// One line, without a newline. Empty texts, payloads and a subject of 0 are
// left out, as proto JSON does.
std::string WriteEvent(const EventDraft& draft);

// {"events":[...]} with each event's own text as it was read: unknown fields
// and spellings stay.
std::string WriteHistory(const History& history);

// JSON text of the values, appended to `out`. Bytes that are not UTF-8 become
// U+FFFD.
void AppendJsonString(std::string& out, std::string_view text);
void AppendPayload(std::string& out, const Payload& payload);
void AppendPayloads(std::string& out, const Payloads& payloads);
void AppendFailure(std::string& out, const Failure& failure);

}  // namespace cohort

#endif  // COHORT_HISTORY_JSON_WRITER_H_
