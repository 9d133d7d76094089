#include "cohort/cli/event_words.h"

#include <algorithm>

#include "cohort/cli/inspect.h"
#include "cohort/history/event_table.h"
#include "cohort/markers/codec.h"
#include "fmt/core.h"

namespace cohort {
namespace {

constexpr std::string_view kRunPrefix = "WorkflowExecution";

}  // namespace

const Event* EventWords::Find(std::int64_t event_id) const {
  const auto it = std::lower_bound(
      events_.begin(), events_.end(), event_id,
      [](const Event& event, std::int64_t id) { return event.id < id; });
  return it != events_.end() && it->id == event_id ? &*it : nullptr;
}

std::string EventWords::About(const Event& event) {
  if (event.type == EventType::kMarkerRecorded) {
    auto marker = DecodeVersionMarker(event, reader_);
    if (!marker.ok() || !marker->has_value()) return std::string(event.name());
    return fmt::format("{} {}={}", event.name(), (*marker)->change_id,
                       VersionWord(**marker));
  }
  if (event.type == EventType::kUpsertWorkflowSearchAttributes) {
    auto map = reader_.ReadPayloadMap(event.details);
    std::string keys;
    if (!map.ok()) return keys;
    for (const auto& [key, payload] : *map) {
      keys += fmt::format("{}{}", keys.empty() ? "" : " ", key);
    }
    return keys;
  }
  if (event.type == EventType::kWorkflowTaskFailed) {
    return std::string(event.text(Text::kControl));
  }
  const Role role = RoleOf(event.type);
  if (role == Role::kEnd) return "";
  if (role == Role::kOperation && event.subject != 0) {
    const Event* opened = Find(event.subject);
    // Not an event about itself, however the file was edited.
    if (opened != nullptr && opened->subject == 0) return About(*opened);
  }
  return std::string(event.name().empty() ? event.key() : event.name());
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

}  // namespace cohort
