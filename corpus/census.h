// Who runs which versions: a fleet counted by workflow type, change, version,
// status and stage.
//
//   for (const CensusRow& row : CensusOf(fleet)) Use(row.version, row.count);
//
// A run stands in one row for each change that any run of its type recorded:
// under the version that it recorded itself, or under none. (Under each, where
// it recorded several: a mistake of its code.) Types whose runs recorded
// nothing have rows without a change.
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_CENSUS_H_
#define COHORT_CORPUS_CENSUS_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cohort/corpus/fleet.h"
#include "cohort/corpus/run_status.h"
#include "cohort/versioning/version.h"

namespace cohort {

struct CensusRow {
  std::string_view workflow_type;
  std::optional<std::string_view> change_id;
  std::optional<Version> version;  // nullopt: no marker; 1 for a patch
  bool deprecated = false;         // the patch's marker says so
  RunStatus status = RunStatus::kOpen;
  std::string_view stage;
  std::int64_t count = 0;
  // By the time of their start; of equal ones the first. A run whose start is
  // not known is the one only where all are so.
  const FleetRun* oldest = nullptr;
  const FleetRun* newest = nullptr;
};

// Ordered by type, change, version (none first), status and stage. The rows
// refer to the fleet and live no longer.
std::vector<CensusRow> CensusOf(const Fleet& fleet);

}  // namespace cohort

#endif  // COHORT_CORPUS_CENSUS_H_
