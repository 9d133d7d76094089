// Marker details of any bytes: refused, or stable from the first reading on.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cohort/base/check.h"
#include "cohort/history/json_writer.h"
#include "cohort/markers/codec.h"

namespace cohort {
namespace {

std::string DetailsText(const PayloadsMap& details) {
  // Cadence has no map: its bytes are one string.
  if (details.contains("")) {
    std::string out;
    AppendPayloads(out, details.at(""));
    return "{\"\":" + out + "}";
  }
  std::string out = "{";
  for (const auto& [key, payloads] : details) {
    if (out.size() > 1) out.push_back(',');
    AppendJsonString(out, key);
    out.push_back(':');
    AppendPayloads(out, payloads);
  }
  return out + "}";
}

Event MarkerEvent(std::string_view name, const std::string& details) {
  Event event;
  event.id = 5;
  event.type = EventType::kMarkerRecorded;
  event.texts[static_cast<std::size_t>(Text::kName)] = name;
  event.details.text = std::string_view(details).substr(0, details.size() - 64);
  return event;
}

void Check(std::string_view name, std::string details, PayloadReader& reader) {
  details.append(64, ' ');
  const auto read = DecodeVersionMarker(MarkerEvent(name, details), reader);
  if (!read.ok()) {
    COHORT_CHECK(!read.status().message().empty(), "an error says what");
    return;
  }
  COHORT_CHECK(read->has_value(), "the name is one of a version marker");
  const VersionMarker& marker = **read;
  const VersionRecord record{marker.change_id, marker.version,
                             RowOf(marker.dialect).family, marker.deprecated};
  const VersionCommands commands =
      EncodeVersion(marker.dialect, VersionBook(), record);
  std::string again = DetailsText(commands.marker.details);
  again.append(64, ' ');
  const auto second = DecodeVersionMarker(MarkerEvent(name, again), reader);
  COHORT_CHECK(second.ok() && second->has_value(), "what we write, we read");
  COHORT_CHECK((*second)->change_id == marker.change_id &&
                   (*second)->version == marker.version &&
                   (*second)->deprecated == marker.deprecated &&
                   (*second)->dialect == marker.dialect,
               "and it says the same");
}

}  // namespace
}  // namespace cohort

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  cohort::PayloadReader reader;
  for (std::string_view name : {"Version", "core_patch"}) {
    cohort::Check(name, text, reader);
    // The same bytes one level further in: as the payloads' data.
    for (std::string_view key : {"change-id", "changeId", "patch-data", ""}) {
      cohort::PayloadsMap details;
      cohort::Payload payload = cohort::JsonPayload(text);
      if (key.empty()) payload.metadata.clear();
      details.emplace(key, cohort::Payloads{payload});
      if (key.starts_with("change")) {
        details.emplace("version", cohort::Payloads{cohort::JsonPayload("7")});
      }
      cohort::Check(name, cohort::DetailsText(details), reader);
    }
  }
  std::string upsert = text + std::string(64, ' ');
  cohort::Event event;
  event.type = cohort::EventType::kUpsertWorkflowSearchAttributes;
  event.details.text = std::string_view(upsert).substr(0, size);
  (void)cohort::IsChangeVersionUpsert(event);
  return 0;
}
