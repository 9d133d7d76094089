// A saga: a trip is booked in parallel steps; when one fails, or the run is
// canceled, what was done is undone.
//
//   cohort::Registry registry;
//   cohort_examples::RegisterTrip(registry);
#ifndef COHORT_EXAMPLES_SAGA_H_
#define COHORT_EXAMPLES_SAGA_H_

#include "cohort/workflow/workflow.h"

namespace cohort_examples {

// "Trip": takes the traveller's name, gives "booked: <flight>, <hotel>".
void RegisterTrip(cohort::Registry& registry);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_SAGA_H_
