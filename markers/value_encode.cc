// The writing half of value_markers.h.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/time/time.h"
#include "cohort/history/json_writer.h"
#include "cohort/markers/json_text.h"
#include "cohort/markers/marker_names.h"
#include "cohort/markers/value_markers.h"
#include "fmt/core.h"

namespace cohort {
namespace {

using markers_internal::kCoreActivityName;
using markers_internal::kDataKey;
using markers_internal::kGoCallKey;
using markers_internal::kGoIdKey;
using markers_internal::kJavaActivityKey;
using markers_internal::kJavaIdKey;
using markers_internal::kJavaMetaKey;
using markers_internal::kJavaSkippedKey;
using markers_internal::kJavaTimeKey;
using markers_internal::kJavaTypeKey;
using markers_internal::kJsonProtobuf;
using markers_internal::kLocalActivityName;
using markers_internal::kMutableName;
using markers_internal::kNanosPerSecond;
using markers_internal::kPayloadsMessage;
using markers_internal::kResultKey;
using markers_internal::kSideEffectName;
using markers_internal::kUnixSecondsMax;
using markers_internal::kUnixSecondsMin;

// Whole nanoseconds in the range that can be read back.
absl::Time Recordable(absl::Time time) {
  const absl::Time clamped = std::clamp(
      time, absl::FromUnixSeconds(kUnixSecondsMin),
      absl::FromUnixSeconds(kUnixSecondsMax) + absl::Nanoseconds(999'999'999));
  return absl::UnixEpoch() +
         absl::Floor(clamped - absl::UnixEpoch(), absl::Nanoseconds(1));
}

std::string PartsText(std::int64_t seconds, std::int64_t nanos) {
  return fmt::format("{{\"seconds\":{},\"nanos\":{}}}", seconds, nanos);
}

std::string CoreTimeText(absl::Time at) {
  const absl::Time time = Recordable(at);
  if (time == absl::UnixEpoch()) return "null";
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  return PartsText(
      seconds, absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds)));
}

// Go leaves trailing zeros of the fraction out.
std::string GoTimeText(absl::Time time) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E*SZ", Recordable(time),
                          absl::UTCTimeZone());
}

// The number by which core knows the call: its SDKs use it as id, too. 0 for
// an id that is no such number.
std::uint32_t SequenceOf(std::string_view id) {
  std::uint32_t sequence = 0;
  const char* const last = id.data() + id.size();
  const auto [end, error] = std::from_chars(id.data(), last, sequence);
  return error == std::errc() && end == last ? sequence : 0;
}

std::string GoText(const LocalActivityMarker& marker, std::string_view id,
                   std::string_view type, std::int64_t backoff_nanos) {
  return fmt::format(
      "{{\"ActivityID\":{},\"ActivityType\":{},\"ReplayTime\":\"{}\","
      "\"Attempt\":{},\"Backoff\":{}}}",
      id, type, GoTimeText(marker.completed), marker.attempt, backoff_nanos);
}

std::string JavaMetaText(const LocalActivityMarker& marker,
                         std::int64_t backoff_nanos) {
  const std::string backoff =
      marker.backoff ? fmt::format("{}.{:09}", backoff_nanos / kNanosPerSecond,
                                   backoff_nanos % kNanosPerSecond)
                     : "null";
  return fmt::format("{{\"firstSkd\":{},\"atpt\":{},\"backoff\":{}}}",
                     absl::ToUnixMillis(Recordable(marker.scheduled)),
                     marker.attempt, backoff);
}

std::string CoreText(const LocalActivityMarker& marker, std::string_view id,
                     std::string_view type, std::int64_t backoff_nanos) {
  const std::string backoff = marker.backoff
                                  ? PartsText(backoff_nanos / kNanosPerSecond,
                                              backoff_nanos % kNanosPerSecond)
                                  : "null";
  return fmt::format(
      "{{\"seq\":{},\"attempt\":{},\"activity_id\":{},\"activity_type\":{},"
      "\"complete_time\":{},\"backoff\":{},\"original_schedule_time\":{}}}",
      SequenceOf(marker.id), marker.attempt, id, type,
      CoreTimeText(marker.completed), backoff, CoreTimeText(marker.scheduled));
}

}  // namespace

Command EncodeSideEffect(const SideEffectMarker& marker) {
  Command command;
  command.kind = CommandKind::kRecordSideEffect;
  command.text(Text::kName) = kSideEffectName;
  command.details.emplace(kDataKey, marker.data);
  if (marker.id.has_value()) {
    command.text(Text::kId) = fmt::format("{}", *marker.id);
    command.details.emplace(kGoIdKey,
                            Payloads{JsonPayload(command.text(Text::kId))});
  }
  return command;
}

Command EncodeMutableSideEffect(const MutableSideEffectMarker& marker,
                                std::int64_t sequence) {
  Command command;
  command.kind = CommandKind::kRecordMutableSideEffect;
  command.text(Text::kName) = kMutableName;
  command.text(Text::kId) = marker.id;
  const auto put = [&command](std::string_view key, std::string json) {
    command.details.emplace(key, Payloads{JsonPayload(std::move(json))});
  };
  const auto quoted = [](std::string_view text, Dialect dialect) {
    std::string out;
    AppendQuoted(out, text, RowOf(dialect).escaping);
    return out;
  };
  if (!marker.call.has_value()) {
    put(kJavaIdKey, quoted(marker.id, Dialect::kJava));
    put(kJavaSkippedKey, fmt::format("{}", marker.skipped.value_or(0)));
    command.details.emplace(kDataKey, marker.data);
    return command;
  }
  put(kGoIdKey,
      quoted(fmt::format("{}_{}", marker.id, sequence), Dialect::kGo));
  put(kGoCallKey, fmt::format("{}", *marker.call));
  std::string wrapped;
  if (marker.data.empty()) {
    wrapped = "{}";  // proto JSON leaves an empty list out
  } else {
    AppendPayloads(wrapped, marker.data);
  }
  Payload value{{{"encoding", std::string(kJsonProtobuf)},
                 {"messageType", std::string(kPayloadsMessage)}},
                std::move(wrapped)};
  command.details.emplace(
      kDataKey,
      Payloads{JsonPayload(quoted(marker.id, Dialect::kGo)), std::move(value)});
  return command;
}

Command EncodeLocalActivity(Dialect dialect,
                            const LocalActivityMarker& marker) {
  Command command;
  command.kind = CommandKind::kRecordLocalActivity;
  command.text(Text::kName) = kLocalActivityName;
  command.text(Text::kId) = marker.type;
  command.failure = marker.failure;
  if (!marker.result.empty()) {
    command.details.emplace(kResultKey, marker.result);
  }
  const auto put = [&command](std::string_view key, std::string json) {
    command.details.emplace(key, Payloads{JsonPayload(std::move(json))});
  };
  std::string id;
  std::string type;
  AppendQuoted(id, marker.id, RowOf(dialect).escaping);
  AppendQuoted(type, marker.type, RowOf(dialect).escaping);
  const std::int64_t backoff =
      std::max(marker.backoff.value_or(Nanoseconds::zero()),
               Nanoseconds::zero())
          .count();
  switch (dialect) {
    case Dialect::kGo:
    case Dialect::kCadence:
      put(kDataKey, GoText(marker, id, type, backoff));
      break;
    case Dialect::kJava:
      put(kJavaActivityKey, std::move(id));
      put(kJavaTypeKey, std::move(type));
      put(kJavaTimeKey,
          fmt::format("{}", absl::ToUnixMillis(Recordable(marker.completed))));
      put(kJavaMetaKey, JavaMetaText(marker, backoff));
      break;
    case Dialect::kCore:
    case Dialect::kCoreOld:
      command.text(Text::kName) = kCoreActivityName;
      put(kDataKey, CoreText(marker, id, type, backoff));
      break;
  }
  return command;
}

}  // namespace cohort
