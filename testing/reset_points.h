// Reset points: for a run that cannot go on under today's code, where to reset
// it to.
//
//   if (auto point = FindResetPoint(registry, history)) {
//     std::cout << ResetCommand(facts, *point) << "\n";
//   }
//
// A reset to a WorkflowTaskCompleted keeps all events before it and lets the
// task run again: what the first turn that disagrees recorded is forgotten, and
// nothing before.
//
// Threads: functions of their arguments. Errors: none; nullopt for a history
// that needs no reset, or that no reset helps (its first workflow task was
// never completed, or what is kept does not replay clean).
#ifndef COHORT_TESTING_RESET_POINTS_H_
#define COHORT_TESTING_RESET_POINTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "cohort/corpus/run_facts.h"
#include "cohort/history/history.h"
#include "cohort/testing/report.h"
#include "cohort/workflow/registry.h"

namespace cohort {

struct ResetPoint {
  std::int64_t event_id = 0;        // the WorkflowTaskCompleted to reset to
  std::int64_t turns_kept = 0;      // completed turns before it
  std::int64_t events_dropped = 0;  // it and those behind it
  std::string why;                  // what the replay of the whole says
};

std::optional<ResetPoint> FindResetPoint(const Registry& registry,
                                         const History& history);

// The command for `temporal`, in one line, each argument quoted for a shell.
std::string ResetCommand(const RunFacts& facts, const ResetPoint& point);

}  // namespace cohort

#endif  // COHORT_TESTING_RESET_POINTS_H_
