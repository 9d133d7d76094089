// One change in the life of a workflow: ActivityC becomes ActivityD.
//
//   before     the guard is not there yet: ActivityC
//   guarded    GetVersion(ctx, "Step1", -1, 1); both versions: ActivityC
//   both       GetVersion(ctx, "Step1", 1, 2): 1 is ActivityC, 2 is ActivityD
//   new_only   GetVersion(ctx, "Step1", 2, 2): ActivityC is deleted
//   careless   ActivityD without a question: what happens without the guard
//
// Each is the code of one release; runs of several are in flight at once.
#ifndef COHORT_EXAMPLES_STEP1_H_
#define COHORT_EXAMPLES_STEP1_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "cohort/workflow/workflow.h"

namespace cohort_examples {

enum class Step1Release : std::uint8_t {
  kBefore,
  kGuarded,
  kBoth,
  kNewOnly,
  kCareless,
};

inline constexpr std::array<std::string_view, 5> kStep1Releases = {
    "before", "guarded", "both", "new_only", "careless"};

// Workflow "Greeting" as that release has it, with its declared change.
cohort::Registry Step1Registry(Step1Release release);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_STEP1_H_
