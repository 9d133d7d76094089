// `cohort retire`: may a branch of a change be deleted?
//
//   const Subcommand retire = AddRetire(app);
//   app.parse(argc, argv);
//   if (*retire.parser) return retire.run(terminal);
//
// Threads: one. Errors: in the exit code.
#ifndef COHORT_CLI_RETIRE_H_
#define COHORT_CLI_RETIRE_H_

#include "cohort/cli/terminal.h"

namespace cohort {

Subcommand AddRetire(CLI::App& app);

}  // namespace cohort

#endif  // COHORT_CLI_RETIRE_H_
