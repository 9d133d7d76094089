// Runs that begin, and how runs are found.

#include "cohort/base/status.h"
#include "cohort/embedded/core.h"
#include "cohort/history/time.h"
#include "fmt/core.h"

namespace cohort {

absl::StatusOr<std::int64_t> Core::RowOfKey(const RunKey& key) {
  if (const auto row = rows_.find(key.run_id); row != rows_.end()) {
    const std::string& id = live_.at(row->second)->ledger.start().workflow_id;
    if (key.workflow_id.empty() || key.workflow_id == id) return row->second;
  }
  COHORT_ASSIGN_OR_RETURN(const std::optional<RunRow> found,
                          key.run_id.empty()
                              ? store_->FindWorkflow(key.workflow_id)
                              : store_->FindRun(key.run_id));
  if (found &&
      (key.workflow_id.empty() || found->workflow_id == key.workflow_id)) {
    return found->row;
  }
  return NotFound("there is no workflow \"{}\"{}", key.workflow_id,
                  key.run_id.empty() ? "" : " with run " + key.run_id);
}

absl::StatusOr<Core::Live*> Core::TouchKey(Unit& unit, const RunKey& key) {
  COHORT_ASSIGN_OR_RETURN(const std::int64_t row, RowOfKey(key));
  return Touch(unit, row);
}

// The last run of the id: may there be another one? A key: it is used instead.
absl::StatusOr<std::optional<RunKey>> Core::MakeWay(
    Unit& unit, const StartRequest& request) {
  COHORT_ASSIGN_OR_RETURN(const std::optional<RunRow> last,
                          store_->FindWorkflow(request.workflow_id));
  if (!last) return std::nullopt;
  COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, last->row));
  const RunStatus status = live->ledger.status();
  if (status == RunStatus::kOpen) {
    const bool uses = request.signal.has_value() ||
                      request.conflict == IdConflict::kUseExisting;
    if (uses && request.conflict != IdConflict::kTerminateExisting) {
      return RunKey{last->workflow_id, live->ledger.start().run_id};
    }
    if (request.conflict == IdConflict::kTerminateExisting) {
      EventDraft draft;
      draft.type = EventType::kWorkflowExecutionTerminated;
      draft.text(Text::kControl) = "a new run of the workflow was started";
      COHORT_RETURN_IF_ERROR(live->ledger.End(unit.now, std::move(draft)));
      return std::nullopt;
    }
    return AlreadyExists("workflow \"{}\" is running already (run {})",
                         last->workflow_id, live->ledger.start().run_id);
  }
  const bool failed =
      status != RunStatus::kCompleted && status != RunStatus::kContinuedAsNew;
  if (request.reuse == IdReuse::kReject ||
      (request.reuse == IdReuse::kAllowIfFailed && !failed)) {
    return AlreadyExists(
        "workflow \"{}\" has run before ({}), and the id may not be used again",
        last->workflow_id, NameOf(status));
  }
  return std::nullopt;
}

absl::StatusOr<RunKey> Core::StartIn(Unit& unit, StartRequest request,
                                     std::vector<Attribute> more,
                                     std::int64_t row) {
  const bool continued = row != 0;
  if (!continued) row = store_->NextRow();
  if (request.workflow_id.empty()) {
    request.workflow_id = fmt::format("workflow-{}", store_->RunIdOf(row));
  }
  EventDraft signal;
  signal.type = EventType::kWorkflowExecutionSignaled;
  if (request.signal) {
    signal.text(Text::kName) = request.signal->first;
    signal.input = request.signal->second;
  }
  if (!continued) {
    COHORT_ASSIGN_OR_RETURN(const std::optional<RunKey> instead,
                            MakeWay(unit, request));
    if (instead) {
      if (!request.signal) return *instead;
      COHORT_ASSIGN_OR_RETURN(Live * running, TouchKey(unit, *instead));
      COHORT_RETURN_IF_ERROR(
          running->ledger.Arrive(unit.now, std::move(signal)));
      return *instead;
    }
  }
  auto live = std::make_unique<Live>(row);
  std::vector<EventDraft> first;
  first.push_back(StartDraft(unit.now, row, request, std::move(more)));
  if (request.signal) first.push_back(std::move(signal));
  COHORT_RETURN_IF_ERROR(live->ledger.Open(unit.now, std::move(first)));
  const RunKey key{request.workflow_id, live->ledger.start().run_id};
  // At once: others of this unit may look for it.
  unit.wrote = true;
  COHORT_RETURN_IF_ERROR(WriteOne(Adopt(unit, std::move(live))));
  return key;
}

// `more` goes into the event's attributes.
EventDraft Core::StartDraft(absl::Time now, std::int64_t row,
                            const StartRequest& request,
                            std::vector<Attribute> more) {
  EventDraft start;
  start.text(Text::kName) = request.workflow_type;
  start.text(Text::kId) = request.workflow_id;
  start.text(Text::kControl) = store_->RunIdOf(row);
  start.input = request.input;
  for (const auto& [key, payload] : request.memo)
    start.details[key] = {payload};
  const absl::Duration task_timeout =
      request.task_timeout > absl::ZeroDuration() ? request.task_timeout
                                                  : StartFacts().task_timeout;
  start.attributes = {
      {"taskQueue.name", request.queue},
      {"workflowTaskTimeout", absl::ToChronoNanoseconds(task_timeout)},
      {"attempt", std::int64_t{1}}};
  const auto add = [&](std::string_view field, absl::Duration d) {
    if (d <= absl::ZeroDuration()) return;
    start.attributes.push_back({field, absl::ToChronoNanoseconds(d)});
  };
  add("workflowExecutionTimeout", request.execution_timeout);
  add("workflowRunTimeout", request.run_timeout);
  add("firstWorkflowTaskBackoff", request.delay);
  if (request.execution_timeout > absl::ZeroDuration()) {
    start.attributes.push_back(
        {"workflowExecutionExpirationTime",
         TimeText(now + request.delay + request.execution_timeout)});
  }
  bool first_of_chain = true;
  for (Attribute& a : more) {
    if (a.field == "firstExecutionRunId") first_of_chain = false;
    start.attributes.push_back(std::move(a));
  }
  if (first_of_chain) {
    start.attributes.push_back({"firstExecutionRunId", store_->RunIdOf(row)});
  }
  return start;
}

absl::StatusOr<RunKey> Core::StartRun(StartRequest request) {
  if (request.workflow_type.empty() || request.queue.empty()) {
    return InvalidArgument(
        "a workflow is started by its type and a task queue; one is empty");
  }
  RunKey key;
  COHORT_RETURN_IF_ERROR(
      Transact(Durably::kYes, [&](Unit& unit) -> absl::Status {
        COHORT_ASSIGN_OR_RETURN(key, StartIn(unit, std::move(request), {}));
        return absl::OkStatus();
      }));
  return key;
}

}  // namespace cohort
