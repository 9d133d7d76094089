// Everything for reading and writing version markers and value markers.
#ifndef COHORT_MARKERS_MARKERS_H_
#define COHORT_MARKERS_MARKERS_H_

#include "cohort/markers/codec.h"          // IWYU pragma: export
#include "cohort/markers/dialect.h"        // IWYU pragma: export
#include "cohort/markers/value_markers.h"  // IWYU pragma: export

#endif  // COHORT_MARKERS_MARKERS_H_
