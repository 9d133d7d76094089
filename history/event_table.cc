#include "cohort/history/event_table.h"

#include <array>

namespace cohort {

namespace {

using event_table_internal::kEventRows;

// Names are found by open addressing; the hash looks at a few bytes only, which
// the proofs below show to be enough.
constexpr std::size_t kSlots = 1024;
constexpr std::size_t kProbesMax = 3;

constexpr std::array kCadenceNames = {
    std::pair("DecisionTaskScheduled", EventType::kWorkflowTaskScheduled),
    std::pair("DecisionTaskStarted", EventType::kWorkflowTaskStarted),
    std::pair("DecisionTaskCompleted", EventType::kWorkflowTaskCompleted),
    std::pair("DecisionTaskTimedOut", EventType::kWorkflowTaskTimedOut),
    std::pair("DecisionTaskFailed", EventType::kWorkflowTaskFailed),
};

constexpr std::size_t SlotOf(std::string_view name) {
  const std::size_t n = name.size();
  std::uint32_t h = static_cast<std::uint32_t>(n) * 0x9E3779B1u;
  for (std::size_t at : {n - 1, n - 4, n - 6, n / 2, n / 4, n / 3}) {
    h = (h ^ static_cast<unsigned char>(name[at])) * 0x85EBCA77u;
  }
  return (h >> 15) % kSlots;
}

constexpr std::size_t kNameBytesMin = 6;

struct NameSlot {
  std::string_view name;
  EventType type = EventType::kUnknown;
};

consteval std::array<NameSlot, kSlots> MakeSlots() {
  std::array<NameSlot, kSlots> slots{};
  const auto add = [&slots](std::string_view name, EventType type) {
    std::size_t slot = SlotOf(name);
    while (!slots[slot].name.empty()) {
      if (slots[slot].name == name) throw "a name stands twice in the table";
      slot = (slot + 1) % kSlots;
    }
    slots[slot] = {name, type};
  };
  for (const EventRow& row : kEventRows) {
    if (row.type == EventType::kUnspecified) continue;
    add(row.camel(), row.type);
    add(row.screaming(), row.type);
  }
  for (const auto& [name, type] : kCadenceNames) add(name, type);
  return slots;
}

constexpr std::array<NameSlot, kSlots> kNames = MakeSlots();

consteval bool NamesAreFoundFast() {
  for (std::size_t i = 0; i < kSlots; ++i) {
    if (kNames[i].name.empty()) continue;
    if (kNames[i].name.size() < kNameBytesMin) return false;
    const std::size_t first = SlotOf(kNames[i].name);
    if ((i + kSlots - first) % kSlots >= kProbesMax) return false;
  }
  return true;
}

consteval bool NumbersAreRows() {
  for (std::size_t i = 0; i < kEventRows.size(); ++i) {
    if (static_cast<std::size_t>(kEventRows[i].type) != i) return false;
  }
  return kEventRows.size() == kEventTypeMax + 1;
}

// No field is also the way to another, and no official field is there twice.
consteval bool FieldsAreTold() {
  for (const EventRow& row : kEventRows) {
    for (const FieldRow& a : row.fields()) {
      for (const FieldRow& b : row.fields()) {
        if (&a == &b) continue;
        bool prefix = a.depth <= b.depth;
        for (std::size_t d = 0; prefix && d < a.depth; ++d) {
          prefix = a.path[d] == b.path[d];
        }
        if (prefix) return false;
        if (a.target == b.target && a.spelling == b.spelling) return false;
      }
    }
  }
  return true;
}

static_assert(NamesAreFoundFast());
static_assert(NumbersAreRows());
static_assert(FieldsAreTold());

constexpr std::string_view kPrefix = "EVENT_TYPE_";

}  // namespace

EventType FindEventType(std::string_view name) {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (name.size() < kNameBytesMin) return EventType::kUnknown;
  std::size_t slot = SlotOf(name);
  for (std::size_t i = 0; i < kProbesMax; ++i) {
    if (kNames[slot].name == name) return kNames[slot].type;
    slot = (slot + 1) % kSlots;
  }
  return EventType::kUnknown;
}

}  // namespace cohort
