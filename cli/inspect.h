// `cohort inspect`: what one history says of its run, without user code.
//
//   COHORT_ASSIGN_OR_RETURN(History history, History::FromFile("o.json"));
//   COHORT_ASSIGN_OR_RETURN(HistoryFigures figures, Inspect(history));
//   std::cout << InspectText(figures, Paint::kPlain);
//
// Figures are counted event by event, so a history that a replay would refuse
// (an unknown event, a gap) has figures too; what a replay would refuse stands
// in `problems`.
// Threads: functions of their arguments.
// Errors: kInvalidArgument for a history without events.
#ifndef COHORT_CLI_INSPECT_H_
#define COHORT_CLI_INSPECT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/cli/open_operations.h"
#include "cohort/cli/paint.h"
#include "cohort/history/history.h"
#include "cohort/markers/codec.h"
#include "nlohmann/json.hpp"

namespace cohort {

// A change id, and each different answer that was recorded for it, in order.
struct RecordedChange {
  std::string change_id;
  std::vector<VersionMarker> answers;
};

struct HistoryFigures {
  std::string source;  // the file
  std::string workflow_type;
  std::string workflow_id;
  std::string run_id;            // the run's first, where it was reset
  std::vector<std::string> sdk;  // "temporal-go 1.50.0"
  std::string_view profile;      // whose rules it would be read by
  std::int64_t events = 0;
  std::int64_t turns = 0;  // completed workflow tasks
  std::int64_t tasks_scheduled = 0;
  std::int64_t tasks_started = 0;
  std::int64_t tasks_failed = 0;
  std::int64_t tasks_timed_out = 0;
  std::string_view last_event;  // "TIMER_STARTED"; "UNKNOWN"
  std::string_view status;      // "open", "completed", "terminated", ...
  // The status, and what an open run waits for, in words.
  std::string stage;
  std::vector<OpenOperation> open;              // of an open run
  std::map<std::string, std::int64_t> markers;  // by marker name
  std::vector<RecordedChange> versions;         // as first recorded
  std::vector<Dialect> dialects;                // as first seen
  std::int64_t upserts = 0;                     // of search attributes
  std::int64_t change_version_upserts = 0;      // ... of the change versions
  std::vector<std::int64_t> lang_used_flags;    // ascending
  std::vector<std::int64_t> core_used_flags;    // ascending
  std::vector<std::string> problems;
};

absl::StatusOr<HistoryFigures> Inspect(const History& history);

// A version as reports print it: "2"; "patched" or "deprecated" for core's.
std::string VersionWord(const VersionMarker& marker);

// A block of lines, the last with its newline.
std::string InspectText(const HistoryFigures& figures, Paint paint);

nlohmann::ordered_json InspectJson(const HistoryFigures& figures);

}  // namespace cohort

#endif  // COHORT_CLI_INSPECT_H_
