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
//   order_replay retire CHANGE_ID PATH... [--branch default|N]
//       [--retention 30d] [--now T] [--type T] [--listing FILE]
//   order_replay scrub --prove PATH... [--keep-keys]
//   order_replay coverage|reset-points PATH...
//   order_replay changes [--json FILE|-]
//
// Where payloads went through a codec, hand its decoder over: every command
// reads histories through it, so that encrypted ones replay where the key is.
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

#include "cohort/corpus/decode.h"
#include "cohort/corpus/source.h"
#include "cohort/workflow/registry.h"

namespace cohort {

// Writes to the given streams; the exit code is for main to return.
int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources, std::ostream& out,
               std::ostream& err, PayloadDecoder decode = nullptr);
// To standard output and standard error.
int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources, PayloadDecoder decode = nullptr);

}  // namespace cohort

#endif  // COHORT_TESTING_REPLAY_MAIN_H_
