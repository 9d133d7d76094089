// Loop and Fanout: a long run and a wide one, in both versioning families.
//
// The same programs were recorded by workers of four SDKs; these ports replay
// their histories. `Build::kCareless` is what a hurried engineer might ship:
// one more activity, and no version call that guards it.
#ifndef COHORT_EXAMPLES_LOOP_H_
#define COHORT_EXAMPLES_LOOP_H_

#include "cohort/workflow/workflow.h"

namespace cohort_examples {

enum class Build : std::uint8_t { kGood, kCareless };

// Workflows "Loop" and "Fanout", asking with GetVersion (Go, Java) or with
// Patched (Python, TypeScript).
cohort::Registry LoopRegistry(cohort::Family family,
                              Build build = Build::kGood);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_LOOP_H_
