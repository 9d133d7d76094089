// Replay in other surroundings: what code reads of its process (addresses, hash
// seeds, time zone, locale, environment) may not change what it decides.
//
//   COHORT_ASSIGN_OR_RETURN(
//       const Perturbed found,
//       Perturb({program, "replay", "--json", "-", "histories/"}, 3, results));
//   for (const auto& [source, text] : found.differences) Use(source, text);
//
// One replay cannot see such nondeterminism: it may agree with the history by
// luck. The program is started again, with addresses laid out anew by the
// system and the variables of kSurroundings.
//
// Threads: one. Errors: of a program that cannot be run or writes no reports.
#ifndef COHORT_TESTING_PERTURB_H_
#define COHORT_TESTING_PERTURB_H_

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/testing/case_report.h"

namespace cohort {

struct Perturbed {
  // By source: what any of the replays found otherwise, or that it was ended by
  // a signal. One of those says nothing of whose history it was: it is every
  // case's.
  std::map<std::string, std::string> differences;
  int replays = 0;  // that came to their end
  // Locales that this system lacks: those replays were made in the C locale.
  std::set<std::string> absent_locales;
};

// `command` prints the JSON array of the same cases on its standard output. It
// is run `times` times, or until `stop` says so.
absl::StatusOr<Perturbed> Perturb(
    const std::vector<std::string>& command, int times,
    std::span<const CaseResult> results,
    const std::function<bool()>& stop = [] { return false; });

}  // namespace cohort

#endif  // COHORT_TESTING_PERTURB_H_
