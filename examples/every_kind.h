// A workflow of everything that Context offers, and histories of it: what the
// replay fuzzer starts from.
//
//   for (const EveryKindSeed& seed : EveryKindSeeds()) {
//     std::string json = RecordEveryKind(seed);
//   }
//
// Threads: the functions are pure. Errors: a run that fails ends the process.
#ifndef COHORT_EXAMPLES_EVERY_KIND_H_
#define COHORT_EXAMPLES_EVERY_KIND_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cohort/workflow/workflow.h"

namespace cohort_examples {

// "EveryKind"(plan): operations of every kind under all cancellation
// types, beside handlers, a scope, spawned tasks, a selector and conditions. By
// its bits the plan cancels the scope (1), fails (2), continues as new (4), and
// is content with one cancellation type (8).
cohort::Registry EveryKindRegistry();

// What comes in for the operations that are open.
enum class Answers : std::uint8_t {
  kResults,
  kFailures,
  kTimeOuts,
  kAcknowledgements,  // of cancellations, where they were asked for
  kOthers,            // a start that fails, a termination, a lost request
};

struct EveryKindSeed {
  std::string_view name;
  std::string_view sdk;  // that the history says it is written by
  int plan;
  Answers answers;
  bool cancel_run;
};

std::span<const EveryKindSeed> EveryKindSeeds();
std::string RecordEveryKind(const EveryKindSeed& seed);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_EVERY_KIND_H_
