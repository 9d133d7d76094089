// `retire`: what the histories say of a branch, joined with code.
//
//   return RetireCommand(host, args, json);
//
// Settled by replay is what histories alone leave open: a run without a marker
// whose replay takes the default branch has passed the call, and one whose
// replay never comes to it has not. What does not replay clean settles nothing,
// and nothing is settled by a program that has no such change.
// Threads: one. Errors: in the exit codes, see ReplayMain.
#ifndef COHORT_TESTING_RETIRE_COMMAND_H_
#define COHORT_TESTING_RETIRE_COMMAND_H_

#include <string>

#include "cohort/corpus/retire_args.h"
#include "cohort/testing/corpus_commands.h"

namespace cohort {

// 0 safe, 1 unsafe, 3 not provable; 2 for usage.
int RetireCommand(const CommandHost& host, const RetireArgs& args,
                  const std::string& json);

}  // namespace cohort

#endif  // COHORT_TESTING_RETIRE_COMMAND_H_
