// How fast a reader may go: a rate that halves when the server says that it is
// too much, and grows back slowly.
//
//   absl::SleepFor(pace.Take(absl::Now()) - absl::Now());
//   bool exhausted = Call();
//   if (exhausted) pace.Slow(absl::Now());
//
// Threads: any. Errors: none.
#ifndef COHORT_TEMPORAL_PACE_H_
#define COHORT_TEMPORAL_PACE_H_

#include <mutex>

#include "absl/time/time.h"

namespace cohort {

class Pace {
 public:
  // Calls a second, at most; 0: no limit until the server sets one.
  explicit Pace(double calls_per_second);

  // When the next call may be made; that moment is then taken.
  absl::Time Take(absl::Time now);
  // The server refused a call for being one too many.
  void Slow(absl::Time now);
  double rate() const;

 private:
  // As of `now`: a tenth of the limit more for each second without a refusal.
  double RateAt(absl::Time now) const;

  const double limit_;
  mutable std::mutex mutex_;
  double rate_;                               // at `slowed_`
  absl::Time slowed_ = absl::InfinitePast();  // under mutex_
  absl::Time next_ = absl::InfinitePast();    // under mutex_
};

}  // namespace cohort

#endif  // COHORT_TEMPORAL_PACE_H_
