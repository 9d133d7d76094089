#include "cohort/corpus/open_operations.h"

#include <array>

#include "cohort/history/event_table.h"

namespace cohort {
namespace {

struct WaitRow {
  std::string_view kind;
  EventType opened_by;
  EventType started_by;  // kUnspecified: nothing
  EventType waits_for;
};

// All operations that any SDK records, also those that the engine has no
// command for: a run of another SDK waits for them too.
constexpr std::array kWaits = {
    WaitRow{"activity", EventType::kActivityTaskScheduled,
            EventType::kActivityTaskStarted, EventType::kActivityTaskCompleted},
    WaitRow{"timer", EventType::kTimerStarted, EventType::kUnspecified,
            EventType::kTimerFired},
    WaitRow{"child", EventType::kStartChildWorkflowExecutionInitiated,
            EventType::kChildWorkflowExecutionStarted,
            EventType::kChildWorkflowExecutionCompleted},
    WaitRow{
        "external signal", EventType::kSignalExternalWorkflowExecutionInitiated,
        EventType::kUnspecified, EventType::kExternalWorkflowExecutionSignaled},
    WaitRow{"external cancel",
            EventType::kRequestCancelExternalWorkflowExecutionInitiated,
            EventType::kUnspecified,
            EventType::kExternalWorkflowExecutionCancelRequested},
    WaitRow{"Nexus operation", EventType::kNexusOperationScheduled,
            EventType::kNexusOperationStarted,
            EventType::kNexusOperationCompleted},
    WaitRow{"update", EventType::kWorkflowExecutionUpdateAccepted,
            EventType::kUnspecified,
            EventType::kWorkflowExecutionUpdateCompleted},
};

// Of the events that name an operation as their subject: do they end it?
bool Settles(EventType type) {
  switch (type) {
    case EventType::kTimerCanceled:
    case EventType::kWorkflowExecutionUpdateCompleted:
      return true;
    case EventType::kNexusOperationCancelRequestCompleted:
    case EventType::kNexusOperationCancelRequestFailed:
      return false;
    default:
      return RoleOf(type) == Role::kOperation;
  }
}

}  // namespace

void OpenOperations::Add(const Event& event) {
  for (std::size_t row = 0; row < kWaits.size(); ++row) {
    if (kWaits[row].opened_by != event.type) continue;
    entries_[event.id] = {.opened = &event, .row = row};
    return;
  }
  if (event.subject == 0) return;
  const auto it = entries_.find(event.subject);
  if (it == entries_.end()) return;
  if (kWaits[it->second.row].started_by == event.type) {
    it->second.started = true;
  } else if (Settles(event.type)) {
    entries_.erase(it);
  }
}

std::vector<OpenOperation> OpenOperations::List() const {
  std::vector<OpenOperation> list;
  for (const auto& [id, entry] : entries_) {
    list.push_back({.event_id = id,
                    .kind = kWaits[entry.row].kind,
                    .waits_for = RowOf(kWaits[entry.row].waits_for).camel(),
                    .name = std::string(entry.opened->name()),
                    .id = std::string(entry.opened->key()),
                    .started = entry.started});
  }
  return list;
}

}  // namespace cohort
