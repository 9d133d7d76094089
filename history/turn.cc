#include "cohort/history/turn.h"

#include <algorithm>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/history/event_table.h"

namespace cohort {

namespace {

bool IsSkippable(const Event& event) {
  return event.type == EventType::kUnknown && event.worker_may_ignore;
}

bool IsOutput(const Event& event) {
  return RoleOf(event.type) == Role::kOutput;
}

}  // namespace

absl::Status TurnReader::Add(std::span<const Event> page, PageEnd end) {
  COHORT_RETURN_IF_ERROR(failed_);
  if (absl::Status checked = Check(page); !checked.ok()) {
    failed_ = checked;
    return failed_;
  }
  end_ = end;
  if (begin_ == page_.size()) {
    // Nothing is left over: read from the caller's own events.
    carried_.clear();
    page_ = page;
    begin_ = scan_ = 0;
    return absl::OkStatus();
  }
  CarryTail();
  const auto begin = static_cast<std::ptrdiff_t>(begin_);
  carried_.erase(carried_.begin(), carried_.begin() + begin);
  carried_.insert(carried_.end(), page.begin(), page.end());
  page_ = carried_;
  scan_ -= begin_;
  begin_ = 0;
  return absl::OkStatus();
}

// So that the caller may reuse his page. Turns that were given out keep
// pointing to where they were.
void TurnReader::CarryTail() {
  if (begin_ == page_.size() || page_.data() == carried_.data()) return;
  const std::span<const Event> tail = page_.subspan(begin_);
  carried_.assign(tail.begin(), tail.end());
  page_ = carried_;
  scan_ -= begin_;
  begin_ = 0;
}

absl::Status TurnReader::Check(std::span<const Event> page) {
  for (const Event& event : page) {
    if (last_id_ != 0 && event.id != last_id_ + 1) {
      return DataLoss(
          "event {} stands behind event {}: {}; fetch the run's history again",
          event.id, last_id_,
          event.id > last_id_ ? "events are missing between them"
                              : "events are out of order or there twice");
    }
    last_id_ = event.id;
    if (event.type == EventType::kUnknown) {
      if (event.worker_may_ignore) continue;
      return Unimplemented(
          "event {}: the type \"{}\" is not known to this library and the "
          "event may not be skipped; use a newer version of cohort",
          event.id, event.name());
    }
    if (end_id_ != 0) {
      return DataLoss(
          "event {} ({}) stands behind event {}, which ended the run; was "
          "another run's history appended?",
          event.id, RowOf(event.type).screaming(), end_id_);
    }
    if (EndsRun(event.type)) end_id_ = event.id;
  }
  return absl::OkStatus();
}

bool TurnReader::IsMerged(std::size_t outputs_end) const {
  return empty_tasks_ == EmptyTasks::kMerged && !had_outputs_ &&
         outputs_end == scan_ + 1 && outputs_end < page_.size() &&
         page_[outputs_end].type == EventType::kWorkflowTaskScheduled;
}

absl::StatusOr<std::optional<Turn>> TurnReader::Next() {
  COHORT_RETURN_IF_ERROR(failed_);
  std::size_t outputs_end = 0;
  while (scan_ < page_.size()) {
    if (page_[scan_].type == EventType::kWorkflowTaskCompleted) {
      outputs_end = OutputsEnd(scan_ + 1);
      if (!IsMerged(outputs_end)) break;
      ++merged_;
    } else if (absl::Status checked = CheckInbound(page_[scan_]);
               !checked.ok()) {
      failed_ = checked;
      return failed_;
    }
    ++scan_;
  }
  const bool last = end_ == PageEnd::kLast;
  if (scan_ == page_.size()) {
    if (last && begin_ < scan_) return MakeTurn(scan_, scan_);
    CarryTail();
    return std::nullopt;
  }
  // Unless the run has ended, and where nothing but what may be skipped stands
  // behind the outputs, more of them may follow on the next page.
  const bool whole =
      EndsRun(page_[outputs_end - 1].type) ||
      std::any_of(page_.begin() + static_cast<std::ptrdiff_t>(outputs_end),
                  page_.end(),
                  [](const Event& event) { return !IsSkippable(event); });
  if (!whole && !last) {
    CarryTail();
    return std::nullopt;
  }
  Turn turn = MakeTurn(scan_, outputs_end);
  turn.outputs_whole = whole;
  turn.merged = std::exchange(merged_, 0);
  had_outputs_ = !turn.outputs.empty();
  return turn;
}

absl::Status TurnReader::CheckInbound(const Event& event) {
  if (!IsOutput(event)) return absl::OkStatus();
  return DataLoss(
      "event {} ({}) is the output of a workflow task but does not stand "
      "behind "
      "a WORKFLOW_TASK_COMPLETED; events are missing or out of order",
      event.id, RowOf(event.type).screaming());
}

std::size_t TurnReader::OutputsEnd(std::size_t first) const {
  std::size_t end = first;
  for (std::size_t i = first; i < page_.size(); ++i) {
    if (IsOutput(page_[i])) {
      end = i + 1;
    } else if (!IsSkippable(page_[i])) {
      break;
    }
  }
  return end;
}

// `completed` is page_.size() for the open turn.
Turn TurnReader::MakeTurn(std::size_t completed, std::size_t outputs_end) {
  Turn turn;
  turn.number = number_;
  turn.inbound = page_.subspan(begin_, completed - begin_);
  for (const Event& event : turn.inbound) {
    if (event.type == EventType::kWorkflowTaskStarted) {
      turn.started = &event;
    } else if (event.type == EventType::kWorkflowTaskFailed ||
               event.type == EventType::kWorkflowTaskTimedOut) {
      turn.started = nullptr;
      ++turn.failures;
    }
  }
  if (completed < page_.size()) {
    turn.completed = &page_[completed];
    turn.outputs = page_.subspan(completed + 1, outputs_end - completed - 1);
    ++number_;
  }
  begin_ = scan_ = outputs_end;
  return turn;
}

}  // namespace cohort
