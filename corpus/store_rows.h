// Values and rows of a corpus's index, between C++ and SQLite.
//
//   return db.Run("UPDATE runs SET fetched = ?", {TimeValue(now)});
//
// Threads: functions of their arguments.
// Errors: none; a word that only a damaged index holds reads as the first one.
#ifndef COHORT_CORPUS_STORE_ROWS_H_
#define COHORT_CORPUS_STORE_ROWS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "cohort/corpus/sqlite.h"
#include "cohort/corpus/store.h"

namespace cohort {

// "wanted", "stored", "counted", "missing".
std::string_view WordOf(FetchState state);
FetchState RunStateOf(std::string_view word);
// "each", "one-each-shape".
std::string_view WordOf(Keep keep);
Keep KeepOf(std::string_view word);

// NULL for both infinities.
SqliteValue TimeValue(absl::Time time);
absl::Time TimeOf(const SqliteRow& row, int column, absl::Time unknown);

// Lists of texts, as JSON.
std::string ListText(const std::vector<std::string>& list);
std::vector<std::string> ListOf(const std::string& text);

// The columns of a SELECT that RunOfRow reads, first in the row; `file` is then
// the SHA-256.
inline constexpr const char* kRunColumns =
    "runs.id, runs.run_id, runs.name, runs.source, runs.workflow_id, "
    "runs.workflow_type, runs.status, runs.started, runs.closed, runs.events, "
    "runs.task_queue, runs.build_id, runs.change_versions, runs.state, "
    "runs.problem, runs.fetched, runs.sha256, runs.stratum, runs.shape, "
    "runs.collapsed";
inline constexpr int kRunColumnCount = 20;
CorpusRun RunOfRow(const SqliteRow& row);

}  // namespace cohort

#endif  // COHORT_CORPUS_STORE_ROWS_H_
