#include "cohort/corpus/scrub.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/corpus/scrub_fields.h"
#include "cohort/corpus/scrub_marker.h"
#include "cohort/corpus/scrub_payload.h"
#include "cohort/history/event_type.h"
#include "cohort/markers/dialect.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using Json = nlohmann::ordered_json;

// Failures hold their causes, and events their failures.
constexpr int kEventDepthMax = 3 * kNestingDepthMax;

// Where Cadence has base64 and Temporal payloads.
constexpr std::array<std::string_view, 6> kBlobFields = {
    "input",
    "result",
    "details",
    "lastCompletionResult",
    "lastFailureDetails",
    "continuedFailureDetails"};

template <typename List>
bool Contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool IsChangeVersionKey(std::string_view key) {
  return key == kChangeVersionAttribute || key == kCadenceVersionAttribute;
}

bool IsSticky(std::string_view kind) {
  return kind == "TASK_QUEUE_KIND_STICKY" || kind == "Sticky" ||
         kind == "STICKY";
}

// One event at a time.
class EventScrubber {
 public:
  EventScrubber(const ScrubOptions& options, Tokens& tokens)
      : fields_(options, tokens),
        payloads_(options, tokens),
        markers_(fields_, payloads_) {}

  absl::StatusOr<std::string> Scrub(const Event& event) {
    Json json = Json::parse(event.json, nullptr, false);
    if (!json.is_object()) {
      return DataLoss("event {}: no JSON object", event.id);
    }
    event_ = &event;
    too_deep_ = false;
    for (auto& [field, value] : json.items()) Walk(field, value, 0);
    if (too_deep_) {
      return ResourceExhausted("event {}: nested deeper than {} levels",
                               event.id, kEventDepthMax);
    }
    return CompactJson(json);
  }

 private:
  void Walk(std::string_view field, Json& value, int depth) {
    if (depth > kEventDepthMax) {
      too_deep_ = true;
      return;
    }
    if (value.is_object()) return WalkObject(field, value, depth);
    if (value.is_array()) {
      for (Json& element : value) {
        if (field == "payloads") {
          payloads_.Scrub(element);
        } else {
          Walk(field, element, depth + 1);
        }
      }
      return;
    }
    if (value.is_string()) value = TextOf(field, value.get<std::string>());
  }

  void WalkObject(std::string_view field, Json& object, int depth) {
    const bool of_marker = event_->type == EventType::kMarkerRecorded;
    if (of_marker && field == "details") {
      return markers_.Scrub(event_->name(), object);
    }
    if (IsPayload(object)) {
      // The SDKs read message and stack trace out of it.
      return field == "encodedAttributes" ? payloads_.ScrubValues(object)
                                          : payloads_.Scrub(object);
    }
    // A sticky queue belongs to one worker, and is called after its host.
    const auto kind = object.find("kind");
    const bool sticky = kind != object.end() && kind->is_string() &&
                        IsSticky(kind->get_ref<const std::string&>());
    // Values under names that the code chose.
    const bool map = field == "fields" || field == "indexedFields";
    for (auto& [key, value] : object.items()) {
      if (field == "indexedFields" && IsChangeVersionKey(key)) continue;
      if (map && value.is_object()) {
        payloads_.Scrub(value);
      } else if (map && value.is_string()) {
        value = payloads_.ScrubBlob(value.get<std::string>());
      } else if (value.is_string() &&
                 (field == "nexusHeader" || (sticky && key == "name"))) {
        value = fields_.Text(value.get<std::string>());
      } else {
        Walk(key, value, depth + 1);
      }
    }
  }

  std::string TextOf(std::string_view field, const std::string& text) {
    if (text.empty()) return text;
    if (event_->type == EventType::kMarkerRecorded && field == "details") {
      Json details = text;
      markers_.Scrub(event_->name(), details);
      return details.get<std::string>();
    }
    if (Contains(kBlobFields, field)) return payloads_.ScrubBlob(text);
    // Cadence names a failure's type so; elsewhere people write why.
    const bool failed =
        event_->type == EventType::kActivityTaskFailed ||
        event_->type == EventType::kWorkflowExecutionFailed ||
        event_->type == EventType::kChildWorkflowExecutionFailed;
    if (field == "reason" && failed) return fields_.Name(text);
    if (field == "cause" &&
        event_->type == EventType::kWorkflowExecutionCancelRequested) {
      return fields_.Text(text);
    }
    return fields_.Scrub(field, text);
  }

  FieldScrubber fields_;
  PayloadScrubber payloads_;
  MarkerScrubber markers_;
  const Event* event_ = nullptr;
  bool too_deep_ = false;
};

}  // namespace

absl::StatusOr<std::string> Scrubber::Scrub(const History& history) {
  EventScrubber scrubber(options_, tokens_);
  std::string text = "{\"events\":[";
  bool first = true;
  for (const Event& event : history.events()) {
    auto line = scrubber.Scrub(event);
    if (!line.ok()) return Annotate(line.status(), history.source());
    text += first ? "\n" : ",\n";
    text += *line;
    first = false;
  }
  return text + "\n]}\n";
}

}  // namespace cohort
