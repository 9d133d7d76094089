#include "cohort/corpus/event_words.h"

#include <algorithm>

#include "cohort/corpus/run_facts.h"
#include "cohort/history/event_table.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"
#include "fmt/core.h"

namespace cohort {
namespace {

constexpr std::string_view kRunPrefix = "WorkflowExecution";

// One for all forms of the same part of an event.
Target Widened(Target target) {
  switch (target) {
    case Target::kInputSingle:
      return Target::kInput;
    case Target::kDetailsSingle:
    case Target::kDetailsRaw:
      return Target::kDetails;
    default:
      return target;
  }
}

}  // namespace

const Event* EventWords::Find(std::int64_t event_id) const {
  const auto it = std::lower_bound(
      events_.begin(), events_.end(), event_id,
      [](const Event& event, std::int64_t id) { return event.id < id; });
  return it != events_.end() && it->id == event_id ? &*it : nullptr;
}

std::string EventWords::AboutMarker(const Event& event) {
  auto version = DecodeVersionMarker(event, reader_);
  if (version.ok() && version->has_value()) {
    return fmt::format("{} {}={}", event.name(), (*version)->change_id,
                       VersionWord(**version));
  }
  if (RoleOfMarker(event.name()) == MarkerRole::kLocalActivity) {
    auto local = DecodeLocalActivity(event, reader_);
    if (local.ok() && local->has_value() && !(*local)->type.empty()) {
      return fmt::format("{} {}", event.name(), (*local)->type);
    }
  }
  return std::string(event.name());
}

std::string EventWords::AboutKeys(const Event& event) {
  auto map = reader_.ReadPayloadMap(event.details);
  std::string keys;
  if (!map.ok()) return keys;
  for (const auto& [key, payload] : *map) {
    keys += fmt::format("{}{}", keys.empty() ? "" : " ", key);
  }
  return keys;
}

std::string EventWords::NameOrKey(const Event& event) const {
  if (ids_ == IdsInWords::kShown) {
    return std::string(event.name().empty() ? event.key() : event.name());
  }
  // Its name field is a run id.
  const bool no_name =
      event.type == EventType::kRequestCancelExternalWorkflowExecutionInitiated;
  return no_name ? "" : std::string(event.name());
}

std::string EventWords::About(const Event& event) {
  switch (event.type) {
    case EventType::kMarkerRecorded:
      return AboutMarker(event);
    case EventType::kUpsertWorkflowSearchAttributes:
    case EventType::kWorkflowPropertiesModified:
      return AboutKeys(event);
    case EventType::kWorkflowTaskFailed:
      return std::string(event.text(Text::kControl));
    default:
      break;
  }
  const Role role = RoleOf(event.type);
  if (role == Role::kEnd) return "";
  const bool nameless_output = ids_ == IdsInWords::kHidden &&
                               role == Role::kOutput && event.name().empty();
  if ((role == Role::kOperation || nameless_output) && event.subject != 0) {
    const Event* opened = Find(event.subject);
    // Not an event about itself, however the file was edited.
    if (opened != nullptr && opened->subject == 0) return About(*opened);
    if (opened != nullptr && nameless_output) return NameOrKey(*opened);
  }
  return NameOrKey(event);
}

std::string EventWords::Of(const Event& event) {
  if (event.type == EventType::kUnknown) {
    return fmt::format("Unknown({})", event.name());
  }
  std::string_view type = RowOf(event.type).camel();
  if (type.starts_with(kRunPrefix)) type.remove_prefix(kRunPrefix.size());
  const std::string about = About(event);
  if (about.empty()) return std::string(type);
  return fmt::format("{}({})", type, about);
}

std::vector<std::string> EventWords::OfAll(std::span<const Event> events) {
  std::vector<std::string> words;
  std::string last;
  int count = 0;
  const auto flush = [&] {
    if (count == 0) return;
    words.push_back(count == 1 ? last : fmt::format("{} x{}", last, count));
  };
  for (const Event& event : events) {
    std::string word = Of(event);
    if (count > 0 && word == last) {
      ++count;
      continue;
    }
    flush();
    last = std::move(word);
    count = 1;
  }
  flush();
  return words;
}

std::string FieldName(EventType type, Target target) {
  for (const FieldRow& row : RowOf(type).fields()) {
    if (Widened(row.target) != Widened(target)) continue;
    std::string path;
    for (std::size_t i = 0; i < row.depth; ++i) {
      path += fmt::format("{}{}", i == 0 ? "" : ".", row.path[i]);
    }
    return path;
  }
  return "";
}

}  // namespace cohort
