// Events in a few words, for tables.
//
//   EventWords words(history.events());
//   words.Of(event);           // "TimerFired(19)"
//   words.OfAll(turn.outputs)  // "ActivityTaskScheduled(charge) x500"
//
// Threads: one at a time. Errors: none.
#ifndef COHORT_CLI_EVENT_WORDS_H_
#define COHORT_CLI_EVENT_WORDS_H_

#include <span>
#include <string>
#include <vector>

#include "cohort/history/event.h"
#include "cohort/history/payload_reader.h"

namespace cohort {

class EventWords {
 public:
  // All events of the history; they must outlive this.
  explicit EventWords(std::span<const Event> events) : events_(events) {}

  // The type, without "WorkflowExecution" in front, and in brackets what it is
  // about: a version marker's answer, a name, an id, or the name of the
  // operation that it belongs to.
  std::string Of(const Event& event);

  // Equal neighbours are one word with a count.
  std::vector<std::string> OfAll(std::span<const Event> events);

 private:
  std::string About(const Event& event);
  const Event* Find(std::int64_t event_id) const;

  std::span<const Event> events_;
  PayloadReader reader_;
};

}  // namespace cohort

#endif  // COHORT_CLI_EVENT_WORDS_H_
