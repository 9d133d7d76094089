// Replay in other surroundings: what code reads of its process (addresses, hash
// seeds, time zone, locale, environment) may not change what it decides.
//
//   COHORT_ASSIGN_OR_RETURN(
//       std::vector<std::string> differences,
//       Perturb({program, "replay", "--json", "-", "histories/"}, 3, results));
//
// One replay cannot see such nondeterminism: it may agree with the history by
// luck. The program is started again, with addresses laid out anew by the
// system and the variables of kSurroundings.
//
// Threads: one. Errors: of a program that cannot be run or writes no reports.
#ifndef COHORT_TESTING_PERTURB_H_
#define COHORT_TESTING_PERTURB_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/testing/case_report.h"

namespace cohort {

// `command` prints the JSON array of the same cases on its standard output.
// A difference for each case that any of `times` replays found otherwise.
absl::StatusOr<std::vector<std::string>> Perturb(
    const std::vector<std::string>& command, int times,
    std::span<const CaseResult> results);

}  // namespace cohort

#endif  // COHORT_TESTING_PERTURB_H_
