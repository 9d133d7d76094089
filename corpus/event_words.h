// Events in a few words, for tables and for comparing.
//
//   EventWords words(history.events());
//   words.Of(event);       // "TimerFired(19)"
//   words.OfAll(outputs);  // "ActivityTaskScheduled(charge) x500"
//
// Names come out of the history as they stand: whoever prints them on a
// terminal escapes them.
// Threads: one at a time. Errors: none.
#ifndef COHORT_CORPUS_EVENT_WORDS_H_
#define COHORT_CORPUS_EVENT_WORDS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cohort/history/event.h"
#include "cohort/history/event_row.h"
#include "cohort/history/payload_reader.h"

namespace cohort {

enum class IdsInWords : std::uint8_t {
  kShown,   // where there is no name
  kHidden,  // two runs that did the same have the same words
};

class EventWords {
 public:
  // All events of the history; they must outlive this.
  explicit EventWords(std::span<const Event> events,
                      IdsInWords ids = IdsInWords::kShown)
      : events_(events), ids_(ids) {}

  // The type, without "WorkflowExecution" in front, and in brackets what it is
  // about: a version marker's answer, a name, an id, or the name of the
  // operation that it belongs to.
  std::string Of(const Event& event);

  // Equal neighbours are one word with a count.
  std::vector<std::string> OfAll(std::span<const Event> events);

 private:
  std::string About(const Event& event);
  std::string AboutMarker(const Event& event);
  std::string AboutKeys(const Event& event);
  std::string NameOrKey(const Event& event) const;
  const Event* Find(std::int64_t event_id) const;

  std::span<const Event> events_;
  IdsInWords ids_;
  PayloadReader reader_;
};

// The event's field that holds the target, as proto JSON calls it
// ("acceptedRequest.input.args"); where there are several, the first. "" where
// the type has none.
std::string FieldName(EventType type, Target target);

}  // namespace cohort

#endif  // COHORT_CORPUS_EVENT_WORDS_H_
