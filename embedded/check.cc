#include "cohort/embedded/check.h"

#include <map>
#include <set>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/embedded/ledger.h"
#include "cohort/engine/kinds.h"
#include "cohort/history/event_table.h"
#include "cohort/history/history.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

// Turns as a replay would read them.
absl::Status CheckTurns(const History& history) {
  TurnReader reader;
  COHORT_RETURN_IF_ERROR(reader.Add(history.events(), PageEnd::kLast));
  while (true) {
    COHORT_ASSIGN_OR_RETURN(const std::optional<Turn> turn, reader.Next());
    if (!turn) return absl::OkStatus();
  }
}

// Every operation is recorded before it ends, and ends once.
absl::Status CheckOperations(const History& history) {
  std::set<std::int64_t> open;
  for (const Event& event : history.events()) {
    for (const KindRow& row : kKinds) {
      if (row.recorded_by == event.type && row.on_record == OnRecord::kOpens) {
        open.insert(event.id);
      }
    }
    const OutcomeRow* outcome = OutcomeOf(event.type);
    const bool ends =
        (outcome != nullptr && outcome->input == Input::kSettled) ||
        event.type == EventType::kTimerCanceled;
    if (ends && open.erase(event.subject) == 0) {
      return DataLoss("event {}: {} is about event {}, which is not open",
                      event.id, RowOf(event.type).camel(), event.subject);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRow(Store& store, const RunRow& run, const History& history) {
  COHORT_ASSIGN_OR_RETURN(KeptRows rows, store.ReadKept(run.row));
  KeptState kept;
  kept.attempts = std::move(rows.attempts);
  kept.task_attempt = run.task_attempt;
  kept.stuck = run.stuck;
  // Once without the buffer, whose events come behind those of the history, and
  // once as the next process will load it.
  Ledger ledger;
  COHORT_RETURN_IF_ERROR(ledger.Load(history, kept, run.started));
  kept.buffered = std::move(rows.buffered);
  kept.attempts_lost = true;
  COHORT_RETURN_IF_ERROR(Ledger().Load(history, std::move(kept), run.started));
  const auto events = static_cast<std::int64_t>(history.events().size());
  if (run.events != events) {
    return DataLoss("its row says {} events, its history has {}", run.events,
                    events);
  }
  if (ledger.status() != run.status) {
    return DataLoss("its row says {}, its history {}", NameOf(run.status),
                    NameOf(ledger.status()));
  }
  if (ledger.start().run_id != run.run_id ||
      ledger.start().workflow_id != run.workflow_id) {
    return DataLoss("its history is that of run {} of workflow {}",
                    ledger.start().run_id, ledger.start().workflow_id);
  }
  return absl::OkStatus();
}

absl::Status CheckRun(Store& store, const RunRow& run) {
  COHORT_ASSIGN_OR_RETURN(std::string text, store.ReadHistory(run.row));
  COHORT_ASSIGN_OR_RETURN(
      const History history,
      History::FromJson(std::move(text),
                        {.validation = Validation::kEverything}, store.path()));
  COHORT_RETURN_IF_ERROR(CheckTurns(history));
  COHORT_RETURN_IF_ERROR(CheckOperations(history));
  return CheckRow(store, run, history);
}

}  // namespace

absl::StatusOr<StoreReport> CheckStore(Store& store) {
  StoreReport report;
  if (absl::Status file = store.CheckFile(); !file.ok()) {
    report.problems.emplace_back(ToStd(file.message()));
    return report;
  }
  COHORT_RETURN_IF_ERROR(store.ForEachRun([&](const RunRow& run) {
    ++report.runs;
    if (run.status == RunStatus::kOpen) ++report.open_runs;
    report.events += run.events;
    if (absl::Status s = CheckRun(store, run); !s.ok()) {
      report.problems.push_back(fmt::format("run {} of workflow {}: {}",
                                            run.run_id, run.workflow_id,
                                            ToStd(s.message())));
    }
    return absl::OkStatus();
  }));
  return report;
}

absl::StatusOr<StoreReport> CheckStore(const std::string& path) {
  COHORT_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                          Store::OpenToRead(path));
  return CheckStore(*store);
}

}  // namespace cohort
