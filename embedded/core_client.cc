// What clients ask of runs.

#include "cohort/base/status.h"
#include "cohort/embedded/core.h"
#include "cohort/embedded/history_source.h"
#include "cohort/history/event_table.h"
#include "fmt/core.h"

namespace cohort {

absl::Status Core::Signal(const RunKey& run, std::string_view name,
                          Payloads input) {
  return Transact(Durably::kYes, [&](Unit& unit) -> absl::Status {
    COHORT_ASSIGN_OR_RETURN(Live * live, TouchKey(unit, run));
    EventDraft signal;
    signal.type = EventType::kWorkflowExecutionSignaled;
    signal.text(Text::kName) = name;
    signal.input = std::move(input);
    return live->ledger.Arrive(unit.now, std::move(signal));
  });
}

absl::Status Core::RequestCancel(const RunKey& run, std::string_view reason) {
  return Transact(Durably::kYes, [&](Unit& unit) -> absl::Status {
    COHORT_ASSIGN_OR_RETURN(Live * live, TouchKey(unit, run));
    if (live->ledger.cancel_requested() && live->ledger.open()) {
      return absl::OkStatus();
    }
    EventDraft request;
    request.type = EventType::kWorkflowExecutionCancelRequested;
    request.text(Text::kControl) = reason;
    return live->ledger.Arrive(unit.now, std::move(request));
  });
}

absl::Status Core::Terminate(const RunKey& run, std::string_view reason) {
  return Transact(Durably::kYes, [&](Unit& unit) -> absl::Status {
    COHORT_ASSIGN_OR_RETURN(Live * live, TouchKey(unit, run));
    EventDraft terminated;
    terminated.type = EventType::kWorkflowExecutionTerminated;
    terminated.text(Text::kControl) = reason;
    return live->ledger.End(unit.now, std::move(terminated));
  });
}

absl::Status Core::RequestUpdate(const RunKey& run, UpdateRequest request) {
  return Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
    COHORT_ASSIGN_OR_RETURN(Live * live, TouchKey(unit, run));
    return live->ledger.RequestUpdate(unit.now, std::move(request));
  });
}

absl::StatusOr<UpdateOutcome> Core::FindUpdate(const RunKey& run,
                                               std::string_view id) {
  UpdateOutcome out;
  COHORT_RETURN_IF_ERROR(
      Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
        COHORT_ASSIGN_OR_RETURN(Live * live, TouchKey(unit, run));
        const UpdateState* update = live->ledger.FindUpdate(id);
        if (update == nullptr) {
          return NotFound("workflow {} has no update \"{}\"", run.workflow_id,
                          id);
        }
        using Stage = UpdateState::Stage;
        out.rejected = update->stage == Stage::kRejected;
        if (out.rejected) out.failure = update->failure;
        // What is told has to be on disk.
        if (!IsOnDisk(*live)) return absl::OkStatus();
        out.completed = update->stage == Stage::kCompleted;
        out.accepted = out.completed || update->stage == Stage::kAccepted;
        if (!out.completed) return absl::OkStatus();
        COHORT_ASSIGN_OR_RETURN(const History history, HistoryOf(live->row));
        PayloadReader reader;
        for (const Event& event : history.events()) {
          if (event.id != update->event_id) continue;
          COHORT_ASSIGN_OR_RETURN(out.result, reader.ReadPayloads(event.input));
          if (event.failure.empty()) continue;
          COHORT_ASSIGN_OR_RETURN(out.failure,
                                  reader.ReadFailure(event.failure));
        }
        return absl::OkStatus();
      }));
  return out;
}

absl::StatusOr<History> Core::HistoryOf(std::int64_t row) {
  COHORT_ASSIGN_OR_RETURN(std::string text, store_->ReadHistory(row));
  return History::FromJson(std::move(text), {}, store_->path());
}

absl::StatusOr<std::string> Core::AskQuery(const RunKey& run,
                                           std::string_view name,
                                           Payloads input) {
  std::string id;
  COHORT_RETURN_IF_ERROR(
      Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
        COHORT_ASSIGN_OR_RETURN(Live * live, TouchKey(unit, run));
        id = fmt::format("{}", ++last_query_);
        OpenQuery& query = queries_[last_query_];
        query.row = live->row;
        query.request = {id, std::string(name), std::move(input)};
        queues_[live->ledger.start().queue].queries.push_back(last_query_);
        tasks_.notify_all();
        return absl::OkStatus();
      }));
  return id;
}

std::optional<QueryAnswer> Core::TakeAnswer(const std::string& query) {
  const Lock lock(mutex_);
  const auto found = queries_.find(std::strtoll(query.c_str(), nullptr, 10));
  if (found == queries_.end() || !found->second.answer) return std::nullopt;
  QueryAnswer answer = *std::move(found->second.answer);
  queries_.erase(found);
  return answer;
}

void Core::DropQuery(const std::string& query) {
  const Lock lock(mutex_);
  queries_.erase(std::strtoll(query.c_str(), nullptr, 10));
}

RunDescription Core::DescriptionOf(const RunRow& run) const {
  RunDescription out;
  out.listing = ListingOf(run, run.run_id);
  out.bytes = run.bytes;
  out.task_attempt = run.task_attempt;
  out.stuck = run.stuck;
  if (const auto why = set_aside_.find(run.row); why != set_aside_.end()) {
    out.stuck = ToStd(why->second.message());
  }
  out.busy = run.busy;
  return out;
}

absl::StatusOr<RunDescription> Core::Describe(const RunKey& run) {
  RunDescription out;
  COHORT_RETURN_IF_ERROR(
      Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
        COHORT_ASSIGN_OR_RETURN(Live * live, TouchKey(unit, run));
        out = DescriptionOf(RowOf(*live));
        out.open_activities = live->ledger.open_activities();
        out.open_timers = live->ledger.open_timers();
        out.open_children = live->ledger.children().size();
        return absl::OkStatus();
      }));
  return out;
}

absl::StatusOr<std::optional<RunEnd>> Core::FindEnd(const RunKey& run) {
  const Lock lock(mutex_);
  COHORT_RETURN_IF_ERROR(broken_);
  COHORT_ASSIGN_OR_RETURN(const std::int64_t row, RowOfKey(run));
  // What is told has to be on disk.
  const auto live = live_.find(row);
  if (live != live_.end() &&
      (live->second->ledger.open() || !IsOnDisk(*live->second))) {
    return std::nullopt;
  }
  COHORT_ASSIGN_OR_RETURN(const auto found, store_->FindRow(row));
  if (!found || found->status == RunStatus::kOpen) return std::nullopt;
  COHORT_ASSIGN_OR_RETURN(const History history, HistoryOf(row));
  const Event& last = history.events().back();
  RunEnd end;
  end.status = found->status;
  PayloadReader reader;
  COHORT_ASSIGN_OR_RETURN(end.result, reader.ReadPayloads(last.input));
  COHORT_ASSIGN_OR_RETURN(end.failure, reader.ReadFailure(last.failure));
  if (found->status == RunStatus::kContinuedAsNew) {
    end.next = {found->workflow_id, std::string(last.text(Text::kControl))};
  }
  return end;
}

absl::Status Core::List(
    const Query& query,
    absl::FunctionRef<absl::Status(const RunDescription&)> use) {
  // So many at a time: others come between.
  constexpr std::int64_t kRows = 500;
  std::vector<RunDescription> runs;
  std::int64_t last = 0;
  do {
    runs.clear();
    {
      const Lock lock(mutex_);
      COHORT_RETURN_IF_ERROR(broken_);
      COHORT_RETURN_IF_ERROR(
          store_->ForEachRunBehind(last, kRows, [&](const RunRow& row) {
            runs.push_back(DescriptionOf(row));
            last = row.row;
            return absl::OkStatus();
          }));
    }
    for (const RunDescription& run : runs) {
      COHORT_ASSIGN_OR_RETURN(const bool meant, query.Matches(run.listing));
      if (meant) COHORT_RETURN_IF_ERROR(use(run));
    }
  } while (!runs.empty());
  return absl::OkStatus();
}

absl::StatusOr<bool> Core::Drained(std::string_view queue) {
  const Lock lock(mutex_);
  COHORT_RETURN_IF_ERROR(broken_);
  COHORT_ASSIGN_OR_RETURN(const bool open, store_->HasOpenRun(queue));
  return !open;
}

absl::StatusOr<std::string> Core::ReadHistory(const RunKey& run) {
  const Lock lock(mutex_);
  COHORT_RETURN_IF_ERROR(broken_);
  COHORT_ASSIGN_OR_RETURN(const std::int64_t row, RowOfKey(run));
  return store_->ReadHistory(row);
}

}  // namespace cohort
