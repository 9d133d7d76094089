// A Temporal cluster: its client, its runs as a source, a worker's tasks.
//
// Threads and errors: see the headers.
#ifndef COHORT_TEMPORAL_TEMPORAL_H_
#define COHORT_TEMPORAL_TEMPORAL_H_

#include "cohort/temporal/cluster_client.h"
#include "cohort/temporal/cluster_port.h"
#include "cohort/temporal/cluster_source.h"
#include "cohort/temporal/connection.h"
#include "cohort/worker/activities.h"
#include "cohort/worker/worker.h"
#include "cohort/workflow/workflow.h"

#endif  // COHORT_TEMPORAL_TEMPORAL_H_
