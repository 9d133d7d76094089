// Histories of programs that ran live on a recorder, in the official layout
// (InOfficialLayout): the same bytes whenever they are made.
//
//   std::string text = RunMixed(240);   // about 10,000 events
//
// Errors: a run that fails ends the process.
#ifndef COHORT_BENCHMARKS_LIVE_HISTORY_H_
#define COHORT_BENCHMARKS_LIVE_HISTORY_H_

#include <string>

#include "cohort/workflow/workflow.h"

namespace cohort_benchmarks {

// Order in its generation g2 (examples/order.h), from validation to shipping:
// with version markers, a local activity and a child workflow.
std::string RunOrder();

// "Mixed", a program of every kind of command but the closing ones of runs that
// fail, are canceled or go on as new: 42 events or so for each of `rounds`.
std::string RunMixed(int rounds);
cohort::Registry MixedProgram();

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_LIVE_HISTORY_H_
