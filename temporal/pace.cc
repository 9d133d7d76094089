#include "cohort/temporal/pace.h"

#include <algorithm>

namespace cohort {
namespace {

// Where no limit is given, a refusal is taken as one at this rate.
constexpr double kUnlimitedRate = 1000;
constexpr double kRateMin = 0.5;
// Two refusals within this time are one.
constexpr absl::Duration kSameRefusal = absl::Milliseconds(500);

}  // namespace

Pace::Pace(double calls_per_second)
    : limit_(calls_per_second > 0 ? calls_per_second : kUnlimitedRate),
      rate_(limit_) {}

double Pace::RateAt(absl::Time now) const {
  if (slowed_ == absl::InfinitePast()) return rate_;
  const double seconds = absl::ToDoubleSeconds(now - slowed_);
  return std::min(limit_, rate_ + limit_ / 10 * std::max(seconds, 0.0));
}

absl::Time Pace::Take(absl::Time now) {
  const std::lock_guard lock(mutex_);
  const absl::Time at = std::max(now, next_);
  next_ = at + absl::Seconds(1 / RateAt(now));
  return at;
}

void Pace::Slow(absl::Time now) {
  const std::lock_guard lock(mutex_);
  if (now - slowed_ < kSameRefusal) return;
  rate_ = std::max(RateAt(now) / 2, kRateMin);
  slowed_ = now;
}

double Pace::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

}  // namespace cohort
