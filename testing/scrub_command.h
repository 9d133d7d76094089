// `scrub --prove`: does scrubbing change what the code decides?
//
//   return ScrubCommand(host, {.paths = {"histories/"}}, {});
//
// Every history is replayed as it is and scrubbed, and goes on for one live
// turn. The verdict and its first cause, the branches that the code takes, the
// commands that the last turn leaves open and those of the live turn have to be
// the same; commands before that are, where both replay clean. Where something
// differs, the code branches on a value.
// Threads: one. Errors: in the exit codes, see ReplayMain.
#ifndef COHORT_TESTING_SCRUB_COMMAND_H_
#define COHORT_TESTING_SCRUB_COMMAND_H_

#include "cohort/corpus/scrub.h"
#include "cohort/testing/corpus_commands.h"

namespace cohort {

// 0 when every history replays scrubbed as it does plain; 1 when one does not;
// 2 for unreadable input; 3 for nothing to judge.
int ScrubCommand(const CommandHost& host, const CorpusArgs& args,
                 const ScrubOptions& options);

}  // namespace cohort

#endif  // COHORT_TESTING_SCRUB_COMMAND_H_
