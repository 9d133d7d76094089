// Everything for asking which version of a change a run is on.
#ifndef COHORT_VERSIONING_VERSIONING_H_
#define COHORT_VERSIONING_VERSIONING_H_

#include "cohort/versioning/decision.h"      // IWYU pragma: export
#include "cohort/versioning/get_version.h"   // IWYU pragma: export
#include "cohort/versioning/host.h"          // IWYU pragma: export
#include "cohort/versioning/policy.h"        // IWYU pragma: export
#include "cohort/versioning/route.h"         // IWYU pragma: export
#include "cohort/versioning/version.h"       // IWYU pragma: export
#include "cohort/versioning/version_book.h"  // IWYU pragma: export

#endif  // COHORT_VERSIONING_VERSIONING_H_
