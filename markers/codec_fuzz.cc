// Marker details of any bytes: refused, or stable from the first reading on.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cohort/base/check.h"
#include "cohort/history/json_writer.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/marker_event.h"
#include "cohort/markers/value_markers.h"

namespace cohort {
namespace {

void Check(std::string_view name, std::string details, PayloadReader& reader) {
  const auto read =
      DecodeVersionMarker(MarkerEvent(name, std::move(details)).event, reader);
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
  const auto second = DecodeVersionMarker(
      MarkerEvent(name, DetailsText(commands.marker.details)).event, reader);
  COHORT_CHECK(second.ok() && second->has_value(), "what we write, we read");
  COHORT_CHECK((*second)->change_id == marker.change_id &&
                   (*second)->version == marker.version &&
                   (*second)->deprecated == marker.deprecated &&
                   (*second)->dialect == marker.dialect,
               "and it says the same");
}

absl::Time InMillis(absl::Time time) {
  return absl::FromUnixMillis(absl::ToUnixMillis(time));
}

// In every dialect: what it can say, it says again.
void CheckWritten(const LocalActivityMarker& marker, Dialect dialect,
                  PayloadReader& reader) {
  const Command command = EncodeLocalActivity(dialect, marker);
  std::string failure;
  if (command.failure) AppendFailure(failure, *command.failure);
  const auto again = DecodeLocalActivity(
      MarkerEvent(command.name(), DetailsText(command.details), failure).event,
      reader);
  COHORT_CHECK(again.ok() && again->has_value(), "what we write, we read");
  const LocalActivityMarker& second = **again;
  COHORT_CHECK(second.id == marker.id && second.type == marker.type &&
                   second.attempt == marker.attempt &&
                   second.result == marker.result &&
                   second.failure.has_value() == marker.failure.has_value(),
               "and it says the same");
  const bool java = dialect == Dialect::kJava;
  const bool go = dialect == Dialect::kGo;
  COHORT_CHECK(second.completed ==
                   (java ? InMillis(marker.completed) : marker.completed),
               "at the same time");
  COHORT_CHECK(go || second.scheduled ==
                         (java ? InMillis(marker.scheduled) : marker.scheduled),
               "scheduled at the same time");
  COHORT_CHECK(second.backoff == marker.backoff ||
                   (go && marker.backoff == Nanoseconds::zero()),
               "with the same backoff");
}

void CheckActivity(std::string_view name, std::string details,
                   std::string failure, PayloadReader& reader) {
  const MarkerEvent one(name, std::move(details), std::move(failure));
  const auto read = DecodeLocalActivity(one.event, reader);
  if (!read.ok()) {
    COHORT_CHECK(!read.status().message().empty(), "an error says what");
    return;
  }
  COHORT_CHECK(read->has_value(), "the name is one of a local activity");
  for (Dialect dialect : {Dialect::kGo, Dialect::kJava, Dialect::kCore}) {
    CheckWritten(**read, dialect, reader);
  }
}

void CheckSideEffects(std::string details, PayloadReader& reader) {
  const MarkerEvent plain("SideEffect", details);
  if (const auto read = DecodeSideEffect(plain.event, reader); read.ok()) {
    const Command command = EncodeSideEffect(**read);
    const auto again = DecodeSideEffect(
        MarkerEvent(command.name(), DetailsText(command.details)).event,
        reader);
    COHORT_CHECK(again.ok() && *again == *read, "a side effect stays");
  }
  const MarkerEvent varying("MutableSideEffect", std::move(details));
  const auto read = DecodeMutableSideEffect(varying.event, reader);
  if (!read.ok()) return;
  const Command command = EncodeMutableSideEffect(**read, 5);
  const auto again = DecodeMutableSideEffect(
      MarkerEvent(command.name(), DetailsText(command.details)).event, reader);
  COHORT_CHECK(again.ok() && again->has_value(), "what we write, we read");
  COHORT_CHECK((*again)->id == (*read)->id && (*again)->data == (*read)->data &&
                   (*again)->call == (*read)->call,
               "and it says the same");
}

Payloads Json(std::string text) { return {JsonPayload(std::move(text))}; }

// The bytes as details, as failure, and in the payloads that stand in details.
void CheckValueMarkers(const std::string& text, PayloadReader& reader) {
  const Payloads json = Json(text);
  const Payloads bytes = {Payload{{}, text}};
  for (std::string_view name : {"LocalActivity", "core_local_activity"}) {
    CheckActivity(name, text, "", reader);
    CheckActivity(name, DetailsText({{"data", json}}), "", reader);
  }
  const PayloadsMap go = {{"data", Json(R"({"ActivityID":"1"})")}};
  CheckActivity("LocalActivity", DetailsText(go), text, reader);
  CheckActivity("LocalActivity", DetailsText({{"", bytes}}), "", reader);
  PayloadsMap java = {{"activityId", Json("\"a\"")},
                      {"type", Json("\"b\"")},
                      {"time", Json("1")}};
  java["meta"] = json;
  CheckActivity("LocalActivity", DetailsText(java), "", reader);
  java.erase("meta");
  java["time"] = json;
  CheckActivity("LocalActivity", DetailsText(java), "", reader);

  CheckSideEffects(text, reader);
  CheckSideEffects(DetailsText({{"", bytes}}), reader);
  PayloadsMap wrapped =
      EncodeMutableSideEffect({"a", 1, std::nullopt, {}}, 5).details;
  wrapped["data"][1].data = text;
  CheckSideEffects(DetailsText(wrapped), reader);
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
  cohort::CheckValueMarkers(text, reader);
  std::string upsert = text + std::string(64, ' ');
  cohort::Event event;
  event.type = cohort::EventType::kUpsertWorkflowSearchAttributes;
  event.details.text = std::string_view(upsert).substr(0, size);
  (void)cohort::IsChangeVersionUpsert(event);
  return 0;
}
