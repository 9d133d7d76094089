// What a run waits for, read from its history alone.
//
//   OpenOperations open;
//   for (const Event& event : history.events()) open.Add(event);
//   for (const OpenOperation& o : open.List()) Use(o.event_id, o.waits_for);
//
// Threads: one at a time. Errors: none; an event about an operation that is
// not there changes nothing.
#ifndef COHORT_CORPUS_OPEN_OPERATIONS_H_
#define COHORT_CORPUS_OPEN_OPERATIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/history/event.h"

namespace cohort {

struct OpenOperation {
  std::int64_t event_id = 0;   // of the event that recorded it
  std::string_view kind;       // "activity", "timer", ...
  std::string_view waits_for;  // the event that ends it well: "TimerFired"
  std::string name;      // activity type, workflow type, ...; may be empty
  std::string id;        // activity id, timer id, ...
  bool started = false;  // somebody works on it
};

class OpenOperations {
 public:
  // Events in order. They must stay alive until List() was called.
  void Add(const Event& event);

  // By event id.
  std::vector<OpenOperation> List() const;

 private:
  struct Entry {
    const Event* opened = nullptr;
    std::size_t row = 0;  // of the table in the .cc
    bool started = false;
  };

  std::map<std::int64_t, Entry> entries_;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_OPEN_OPERATIONS_H_
