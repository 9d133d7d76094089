// The oracle's programs as workflow code, and the engine's histories in the
// oracle's words.
//
//   Recorder recorder = ...;                 // ProgramRegistry(), type "P"
//   Show(InWords(*recorder.history())) == Show(oracle.events());
//
// Threads: functions of their arguments. Errors: failures of the test at hand.
#ifndef COHORT_TESTING_PROGRAMS_H_
#define COHORT_TESTING_PROGRAMS_H_

#include <string>
#include <vector>

#include "cohort/history/history.h"
#include "cohort/testing/oracle.h"
#include "cohort/workflow/registry.h"

namespace cohort_testing {

// Workflow "P": takes ToText(program).
cohort::Registry ProgramRegistry();

std::vector<OracleEvent> InWords(const cohort::History& history);

// Which events end before each turn but the first.
using Completions = std::vector<std::vector<int>>;

// Runs a program live and holds what it records, and a replay of it, against
// the oracle's run. The history as JSON.
std::string ExpectAsOracle(const cohort::Registry& registry,
                           const Program& program, VersionChoice choice,
                           const Completions& completions,
                           const std::vector<OracleEvent>& events);

// Replays the history of `program` with the code of another one, and holds the
// verdict against the oracle's.
std::string ExpectJudgedAsOracle(const cohort::Registry& registry,
                                 const Program& program,
                                 const std::string& json,
                                 const std::vector<OracleEvent>& events,
                                 const Program& changed);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_PROGRAMS_H_
