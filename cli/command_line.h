// The command line of `cohort`, for mains and tests.
//
//   int main(int argc, char** argv) {
//     return cohort::CohortMain(argc, argv, {.out = std::cout,
//                                            .err = std::cerr});
//   }
//
// Exit codes: 0 ok; 2 usage, or an input that could not be read; 3 nothing
// found. One bad file does not stop the others: what is wrong with it goes to
// `err`, and the code is 2 at the end.
// Threads: one at a time.
#ifndef COHORT_CLI_COMMAND_LINE_H_
#define COHORT_CLI_COMMAND_LINE_H_

#include <iosfwd>

#include "cohort/cli/paint.h"

namespace cohort {

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  Paint paint = Paint::kPlain;  // of `out`
};

inline constexpr int kExitOk = 0;
inline constexpr int kExitUnreadable = 2;
inline constexpr int kExitNothing = 3;

int CohortMain(int argc, const char* const* argv, const Terminal& terminal);

}  // namespace cohort

#endif  // COHORT_CLI_COMMAND_LINE_H_
