// The outcomes of local activities, of value_markers.h.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "cohort/base/status.h"
#include "cohort/base/text.h"
#include "cohort/history/time.h"
#include "cohort/markers/details.h"
#include "cohort/markers/json_text.h"
#include "cohort/markers/marker_names.h"
#include "cohort/markers/value_markers.h"
#include "fmt/core.h"

namespace cohort {
namespace {

using markers_internal::DataAt;
using markers_internal::kBlobKey;
using markers_internal::kCoreActivityName;
using markers_internal::kDataKey;
using markers_internal::kJavaActivityKey;
using markers_internal::kJavaMetaKey;
using markers_internal::kJavaTimeKey;
using markers_internal::kJavaTypeKey;
using markers_internal::kJsonPlain;
using markers_internal::kLocalActivityName;
using markers_internal::kNanosPerSecond;
using markers_internal::kResultKey;
using markers_internal::kUnixSecondsMax;
using markers_internal::kUnixSecondsMin;
using markers_internal::Malformed;
using markers_internal::ReadDetails;
using markers_internal::ReadStringAt;

constexpr std::int64_t kAttemptMax = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kBackoffSecondsMax =
    std::numeric_limits<std::int64_t>::max() / kNanosPerSecond - 1;

// --- Reading: the parts ---

bool ReadAttempt(JsonScanner& cursor, std::int64_t& into) {
  return cursor.ReadInteger(into) && into >= 0 && into <= kAttemptMax;
}

bool InTimeRange(absl::Time time) {
  return time >= absl::FromUnixSeconds(kUnixSecondsMin) &&
         time < absl::FromUnixSeconds(kUnixSecondsMax + 1);
}

bool ReadMillis(JsonScanner& cursor, absl::Time& into) {
  std::int64_t millis = 0;
  if (!cursor.ReadInteger(millis)) return false;
  into = absl::FromUnixMillis(millis);
  return InTimeRange(into);
}

bool ReadRfc3339(JsonScanner& cursor, absl::Time& into) {
  std::string text;
  if (!cursor.ReadString(text)) return false;
  const absl::StatusOr<absl::Time> time = ParseTime(text);
  if (!time.ok()) return false;
  into = *time;
  return InTimeRange(into);
}

// {"seconds":1,"nanos":2}
bool ReadParts(JsonScanner& cursor, std::int64_t& seconds,
               std::int64_t& nanos) {
  bool has_seconds = false;
  bool has_nanos = false;
  const bool read = cursor.ReadObject([&](std::string_view key) {
    if (key == "seconds") {
      has_seconds = true;
      return cursor.ReadInteger(seconds);
    }
    if (key == "nanos") {
      has_nanos = true;
      return cursor.ReadInteger(nanos);
    }
    return cursor.SkipValue();
  });
  return read && has_seconds && has_nanos && nanos >= 0 &&
         nanos < kNanosPerSecond;
}

bool ReadCoreTime(JsonScanner& cursor, absl::Time& into) {
  if (cursor.ReadNull()) return true;
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  if (!ReadParts(cursor, seconds, nanos)) return false;
  into = absl::FromUnixSeconds(seconds) + absl::Nanoseconds(nanos);
  return InTimeRange(into);
}

bool ReadCoreBackoff(JsonScanner& cursor, std::optional<Nanoseconds>& into) {
  if (cursor.ReadNull()) return true;
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  if (!ReadParts(cursor, seconds, nanos) || seconds < 0 ||
      seconds > kBackoffSecondsMax) {
    return false;
  }
  into = Nanoseconds(seconds * kNanosPerSecond + nanos);
  return true;
}

// Seconds with a fraction, as Java's JSON library writes durations. A whole
// number is milliseconds: that is how it writes them when told to leave
// fractions out.
bool ReadJavaBackoff(JsonScanner& cursor, std::optional<Nanoseconds>& into) {
  if (cursor.ReadNull()) return true;
  std::string_view token;
  if (!cursor.ReadScalar(token)) return false;
  if (token.find('.') != std::string_view::npos) {
    const absl::StatusOr<Nanoseconds> value =
        ParseDuration(fmt::format("{}s", token.substr(0, 40)));
    if (!value.ok() || *value < Nanoseconds::zero()) return false;
    into = *value;
    return true;
  }
  std::int64_t millis = 0;
  JsonScanner number(token);
  if (!number.ReadInteger(millis) || !number.AtEnd() || millis < 0 ||
      millis / 1000 > kBackoffSecondsMax) {
    return false;
  }
  into = std::chrono::milliseconds(millis);
  return true;
}

// --- Reading: the dialects ---

// What Go's clients put into one object: Temporal's as payload, Cadence's as
// the details' bytes.
struct GoObject {
  std::string id, type;
  absl::Time time = absl::UnixEpoch();
  std::int64_t attempt = 0;
  std::int64_t backoff_nanos = 0;
  // Cadence's only.
  std::string result, reason, error_details;
};

// Go finds fields in any case, so the clients' spellings need no telling apart.
bool ReadGoObject(std::string_view data, GoObject& into) {
  JsonScanner cursor(data);
  bool has_id = false;
  const bool read = cursor.ReadObject([&](std::string_view key) {
    const auto is = [key](std::string_view name) {
      return absl::EqualsIgnoreCase(ToAbsl(key), ToAbsl(name));
    };
    if (is("activityId")) {
      has_id = true;
      return cursor.ReadString(into.id);
    }
    if (is("activityType")) return cursor.ReadString(into.type);
    if (is("replayTime")) return ReadRfc3339(cursor, into.time);
    if (is("attempt")) return ReadAttempt(cursor, into.attempt);
    if (is("backoff")) return cursor.ReadInteger(into.backoff_nanos);
    if (is("resultJson")) return cursor.ReadString(into.result);
    if (is("errReason")) return cursor.ReadString(into.reason);
    if (is("errJson")) return cursor.ReadString(into.error_details);
    return cursor.SkipValue();
  });
  return read && cursor.AtEnd() && has_id;
}

// Everything that both clients say the same way.
void Take(GoObject& from, LocalActivityMarker& marker) {
  marker.id = std::move(from.id);
  marker.type = std::move(from.type);
  marker.completed = from.time;
  // -1 says that nothing is left to try, 0 that there was no policy.
  if (from.backoff_nanos > 0) marker.backoff = Nanoseconds(from.backoff_nanos);
}

absl::Status ReadGo(const Event& event, const PayloadsMap& details,
                    LocalActivityMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, kDataKey, kJsonPlain));
  GoObject object;
  if (!ReadGoObject(data, object)) {
    return Malformed(event,
                     "the data under \"{}\" is no object as in "
                     "{{\"ActivityID\":\"1\",\"Attempt\":1,\"Backoff\":0}}",
                     kDataKey);
  }
  Take(object, marker);
  // Early releases counted from 0.
  marker.attempt = std::max<std::int64_t>(object.attempt, 1);
  return absl::OkStatus();
}

absl::Status ReadCadence(const Event& event, const PayloadsMap& details,
                         LocalActivityMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, kBlobKey, ""));
  GoObject object;
  if (!ReadGoObject(data, object)) {
    return Malformed(event,
                     "its details are no object as in "
                     "{{\"activityId\":\"1\",\"activityType\":\"a\"}}");
  }
  Take(object, marker);
  marker.attempt = object.attempt + 1;  // the first one is 0, and left out
  if (!object.reason.empty()) {
    Failure& failure = marker.failure.emplace();
    failure.message = object.reason;
    failure.info = "applicationFailureInfo";
    failure.type = std::move(object.reason);
    if (!object.error_details.empty()) {
      failure.details.push_back({{}, std::move(object.error_details)});
    }
  } else if (!object.result.empty()) {
    marker.result.push_back({{}, std::move(object.result)});
  }
  return absl::OkStatus();
}

bool ReadJavaMeta(std::string_view data, LocalActivityMarker& marker) {
  JsonScanner cursor(data);
  const bool read = cursor.ReadObject([&](std::string_view key) {
    if (key == "firstSkd") return ReadMillis(cursor, marker.scheduled);
    if (key == "atpt") return ReadAttempt(cursor, marker.attempt);
    if (key == "backoff") return ReadJavaBackoff(cursor, marker.backoff);
    return cursor.SkipValue();
  });
  marker.attempt = std::max<std::int64_t>(marker.attempt, 1);
  return read && cursor.AtEnd();
}

absl::Status ReadJava(const Event& event, PayloadsMap& details,
                      LocalActivityMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(marker.id,
                          ReadStringAt(event, details, kJavaActivityKey));
  COHORT_ASSIGN_OR_RETURN(marker.type,
                          ReadStringAt(event, details, kJavaTypeKey));
  COHORT_ASSIGN_OR_RETURN(const std::string_view time,
                          DataAt(event, details, kJavaTimeKey, kJsonPlain));
  JsonScanner cursor(time);
  if (!ReadMillis(cursor, marker.completed) || !cursor.AtEnd()) {
    return Malformed(event, "the data under \"{}\" is no time in milliseconds",
                     kJavaTimeKey);
  }
  // Absent in older markers.
  if (details.contains(kJavaMetaKey)) {
    COHORT_ASSIGN_OR_RETURN(const std::string_view meta,
                            DataAt(event, details, kJavaMetaKey, kJsonPlain));
    if (!ReadJavaMeta(meta, marker)) {
      return Malformed(event,
                       "the data under \"{}\" is no object as in "
                       "{{\"firstSkd\":1,\"atpt\":1,\"backoff\":null}}",
                       kJavaMetaKey);
    }
  }
  auto result = details.find(kResultKey);
  if (result == details.end()) result = details.find(kDataKey);  // its old name
  if (result != details.end()) marker.result = std::move(result->second);
  return absl::OkStatus();
}

absl::Status ReadCore(const Event& event, const PayloadsMap& details,
                      LocalActivityMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, kDataKey, kJsonPlain));
  JsonScanner cursor(data);
  bool has_id = false;
  bool has_type = false;
  const bool read = cursor.ReadObject([&](std::string_view key) {
    if (key == "activity_id") {
      has_id = true;
      return cursor.ReadString(marker.id);
    }
    if (key == "activity_type") {
      has_type = true;
      return cursor.ReadString(marker.type);
    }
    if (key == "attempt") return ReadAttempt(cursor, marker.attempt);
    if (key == "complete_time") return ReadCoreTime(cursor, marker.completed);
    if (key == "backoff") return ReadCoreBackoff(cursor, marker.backoff);
    if (key == "original_schedule_time") {
      return ReadCoreTime(cursor, marker.scheduled);
    }
    return cursor.SkipValue();
  });
  marker.attempt = std::max<std::int64_t>(marker.attempt, 1);
  if (read && cursor.AtEnd() && has_id && has_type) return absl::OkStatus();
  return Malformed(event,
                   "the data under \"{}\" is no object as in "
                   "{{\"attempt\":1,\"activity_id\":\"1\","
                   "\"activity_type\":\"a\",\"backoff\":null}}",
                   kDataKey);
}

absl::Status ReadEventFailure(const Event& event, PayloadReader& reader,
                              LocalActivityMarker& marker) {
  if (event.failure.empty() || event.failure.text == "null") {
    return absl::OkStatus();
  }
  absl::StatusOr<Failure> failure = reader.ReadFailure(event.failure);
  if (failure.ok()) {
    marker.failure = *std::move(failure);
    return absl::OkStatus();
  }
  return MakeStatus(failure.status().code(),
                    "event {}: marker \"{}\": its failure: {}", event.id,
                    event.name(), ToStd(failure.status().message()));
}

}  // namespace

absl::StatusOr<std::optional<LocalActivityMarker>> DecodeLocalActivity(
    const Event& event, PayloadReader& reader) {
  const bool core = event.name() == kCoreActivityName;
  if (event.type != EventType::kMarkerRecorded ||
      (!core && event.name() != kLocalActivityName)) {
    return std::optional<LocalActivityMarker>();
  }
  COHORT_ASSIGN_OR_RETURN(PayloadsMap details, ReadDetails(event, reader));
  LocalActivityMarker marker;
  COHORT_RETURN_IF_ERROR(ReadEventFailure(event, reader, marker));
  if (!core && details.contains(kBlobKey)) {
    COHORT_RETURN_IF_ERROR(ReadCadence(event, details, marker));
  } else if (!core && details.contains(kJavaActivityKey)) {
    COHORT_RETURN_IF_ERROR(ReadJava(event, details, marker));
  } else {
    COHORT_RETURN_IF_ERROR(core ? ReadCore(event, details, marker)
                                : ReadGo(event, details, marker));
    const auto result = details.find(kResultKey);
    if (result != details.end()) marker.result = std::move(result->second);
  }
  return std::optional<LocalActivityMarker>(std::move(marker));
}

}  // namespace cohort
