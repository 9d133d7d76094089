// Marker events out of nothing, for this room's tests.
//
//   const MarkerEvent marker("Version", DetailsText(command.details));
//   absl::StatusOr<std::optional<VersionMarker>> read =
//       DecodeVersionMarker(marker.event, reader);
//
// Threads: like any value. Errors: none.
#ifndef COHORT_MARKERS_MARKER_EVENT_H_
#define COHORT_MARKERS_MARKER_EVENT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "cohort/history/event.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/payload.h"

namespace cohort {

// A marker event of its own, with details and failure as proto JSON.
struct MarkerEvent {
  explicit MarkerEvent(std::string_view name, std::string details_json,
                       std::string failure_json = "")
      : details(std::move(details_json)), failure(std::move(failure_json)) {
    event.id = 7;
    event.type = EventType::kMarkerRecorded;
    event.texts[static_cast<std::size_t>(Text::kName)] = name;
    event.details.text = Padded(details);
    event.failure.text = Padded(failure);
  }
  MarkerEvent(const MarkerEvent&) = delete;
  MarkerEvent& operator=(const MarkerEvent&) = delete;

  std::string details;
  std::string failure;
  Event event;

 private:
  // A JsonView's buffer goes on for 64 bytes.
  static std::string_view Padded(std::string& text) {
    const std::size_t size = text.size();
    text.append(64, ' ');
    return std::string_view(text).substr(0, size);
  }
};

inline std::string DetailsText(const PayloadsMap& details) {
  std::string out = "{";
  for (const auto& [key, payloads] : details) {
    if (out.size() > 1) out.push_back(',');
    AppendJsonString(out, key);
    out.push_back(':');
    AppendPayloads(out, payloads);
  }
  return out + "}";
}

}  // namespace cohort

#endif  // COHORT_MARKERS_MARKER_EVENT_H_
