#include "cohort/corpus/scrub_marker.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "cohort/base/json_nesting.h"
#include "cohort/base/limits.h"
#include "cohort/history/base64.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/marker_names.h"

namespace cohort {
namespace {

using Json = nlohmann::ordered_json;
using namespace markers_internal;  // names of markers and of their keys

enum class Part : std::uint8_t {
  kKept,  // by these a replay finds the marker
  kHead,  // kept, with names and ids as everywhere
  kData,
};

struct PartRow {
  std::string_view marker;
  std::string_view key;
  Part part;
};

// Keys that are not here are data.
constexpr std::array kParts = {
    PartRow{kSideEffectName, kGoIdKey, Part::kKept},
    PartRow{kMutableName, kGoIdKey, Part::kKept},
    PartRow{kMutableName, kGoCallKey, Part::kKept},
    PartRow{kMutableName, kJavaIdKey, Part::kKept},
    PartRow{kMutableName, kJavaSkippedKey, Part::kKept},
    PartRow{kLocalActivityName, kDataKey, Part::kHead},
    PartRow{kLocalActivityName, kJavaActivityKey, Part::kHead},
    PartRow{kLocalActivityName, kJavaTypeKey, Part::kHead},
    PartRow{kLocalActivityName, kJavaTimeKey, Part::kKept},
    PartRow{kLocalActivityName, kJavaMetaKey, Part::kKept},
    PartRow{kCoreActivityName, kDataKey, Part::kHead},
};

Part PartOf(std::string_view marker, std::string_view key,
            const Json& details) {
  // In old histories of Java's the result.
  if (key == kDataKey && marker == kLocalActivityName &&
      details.contains(kJavaActivityKey)) {
    return Part::kData;
  }
  for (const PartRow& row : kParts) {
    if (row.marker == marker && row.key == key) return row.part;
  }
  return Part::kData;
}

// null for what nests too deep to be walked.
Json ShallowJson(const std::string& text) {
  if (NestsDeeperThan(kJsonDepthMax, text)) return nullptr;
  return Json::parse(text, nullptr, false);
}

Json* PayloadsIn(Json& list) {
  if (!list.is_object()) return nullptr;
  const auto it = list.find("payloads");
  return it != list.end() && it->is_array() ? &*it : nullptr;
}

}  // namespace

void MarkerScrubber::ScrubList(Json& list) {
  if (Json* payloads = PayloadsIn(list)) {
    for (Json& payload : *payloads) payloads_.Scrub(payload);
  } else {
    payloads_.Scrub(list);
  }
}

// Texts as everywhere, numbers (times, attempts) kept.
void MarkerScrubber::ScrubFields(std::string_view field, Json& value) {
  if (value.is_string()) {
    value = fields_.Scrub(field, value.get<std::string>());
  } else if (value.is_object()) {
    for (auto& [key, element] : value.items()) ScrubFields(key, element);
  } else if (value.is_array()) {
    for (Json& element : value) ScrubFields(field, element);
  }
}

void MarkerScrubber::ScrubHead(std::string_view key, Json& list) {
  Json* payloads = PayloadsIn(list);
  if (payloads == nullptr) return payloads_.Scrub(list);
  for (Json& payload : *payloads) {
    const std::string before =
        payload.is_object() ? Decoded(payload, "data") : "";
    Json head = ShallowJson(before);
    if (!head.is_string() && !head.is_object()) {
      payloads_.Scrub(payload);
      continue;
    }
    const std::string same = CompactJson(head);
    ScrubFields(key, head);
    const std::string after = CompactJson(head);
    // Unchanged bytes stay as they were spelled.
    const std::string text =
        same == after ? payload.at("data").get<std::string>() : Encoded(after);
    payload["data"] = "";
    payloads_.Scrub(payload);  // what else it has
    payload["data"] = text;
  }
}

// The id, and the values as one message.
void MarkerScrubber::ScrubGoMutable(Json& list) {
  Json* payloads = PayloadsIn(list);
  if (payloads == nullptr) return payloads_.Scrub(list);
  for (std::size_t i = 1; i < payloads->size(); ++i) {
    payloads_.Scrub((*payloads)[i]);
  }
}

std::string MarkerScrubber::ScrubCadenceLocal(const std::string& bytes) {
  Json object = ShallowJson(bytes);
  if (!object.is_object()) return payloads_.ScrubLines(bytes);
  for (auto& [field, value] : object.items()) {
    const bool data = field == "resultJson" || field == "errJson" ||
                      field == "ResultJSON" || field == "ErrJSON";
    if (data && value.is_string()) {
      value = payloads_.ScrubLines(value.get<std::string>());
    } else {
      ScrubFields(field, value);
    }
  }
  return CompactJson(object) + "\n";
}

std::string MarkerScrubber::ScrubCadence(std::string_view marker,
                                         const std::string& bytes) {
  if (marker == kLocalActivityName) return ScrubCadenceLocal(bytes);
  // An id, and the value as a string: of a side effect as base64 in it.
  const std::size_t line = bytes.find('\n');
  const bool known = marker == kSideEffectName || marker == kMutableName;
  if (!known || line == bytes.npos) return payloads_.ScrubLines(bytes);
  const Json value = Json::parse(bytes.substr(line + 1), nullptr, false);
  if (!value.is_string()) return payloads_.ScrubLines(bytes);
  const std::string text = value.get<std::string>();
  const std::string scrubbed = marker == kSideEffectName
                                   ? payloads_.ScrubBlob(text)
                                   : payloads_.ScrubLines(text);
  return bytes.substr(0, line + 1) + CompactJson(scrubbed) + "\n";
}

void MarkerScrubber::Scrub(std::string_view marker, Json& details) {
  if (RoleOfMarker(marker) == MarkerRole::kVersion) return;
  if (details.is_string()) {
    std::string bytes;
    const std::string text = details.get<std::string>();
    if (!DecodeBase64(text, bytes)) bytes = text;
    details = Encoded(ScrubCadence(marker, bytes));
    return;
  }
  if (!details.is_object()) return;
  const bool go_mutable = marker == kMutableName && details.contains(kGoIdKey);
  for (auto& [key, list] : details.items()) {
    if (go_mutable && key == kDataKey) {
      ScrubGoMutable(list);
      continue;
    }
    switch (PartOf(marker, key, details)) {
      case Part::kKept:
        break;
      case Part::kHead:
        ScrubHead(key, list);
        break;
      case Part::kData:
        ScrubList(list);
    }
  }
}

}  // namespace cohort
