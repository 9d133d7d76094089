// The command line of `cohort`, for mains and tests.
//
//   int main(int argc, char** argv) {
//     return cohort::CohortMain(argc, argv, {.out = std::cout,
//                                            .err = std::cerr});
//   }
//
// Exit codes: 0 ok; 1 different, unsafe; 2 usage, or an input that could not be
// read; 3 nothing found, not provable. One bad file does not stop the others:
// what is wrong with it goes to `err`, and the code is 2 at the end. Threads:
// one at a time.
#ifndef COHORT_CLI_COMMAND_LINE_H_
#define COHORT_CLI_COMMAND_LINE_H_

#include "cohort/cli/terminal.h"

namespace cohort {

int CohortMain(int argc, const char* const* argv, const Terminal& terminal);

}  // namespace cohort

#endif  // COHORT_CLI_COMMAND_LINE_H_
