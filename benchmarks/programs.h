// The workflows that are measured: a long one, a wide one, and one that asks
// for versions. `Loop` and `Fanout` are the programs of which four SDKs'
// workers recorded histories; see made_history.h for made ones.
#ifndef COHORT_BENCHMARKS_PROGRAMS_H_
#define COHORT_BENCHMARKS_PROGRAMS_H_

#include "cohort/workflow/workflow.h"

namespace cohort_benchmarks {

// Loop(n): n times one of eight changes, asked for with the family's call, and
// one activity. Fanout(n): n activities at once.
cohort::Registry ReplayedPrograms(cohort::Family family);

// Ask(ids, calls): asks for `ids` changes once, then `calls` times for one of
// them in turn; its result is the duration of the latter in nanoseconds.
cohort::Registry AskingProgram();

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_PROGRAMS_H_
