// What one history says of its run, read in one pass without user code.
//
//   COHORT_ASSIGN_OR_RETURN(RunFacts facts, FactsOf(history));
//   facts.workflow_type; facts.status; facts.Stage();
//   for (const RecordedChange& change : facts.changes) Use(change.change_id);
//
// Facts are collected event by event, so a history that a replay would refuse
// (an unknown event, a gap) has facts too; markers that cannot be read stand in
// `problems`.
// Threads: functions of their arguments.
// Errors: kInvalidArgument for a history without events.
#ifndef COHORT_CORPUS_RUN_FACTS_H_
#define COHORT_CORPUS_RUN_FACTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/digest.h"
#include "cohort/corpus/open_operations.h"
#include "cohort/corpus/run_status.h"
#include "cohort/history/history.h"
#include "cohort/history/payload.h"
#include "cohort/markers/codec.h"

namespace cohort {

// A change id, and each different answer that was recorded for it, in order.
struct RecordedChange {
  std::string change_id;
  std::vector<VersionMarker> answers;
  std::int64_t turn = 0;  // whose output the first marker is
  bool upserted = true;   // an upsert stands right behind each marker
};

struct RunFacts {
  std::string source;  // the file
  std::string workflow_type;
  std::string workflow_id;
  // The run's own id: the new run id of its last reset, else the one it was
  // started with.
  std::string run_id;
  // The id that the first run of a chain of resets had; equal where there was
  // no reset.
  std::string first_run_id;
  std::string task_queue;        // of the start
  std::string build_id;          // of the last completed task that names one
  std::vector<std::string> sdk;  // "temporal-go 1.50.0"
  absl::Time started = absl::InfinitePast();  // the first event's time
  absl::Time latest = absl::InfinitePast();   // the last event's time
  RunStatus status = RunStatus::kOpen;

  std::int64_t events = 0;
  std::int64_t turns = 0;  // completed workflow tasks
  std::int64_t tasks_scheduled = 0;
  std::int64_t tasks_started = 0;
  std::int64_t tasks_failed = 0;
  std::int64_t tasks_timed_out = 0;
  EventType last_event = EventType::kUnknown;
  // The last edge of a workflow task, and why it failed if it did.
  EventType last_task = EventType::kUnspecified;
  std::string last_task_cause;

  std::vector<OpenOperation> open;                           // of an open run
  std::map<std::string, std::int64_t, std::less<>> markers;  // by marker name
  std::vector<RecordedChange> changes;        // as first recorded
  std::vector<Dialect> dialects;              // as first seen
  std::int64_t upserts = 0;                   // of search attributes
  std::int64_t change_version_upserts = 0;    // ... of the change versions
  std::vector<std::string> listed;            // by the last one of those
  std::vector<std::string> inherited;         // listed when the run began
  std::vector<std::int64_t> lang_used_flags;  // ascending
  std::vector<std::int64_t> core_used_flags;  // ascending
  std::vector<std::string> problems;

  // What an open run waits for, in few words that many runs share: "activity
  // Charge + timer", "nothing run yet", "nothing outstanding". A run that has
  // ended is "closed".
  std::string Stage() const;
  // nullptr if the run recorded nothing for the id.
  const RecordedChange* FindChange(std::string_view change_id) const;
};

absl::StatusOr<RunFacts> FactsOf(const History& history);

// The elements of a list of change versions, as the search attribute holds it;
// none where it is no list of strings.
std::vector<std::string> ListElements(const Payload& list);

// Tells the first `events` events of one run from those of another: of ids,
// types, subjects and names. Two snapshots of one run are prefixes of each
// other if and only if the digests of the shorter one's length are equal.
Digest EventsDigest(const History& history, std::int64_t events);

// A version as reports print it: "2"; "patched" or "deprecated" for core's.
std::string VersionWord(const VersionMarker& marker);

}  // namespace cohort

#endif  // COHORT_CORPUS_RUN_FACTS_H_
