// COHORT_CHECK: our own invariants.
//
// A broken check ends the process. No input byte and no user code may reach
// one: whatever comes from outside is answered with a Status.
//
//   COHORT_CHECK(operation.live(), "a settled operation was stepped");
#ifndef COHORT_BASE_CHECK_H_
#define COHORT_BASE_CHECK_H_

#include <cstdio>
#include <cstdlib>

namespace cohort::base_internal {

[[noreturn]] inline void CheckFailed(const char* file, int line,
                                     const char* condition,
                                     const char* message) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s (%s)\n", file, line, condition,
               message);
  std::abort();
}

}  // namespace cohort::base_internal

#define COHORT_CHECK(condition, message)                                   \
  do {                                                                     \
    if (!(condition)) [[unlikely]] {                                       \
      ::cohort::base_internal::CheckFailed(__FILE__, __LINE__, #condition, \
                                           message);                       \
    }                                                                      \
  } while (false)

#endif  // COHORT_BASE_CHECK_H_
