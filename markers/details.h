// The parts that every marker's decoder needs.
//
//   COHORT_ASSIGN_OR_RETURN(const PayloadsMap details,
//                           ReadDetails(event, reader));
//   COHORT_ASSIGN_OR_RETURN(const std::string id,
//                           ReadStringAt(event, details, "activityId"));
//
// For this room's codecs only.
// Threads: functions of their arguments; a PayloadReader is used by one thread
// at a time.
// Errors: kDataLoss that names the event, its marker and the key.
#ifndef COHORT_MARKERS_DETAILS_H_
#define COHORT_MARKERS_DETAILS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/base/status.h"
#include "cohort/history/event.h"
#include "cohort/history/payload.h"
#include "cohort/history/payload_reader.h"
#include "fmt/core.h"

namespace cohort::markers_internal {

inline constexpr std::string_view kJsonPlain = "json/plain";
inline constexpr std::string_view kBinaryPlain = "binary/plain";
// Cadence's details are bytes without a map; they stand under this key.
inline constexpr std::string_view kBlobKey = "";

template <typename... Args>
absl::Status Malformed(const Event& event, fmt::format_string<Args...> format,
                       Args&&... args) {
  return DataLoss(
      "event {}: marker \"{}\": {}", event.id, event.name().substr(0, 100),
      std::string_view(fmt::format(format, std::forward<Args>(args)...)));
}

absl::StatusOr<PayloadsMap> ReadDetails(const Event& event,
                                        PayloadReader& reader);

// The payload's data, if it has the encoding; `key` is where it stood.
absl::StatusOr<std::string_view> DataOfPayload(const Event& event,
                                               const Payload& payload,
                                               std::string_view key,
                                               std::string_view encoding);

// The data of the first payload under the key, if it has the encoding.
absl::StatusOr<std::string_view> DataAt(const Event& event,
                                        const PayloadsMap& details,
                                        std::string_view key,
                                        std::string_view encoding);

// A json/plain payload that is one JSON string, or one whole number of at
// least `min`.
absl::StatusOr<std::string> ReadStringAt(const Event& event,
                                         const PayloadsMap& details,
                                         std::string_view key);
absl::StatusOr<std::int64_t> ReadIntegerAt(const Event& event,
                                           const PayloadsMap& details,
                                           std::string_view key,
                                           std::int64_t min);

}  // namespace cohort::markers_internal

#endif  // COHORT_MARKERS_DETAILS_H_
