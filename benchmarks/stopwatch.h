// Time of the calling thread alone: what other processes do on a busy machine
// is not in it (what they do to caches is).
#ifndef COHORT_BENCHMARKS_STOPWATCH_H_
#define COHORT_BENCHMARKS_STOPWATCH_H_

#include <ctime>

namespace cohort_benchmarks {

class Stopwatch {
 public:
  // Seconds of processor time since it was made.
  double seconds() const { return Now() - start_; }

 private:
  static double Now() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) +
           static_cast<double>(now.tv_nsec) * 1e-9;
  }

  double start_ = Now();
};

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_STOPWATCH_H_
