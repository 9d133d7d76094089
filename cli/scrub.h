// `cohort scrub`: histories without anybody's data.
//
//   return command.run(terminal);   // writes OUT, file by file
//
// Threads: one at a time. Errors: to the terminal; exit code 2.
#ifndef COHORT_CLI_SCRUB_H_
#define COHORT_CLI_SCRUB_H_

#include "cohort/cli/terminal.h"

namespace cohort {

Subcommand AddScrub(CLI::App& app);

}  // namespace cohort

#endif  // COHORT_CLI_SCRUB_H_
