// The embedded engine: all that a program needs to run workflows by itself.
//
// Threads and errors: see the headers.
#ifndef COHORT_EMBEDDED_EMBEDDED_H_
#define COHORT_EMBEDDED_EMBEDDED_H_

#include "cohort/embedded/client.h"
#include "cohort/embedded/engine.h"
#include "cohort/embedded/requests.h"
#include "cohort/worker/activities.h"
#include "cohort/worker/worker.h"
#include "cohort/workflow/workflow.h"

#endif  // COHORT_EMBEDDED_EMBEDDED_H_
