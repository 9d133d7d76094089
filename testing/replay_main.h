// ReplayMain: a command line of your own that knows your workflows.
//
//   int main(int argc, char** argv) {
//     cohort::Registry registry;
//     registry.Workflow("Order", Order, {kStep1});
//     return cohort::ReplayMain(argc, argv, registry, {});
//   }
//
//   order_replay replay PATH... [--json FILE|-] [--until-event N] [--validate]
//       [--profile NAME] [--strict LEVEL]
//   order_replay changes [--json FILE|-]
//
// Exit codes, everywhere: 0 clean or safe; 1 divergence or unsafe; 2 usage or
// unreadable input; 3 not provable (nothing to judge, incomplete). Of several
// histories 1 wins over 2, and 2 over 3. Reports that cannot be written to
// --json's file are printed, and count as a 2.
#ifndef COHORT_TESTING_REPLAY_MAIN_H_
#define COHORT_TESTING_REPLAY_MAIN_H_

#include <iosfwd>
#include <memory>
#include <vector>

#include "cohort/corpus/source.h"
#include "cohort/workflow/registry.h"

namespace cohort {

// Writes to the given streams; the exit code is for main to return.
int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources, std::ostream& out,
               std::ostream& err);
// To standard output and standard error.
int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources);

}  // namespace cohort

#endif  // COHORT_TESTING_REPLAY_MAIN_H_
