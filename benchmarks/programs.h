// A workflow that measures itself. What is replayed is the examples' (order.h,
// loop.h), of which four SDKs' workers recorded histories, and
// live_history.h's.
#ifndef COHORT_BENCHMARKS_PROGRAMS_H_
#define COHORT_BENCHMARKS_PROGRAMS_H_

#include "cohort/workflow/workflow.h"

namespace cohort_benchmarks {

// Ask(ids, calls): asks for `ids` changes once, then `calls` times for one of
// them in turn; its result is the duration of the latter in nanoseconds.
cohort::Registry AskingProgram();

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_PROGRAMS_H_
