// The oracle's programs as workflow code, and the engine's histories in the
// oracle's words.
//
//   Recorder recorder({.registry = &registry}, "P", ToPayloads("As0a"));
//   COHORT_RETURN_IF_ERROR(recorder.RunTurn());
//   COHORT_ASSIGN_OR_RETURN(History history, recorder.history());
//   EXPECT_EQ(Show(InWords(history)), Show(oracle.run().events));
//
// Threads: functions of their arguments. Errors: failures of the test at hand.
#ifndef COHORT_TESTING_PROGRAMS_H_
#define COHORT_TESTING_PROGRAMS_H_

#include <bitset>
#include <string>
#include <vector>

#include "cohort/history/command.h"
#include "cohort/history/history.h"
#include "cohort/testing/oracle.h"
#include "cohort/workflow/registry.h"

namespace cohort_testing {

// Workflow "P": takes ToText(program).
cohort::Registry ProgramRegistry();

std::vector<OracleEvent> InWords(const cohort::History& history);

struct LiveProgram {
  std::string json;  // its history
  // The kinds of the commands that it issued.
  std::bitset<cohort::kCommandKindCount> kinds;
};

// Runs a program live as the oracle ran it, and holds what it records, where it
// waits, and a replay of it, against the oracle's run.
LiveProgram ExpectAsOracle(const cohort::Registry& registry,
                           const OracleRun& run);

// Replays the history of a run with the code of another program, and holds the
// verdict, and the event that it is about, against the oracle's.
std::string ExpectJudgedAsOracle(const cohort::Registry& registry,
                                 const OracleRun& run, const std::string& json,
                                 const Program& changed);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_PROGRAMS_H_
