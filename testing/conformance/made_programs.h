// The small programs that the made histories were built for: each asks one
// question of a replayer.
//
//   X  two tasks sleep, 1 s and 2 s, then run activities: whose goes on first?
//   Y  a signal and a timer arrive together: whose code runs first?
//   Z, W, U  a timer, an activity, a child, canceled as soon as it is started
//   V  a signal between two workflow tasks that record nothing: was it there?
//
// Threads: the functions are pure. Errors: none.
#ifndef COHORT_TESTING_CONFORMANCE_MADE_PROGRAMS_H_
#define COHORT_TESTING_CONFORMANCE_MADE_PROGRAMS_H_

#include <string_view>

#include "cohort/examples/order.h"
#include "cohort/workflow/workflow.h"

namespace cohort_testing {

// Workflow "Order", as one of these programs; an empty registry for another
// name.
cohort::Registry MadeRegistry(cohort_examples::OrderStyle style,
                              std::string_view program);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_CONFORMANCE_MADE_PROGRAMS_H_
