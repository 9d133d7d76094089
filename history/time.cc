#include "cohort/history/time.h"

#include <charconv>
#include <cstdint>
#include <limits>

#include "cohort/base/status.h"
#include "cohort/base/text.h"
#include "fmt/format.h"

namespace cohort {

namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::size_t kNanosDigits = 9;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool TakeNumber(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!IsDigit(text[i])) return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool TakeByte(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

// "." and one to nine digits, or nothing.
bool TakeFraction(std::string_view& text, std::int64_t& nanos) {
  nanos = 0;
  if (!TakeByte(text, '.')) return true;
  std::size_t digits = 0;
  std::int64_t unit = kNanosPerSecond;
  while (digits < text.size() && IsDigit(text[digits])) {
    if (digits == kNanosDigits) return false;
    unit /= 10;
    nanos += unit * (text[digits++] - '0');
  }
  text.remove_prefix(digits);
  return digits > 0;
}

bool TakeOffset(std::string_view& text, absl::Duration& offset) {
  offset = absl::ZeroDuration();
  if (TakeByte(text, 'Z') || TakeByte(text, 'z')) return true;
  const bool behind = text.starts_with('-');
  if (!behind && !text.starts_with('+')) return false;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!TakeNumber(text, 2, hours) || !TakeByte(text, ':') ||
      !TakeNumber(text, 2, minutes) || hours > 23 || minutes > 59) {
    return false;
  }
  offset = absl::Hours(hours) + absl::Minutes(minutes);
  if (behind) offset = -offset;
  return true;
}

bool TakeTime(std::string_view& text, absl::Time& time) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!TakeNumber(text, 4, year) || !TakeByte(text, '-') ||
      !TakeNumber(text, 2, month) || !TakeByte(text, '-') ||
      !TakeNumber(text, 2, day)) {
    return false;
  }
  if (!TakeByte(text, 'T') && !TakeByte(text, 't')) return false;
  if (!TakeNumber(text, 2, hour) || !TakeByte(text, ':') ||
      !TakeNumber(text, 2, minute) || !TakeByte(text, ':') ||
      !TakeNumber(text, 2, second)) {
    return false;
  }
  // A second of 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60) return false;
  const absl::CivilDay date(year, month, day);
  if (date.month() != month || date.day() != day) return false;
  std::int64_t nanos = 0;
  absl::Duration offset;
  if (!TakeFraction(text, nanos) || !TakeOffset(text, offset)) return false;
  time =
      absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute, second),
                      absl::UTCTimeZone()) +
      absl::Nanoseconds(nanos) - offset;
  return true;
}

// The fraction with 0, 3, 6 or 9 digits, as proto JSON writes it.
std::string FractionText(std::int64_t nanos) {
  if (nanos == 0) return "";
  if (nanos % 1'000'000 == 0) return fmt::format(".{:03}", nanos / 1'000'000);
  if (nanos % 1'000 == 0) return fmt::format(".{:06}", nanos / 1'000);
  return fmt::format(".{:09}", nanos);
}

}  // namespace

absl::StatusOr<absl::Time> ParseTime(std::string_view text) {
  std::int64_t nanos = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, nanos);
  if (error == std::errc() && end == last) return absl::FromUnixNanos(nanos);
  std::string_view rest = text;
  absl::Time time;
  if (TakeTime(rest, time) && rest.empty()) return time;
  return DataLoss("\"{}\" is not a time as in 2026-01-31T23:59:59.5Z", text);
}

std::string TimeText(absl::Time time) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const absl::CivilSecond civil = absl::ToCivilSecond(time, utc);
  const std::int64_t nanos =
      absl::ToInt64Nanoseconds(time - absl::FromCivil(civil, utc));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", civil.year(),
                     civil.month(), civil.day(), civil.hour(), civil.minute(),
                     civil.second(), FractionText(nanos));
}

absl::StatusOr<Nanoseconds> ParseDuration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = TakeByte(rest, '-');
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  if (!rest.empty() && IsDigit(rest[0])) {
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), seconds);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    constexpr std::int64_t kSecondsMax =
        std::numeric_limits<std::int64_t>::max() / kNanosPerSecond - 1;
    if (error == std::errc() && seconds <= kSecondsMax &&
        TakeFraction(rest, nanos) && rest == "s") {
      const Nanoseconds value(seconds * kNanosPerSecond + nanos);
      return negative ? -value : value;
    }
  }
  return DataLoss("\"{}\" is not a duration as in \"1.5s\"", text);
}

std::string DurationText(Nanoseconds duration) {
  const std::int64_t count = duration.count();
  // In parts, because the smallest count has no positive twin.
  const std::int64_t seconds = count / kNanosPerSecond;
  const std::int64_t nanos = count % kNanosPerSecond;
  const bool negative = count < 0;
  return fmt::format("{}{}{}s", negative ? "-" : "",
                     negative ? -seconds : seconds,
                     FractionText(negative ? -nanos : nanos));
}

absl::StatusOr<absl::Duration> ParsePeriod(std::string_view text) {
  constexpr std::int64_t kDaysMax = 1'000'000;
  const absl::Status wrong = InvalidArgument(
      "\"{}\" is no length of time; give one such as 30d, 12h or 90m", text);
  std::string_view rest = text;
  std::int64_t days = 0;
  if (const std::size_t d = text.find('d'); d != text.npos) {
    const char* const last = text.data() + d;
    const auto [end, error] = std::from_chars(text.data(), last, days);
    if (error != std::errc() || end != last) return wrong;
    if (days < 0 || days > kDaysMax) return wrong;
    rest.remove_prefix(d + 1);
  }
  absl::Duration part;  // a day has no letter of its own in absl's spelling
  const bool only_days = rest.empty() && !text.empty();
  if (!only_days && !absl::ParseDuration(ToAbsl(rest), &part)) return wrong;
  if (part < absl::ZeroDuration()) return wrong;
  return days * absl::Hours(24) + part;
}

}  // namespace cohort
