// COHORT_CHECK: what fuzzers, benchmarks and builders for tests hold true.
//
// A broken check ends the process, so the library itself has none: whatever
// comes from outside is answered with a Status.
//
//   COHORT_CHECK(a.texts == b.texts, "texts survive writing");
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
