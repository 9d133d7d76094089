// All that a workflow author includes.
#ifndef COHORT_WORKFLOW_WORKFLOW_H_
#define COHORT_WORKFLOW_WORKFLOW_H_

#include "cohort/versioning/versioning.h"  // IWYU pragma: export
#include "cohort/workflow/context.h"       // IWYU pragma: export
#include "cohort/workflow/convert.h"       // IWYU pragma: export
#include "cohort/workflow/errors.h"        // IWYU pragma: export
#include "cohort/workflow/future.h"        // IWYU pragma: export
#include "cohort/workflow/options.h"       // IWYU pragma: export
#include "cohort/workflow/registry.h"      // IWYU pragma: export
#include "cohort/workflow/selector.h"      // IWYU pragma: export
#include "cohort/workflow/signals.h"       // IWYU pragma: export
#include "cohort/workflow/task.h"          // IWYU pragma: export
#include "cohort/workflow/when.h"          // IWYU pragma: export

#endif  // COHORT_WORKFLOW_WORKFLOW_H_
