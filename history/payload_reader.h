// Reads payloads, failures and metadata out of an event's JSON views.
//
//   PayloadReader reader;
//   Payload result;
//   COHORT_RETURN_IF_ERROR(reader.ReadFirstPayload(event.input, result));
//
// A view of an absent field reads as nothing: no payloads, an empty failure.
// `null` reads like absence. Cadence writes a base64 string where Temporal
// writes payloads: it reads as one payload without metadata.
// Threads: a reader is used by one thread at a time (it keeps buffers).
// Errors: kDataLoss for text that is not what it should be, kResourceExhausted
// for causes nested deeper than kNestingDepthMax.
#ifndef COHORT_HISTORY_PAYLOAD_READER_H_
#define COHORT_HISTORY_PAYLOAD_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/history/event.h"
#include "cohort/history/payload.h"

namespace cohort {

// temporal.api.sdk.v1.WorkflowTaskCompletedMetadata, all fields.
struct SdkMetadata {
  std::vector<std::int64_t> lang_used_flags;
  std::vector<std::int64_t> core_used_flags;
  std::string sdk_name;
  std::string sdk_version;
};

class JsonCursor;
class JsonIndex;

class PayloadReader {
 public:
  PayloadReader();
  ~PayloadReader();
  PayloadReader(PayloadReader&&) noexcept;
  PayloadReader& operator=(PayloadReader&&) noexcept;

  // {"payloads": [...]}, one payload {"metadata", "data"}, or Cadence's string.
  absl::StatusOr<Payloads> ReadPayloads(JsonView view);

  // The first of them, into `into`, whose buffers are used again. Without one
  // `into` is a payload without metadata and data. Nothing is allocated for a
  // small payload of the encoding that `into` had before.
  absl::Status ReadFirstPayload(JsonView view, Payload& into);

  // Marker details {"key": {"payloads": [...]}}; Cadence's string stands under
  // the key "".
  absl::StatusOr<PayloadsMap> ReadPayloadsMap(JsonView view);

  // Search attributes, memo: {"key": {"metadata", "data"}}; in Cadence a value
  // is a base64 string.
  absl::StatusOr<PayloadMap> ReadPayloadMap(JsonView view);

  absl::StatusOr<Failure> ReadFailure(JsonView view);

  absl::StatusOr<SdkMetadata> ReadSdkMetadata(JsonView view);

  // Any field of an event's attributes, by the dotted path of its proto JSON
  // name ("retryPolicy.maximumAttempts"); empty if the event has no such field.
  // The view is valid as long as the event.
  absl::StatusOr<JsonView> FindAttribute(const Event& event,
                                         std::string_view path);
  // The text of such a field: strings unescaped, numbers and words as they
  // stand; "" for an absent field.
  absl::StatusOr<std::string> ReadAttributeText(const Event& event,
                                                std::string_view path);

 private:
  // Moves to the field; `found` is false where there is none.
  absl::Status Seek(const Event& event, std::string_view path, JsonCursor& at,
                    bool& found);

  std::unique_ptr<JsonIndex> index_;
};

}  // namespace cohort

#endif  // COHORT_HISTORY_PAYLOAD_READER_H_
