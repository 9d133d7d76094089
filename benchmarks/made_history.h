// Histories like recorded ones, made without a server: the same events in the
// same order, with the fields that a server and the Go SDK write, indented as
// the official tools do it; about 625 bytes for each event of Loop and Fanout.
#ifndef COHORT_BENCHMARKS_MADE_HISTORY_H_
#define COHORT_BENCHMARKS_MADE_HISTORY_H_

#include <string>

#include "cohort/history/history.h"

namespace cohort_benchmarks {

// Of Loop(n): 6 n + 21 events for n >= 8.
std::string MakeLoop(int n);

// Of Fanout(n): a workflow task behind every third result.
std::string MakeFanout(int n);

// What a recorder wrote of a live run, with the fields that a server adds, and
// laid out as the official tools do it.
std::string InOfficialLayout(const cohort::History& live);

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_MADE_HISTORY_H_
