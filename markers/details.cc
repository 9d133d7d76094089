#include "cohort/markers/details.h"

#include "cohort/markers/json_text.h"

namespace cohort::markers_internal {

absl::StatusOr<PayloadsMap> ReadDetails(const Event& event,
                                        PayloadReader& reader) {
  absl::StatusOr<PayloadsMap> details = reader.ReadPayloadsMap(event.details);
  if (details.ok()) return details;
  return Malformed(event, "{}", ToStd(details.status().message()));
}

absl::StatusOr<std::string_view> DataOfPayload(const Event& event,
                                               const Payload& payload,
                                               std::string_view key,
                                               std::string_view encoding) {
  if (payload.encoding() != encoding) {
    return Malformed(event,
                     "the payload under \"{}\" has the encoding \"{}\" instead "
                     "of \"{}\"; if it is encrypted, decode the history first",
                     key, payload.encoding().substr(0, 100), encoding);
  }
  return payload.data;
}

absl::StatusOr<std::string_view> DataAt(const Event& event,
                                        const PayloadsMap& details,
                                        std::string_view key,
                                        std::string_view encoding) {
  const auto it = details.find(key);
  if (it == details.end()) {
    return Malformed(event, "the key \"{}\" is missing in its details", key);
  }
  if (it->second.empty()) {
    return Malformed(event, "no payload under the key \"{}\"", key);
  }
  return DataOfPayload(event, it->second.front(), key, encoding);
}

absl::StatusOr<std::string> ReadStringAt(const Event& event,
                                         const PayloadsMap& details,
                                         std::string_view key) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, key, kJsonPlain));
  JsonScanner cursor(data);
  std::string text;
  if (!cursor.ReadString(text) || !cursor.AtEnd()) {
    return Malformed(event, "the data under \"{}\" is no JSON string", key);
  }
  return text;
}

absl::StatusOr<std::int64_t> ReadIntegerAt(const Event& event,
                                           const PayloadsMap& details,
                                           std::string_view key,
                                           std::int64_t min) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, key, kJsonPlain));
  JsonScanner cursor(data);
  std::int64_t number = 0;
  if (!cursor.ReadInteger(number) || !cursor.AtEnd()) {
    return Malformed(event, "the data under \"{}\" is no JSON integer", key);
  }
  if (number < min) {
    return Malformed(event, "{} under \"{}\" is less than {}", number, key,
                     min);
  }
  return number;
}

}  // namespace cohort::markers_internal
