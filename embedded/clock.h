// The engine's time: the system's, or virtual.
//
//   VirtualClock clock;            // begins at 2026-01-01T00:00:00Z
//   clock.AdvanceTo(clock.Now() + absl::Hours(24));
//
// Virtual time stands still until it is told to go on: an engine jumps to the
// next due instant when nothing is runnable.
// Threads: any. Errors: none; time never goes back.
#ifndef COHORT_EMBEDDED_CLOCK_H_
#define COHORT_EMBEDDED_CLOCK_H_

#include <algorithm>
#include <mutex>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace cohort {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;
};

// Where the system's clock is set back, this one stands until it has caught up.
class SystemClock final : public Clock {
 public:
  absl::Time Now() override {
    const std::lock_guard lock(mutex_);
    latest_ = std::max(latest_, absl::Now());
    return latest_;
  }

 private:
  std::mutex mutex_;
  absl::Time latest_ = absl::InfinitePast();
};

class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(absl::Time start = absl::FromUnixSeconds(1'767'225'600))
      : now_(start) {}

  absl::Time Now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void AdvanceTo(absl::Time time) {
    const std::lock_guard lock(mutex_);
    now_ = std::max(now_, time);
  }

 private:
  std::mutex mutex_;
  absl::Time now_;
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_CLOCK_H_
