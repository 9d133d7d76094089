// Times and durations as proto JSON spells them.
//
//   absl::StatusOr<absl::Time> at =
//       ParseTime("2026-11-22T21:24:48.210384519Z");
//   DurationText(std::chrono::milliseconds(1500)) == "1.500s";
//
// Threads: functions of their arguments.
// Errors: kDataLoss for text that is neither.
#ifndef COHORT_HISTORY_TIME_H_
#define COHORT_HISTORY_TIME_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/history/command.h"

namespace cohort {

// RFC 3339 with up to nine digits of a second and any offset, or (Cadence)
// whole nanoseconds since 1970 in digits.
absl::StatusOr<absl::Time> ParseTime(std::string_view text);

// RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second, as few as needed.
std::string TimeText(absl::Time time);

// Seconds with up to nine digits behind the point and "s": "10s", "-0.5s".
// Beyond +-292 years it is kDataLoss: no timeout is that long.
absl::StatusOr<Nanoseconds> ParseDuration(std::string_view text);

std::string DurationText(Nanoseconds duration);

// What people type: "30d", "72h", "1d12h", "90m". kInvalidArgument for other
// words, negative ones, and more than a million days.
absl::StatusOr<absl::Duration> ParsePeriod(std::string_view text);

}  // namespace cohort

#endif  // COHORT_HISTORY_TIME_H_
