// Payloads and failures: user data as it stands in a history.
//
// A payload is bytes with metadata that says how they are encoded
// ("encoding" = "json/plain", "binary/plain", "binary/null", ...).
//
//   PayloadReader reader;
//   absl::StatusOr<Payloads> input = reader.ReadPayloads(event.input);
//
// Decoding happens only when somebody asks: events hold the JSON text of their
// payloads as views (`JsonView`).
// Threads: a PayloadReader is used by one thread at a time.
// Errors: kDataLoss for text that is not what it should be.
#ifndef COHORT_HISTORY_PAYLOAD_H_
#define COHORT_HISTORY_PAYLOAD_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace cohort {

struct Payload {
  std::map<std::string, std::string, std::less<>> metadata;
  std::string data;

  // The metadata entry "encoding", or "" without one.
  std::string_view encoding() const {
    auto it = metadata.find("encoding");
    return it == metadata.end() ? std::string_view() : it->second;
  }
  bool operator==(const Payload&) const = default;
};

using Payloads = std::vector<Payload>;
// Marker details: several payloads under each key.
using PayloadsMap = std::map<std::string, Payloads, std::less<>>;
// Search attributes, memo: one payload under each key.
using PayloadMap = std::map<std::string, Payload, std::less<>>;

// A payload of encoding json/plain with the given JSON text.
inline Payload JsonPayload(std::string json) {
  return Payload{{{"encoding", "json/plain"}}, std::move(json)};
}

// temporal.api.failure.v1.Failure, as far as workflow code can see it.
struct Failure {
  std::string message;
  std::string source;  // the SDK that made it, e.g. "GoSDK"
  std::string stack_trace;
  // Which of the failure_info messages is set: "applicationFailureInfo",
  // "timeoutFailureInfo", "canceledFailureInfo", ...; "" for none.
  std::string info;
  std::string type;  // applicationFailureInfo.type
  bool non_retryable = false;
  std::string timeout_type;  // timeoutFailureInfo.timeoutType, e.g.
                             // "TIMEOUT_TYPE_HEARTBEAT"
  Payloads details;
  std::shared_ptr<const Failure> cause;
};

// The JSON text of one value. Behind the text at least 64 more bytes of its
// buffer are readable. Empty where the event has no such field.
struct JsonView {
  std::string_view text;
  bool empty() const { return text.empty(); }
};

}  // namespace cohort

#endif  // COHORT_HISTORY_PAYLOAD_H_
