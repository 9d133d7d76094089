// Store: histories and what is kept beside them, in one SQLite file.
//
//   COHORT_ASSIGN_OR_RETURN(std::unique_ptr<Store> store,
//                           Store::Open("rows.db", {}));
//   COHORT_RETURN_IF_ERROR(store->Begin());
//   COHORT_RETURN_IF_ERROR(store->Append(row.row, 1, events));
//   COHORT_RETURN_IF_ERROR(store->Put(row));
//   COHORT_RETURN_IF_ERROR(store->Commit());
//
// The file is in WAL mode and locked by this process alone. SQLite commits
// without a sync; Sync() does it for all that was committed before, and may do
// so while the next transaction is written. docs/store_format.md describes the
// tables.
//
// Threads: one at a time, but for Sync.
// Errors: kUnavailable for a file that another process has open;
// kFailedPrecondition for one that a newer version wrote, or that is no store;
// kDataLoss for a damaged one: none of them is changed. kResourceExhausted for
// a full disk.
#ifndef COHORT_EMBEDDED_STORE_H_
#define COHORT_EMBEDDED_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/run_status.h"
#include "cohort/corpus/sqlite.h"

namespace cohort {

// What of a commit is on disk when it returns.
enum class Synchronous : std::uint8_t {
  kFull,    // all of it
  kNormal,  // it may be lost by a power cut, not by the end of the process
  kOff,     // a power cut may damage the file
};

// A run's own row.
struct RunRow {
  std::int64_t row = 0;
  std::string workflow_id;
  std::string run_id;
  std::string workflow_type;
  std::string queue;
  RunStatus status = RunStatus::kOpen;
  absl::Time started = absl::UnixEpoch();
  absl::Time closed = absl::InfiniteFuture();
  std::int64_t events = 0;
  std::int64_t bytes = 0;
  absl::Time due = absl::InfiniteFuture();  // when it goes on by itself
  bool busy = false;                        // something is to be handed out
  std::int64_t task_attempt = 1;
  std::string build_id;
  std::vector<std::string> change_versions;
  std::string stuck;  // why its workflow task failed
};

// What is kept of a run beside its row and its events.
struct KeptRows {
  std::map<std::int64_t, std::string> attempts;
  std::vector<std::string> buffered;
};

class Store {
 public:
  struct Options {
    Synchronous synchronous = Synchronous::kFull;
    // Of a new store: what its run ids are made of; 0: chance.
    std::uint64_t seed = 0;
  };
  // "" or ":memory:": nothing is kept.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& path,
                                                     Options options);
  // For reading beside nobody: nothing is changed, not even the schema.
  static absl::StatusOr<std::unique_ptr<Store>> OpenToRead(
      const std::string& path);

  absl::Status Begin() { return db_.Run("BEGIN IMMEDIATE"); }
  absl::Status Commit() { return db_.Run("COMMIT"); }
  // Waits until what was committed is on disk, if the store is to be so sure.
  // May be called beside all others.
  absl::Status Sync();
  // Between transactions: if the write-ahead log has grown long, what it holds
  // goes into the file. After an error nobody knows what the disk holds.
  absl::Status CheckpointIfLong();
  void Rollback() { db_.Run("ROLLBACK").IgnoreError(); }

  // Below: within a transaction, or to read.
  absl::Status Put(const RunRow& row);
  // `events` are JSON texts separated by ",\n"; `first` is the first one's id.
  absl::Status Append(std::int64_t row, std::int64_t first,
                      const std::string& events);
  absl::Status PutAttempt(std::int64_t row, std::int64_t event,
                          const std::optional<std::string>& text);
  absl::Status ClearBuffer(std::int64_t row);
  absl::Status AddBuffered(std::int64_t row, const std::string& text);

  // {"events":[...]}; kNotFound for a run without events.
  absl::StatusOr<std::string> ReadHistory(std::int64_t row);
  absl::StatusOr<KeptRows> ReadKept(std::int64_t row);
  absl::StatusOr<std::optional<RunRow>> FindRow(std::int64_t row);
  // The newest run of the workflow.
  absl::StatusOr<std::optional<RunRow>> FindWorkflow(std::string_view id);
  absl::StatusOr<std::optional<RunRow>> FindRun(std::string_view run_id);
  // In the order in which they were started.
  absl::Status ForEachRun(absl::FunctionRef<absl::Status(const RunRow&)> use);
  absl::Status ForEachOpenRun(
      absl::FunctionRef<absl::Status(const RunRow&)> use);
  // The first `count` of those that were started after the run `row`.
  absl::Status ForEachRunBehind(
      std::int64_t row, std::int64_t count,
      absl::FunctionRef<absl::Status(const RunRow&)> use);
  absl::StatusOr<bool> HasOpenRun(std::string_view queue);

  // The number of the next run, and the id it has: the same for the same seed.
  std::int64_t NextRow() { return ++last_row_; }
  std::string RunIdOf(std::int64_t row) const;

  // SQLite's own check of the whole file.
  absl::Status CheckFile();
  const std::string& path() const { return path_; }
  Sqlite& db() { return db_; }

 private:
  Store(std::string path, Sqlite db)
      : path_(std::move(path)), db_(std::move(db)) {}
  static absl::StatusOr<std::unique_ptr<Store>> OpenAnyToRead(
      const std::string& path);
  absl::Status CheckVersion();
  absl::Status Migrate(Options options);
  absl::StatusOr<std::optional<RunRow>> FindOne(
      const char* sql, std::initializer_list<SqliteValue> values);

  std::string path_;
  Sqlite db_;
  Synchronous synchronous_ = Synchronous::kFull;
  std::uint64_t seed_ = 0;
  std::int64_t last_row_ = 0;
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_STORE_H_
