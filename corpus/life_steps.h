// What each next step in the life of a change needs, by the family of its
// calls.
//
//   report.steps = LifeSteps(report.branches, report.dialects, judge);
//
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_LIFE_STEPS_H_
#define COHORT_CORPUS_LIFE_STEPS_H_

#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "cohort/corpus/retire.h"

namespace cohort {

// `branches` holds all of them, the default branch first and the versions in
// ascending order; `dialects` is who recorded the change. `judge` answers for
// the call of a patch.
std::vector<LifeStep> LifeSteps(
    std::span<const BranchReport> branches, std::span<const Dialect> dialects,
    absl::FunctionRef<RetireVerdict()> judge_patch_call);

}  // namespace cohort

#endif  // COHORT_CORPUS_LIFE_STEPS_H_
