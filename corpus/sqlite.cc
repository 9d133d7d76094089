#include "cohort/corpus/sqlite.h"

#include <sqlite3.h>

#include <optional>
#include <utility>

#include "cohort/base/status.h"

namespace cohort {
namespace {

constexpr int kBusyMilliseconds = 2000;

absl::StatusCode CodeOf(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kNotFound;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

bool SqliteRow::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t SqliteRow::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double SqliteRow::Real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string SqliteRow::Text(int column) const {
  const auto* text =
      reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return "";
  return std::string(
      text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

void Sqlite::Close::operator()(sqlite3* db) const {
  // Leaves one file, which can be copied and read from a read-only disk.
  if (sqlite3_db_readonly(db, "main") == 0) {
    sqlite3_exec(db, "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
  }
  sqlite3_close(db);
}

void Sqlite::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

absl::StatusOr<Sqlite::Statement> Sqlite::Prepare(const char* sql) {
  if (auto kept = prepared_.extract(std::string(sql))) {
    return std::move(kept.mapped());
  }
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(db_.get(), sql, -1, &prepared, nullptr);
  if (code != SQLITE_OK) return Error(code);
  return Statement(prepared);
}

absl::Status Sqlite::Error(int code) const {
  return MakeStatus(CodeOf(code), "{}: {}{}", path_, sqlite3_errmsg(db_.get()),
                    code == SQLITE_FULL ? "; make room and run it again" : "");
}

absl::StatusOr<Sqlite> Sqlite::Open(const std::string& path, SqliteMode mode) {
  const int flags = mode == SqliteMode::kRead
                        ? SQLITE_OPEN_READONLY
                        : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  Sqlite db(path, std::unique_ptr<sqlite3, Close>(opened));
  if (code != SQLITE_OK) return db.Error(code);
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  if (mode == SqliteMode::kWrite) {
    COHORT_RETURN_IF_ERROR(
        db.Run("PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = ON; "
               "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
               "BEGIN EXCLUSIVE; COMMIT"));
  }
  return db;
}

absl::Status Sqlite::ForEach(
    const char* sql, std::initializer_list<SqliteValue> values,
    absl::FunctionRef<absl::Status(const SqliteRow&)> use) {
  COHORT_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  sqlite3_stmt* prepared = statement.get();
  int code = SQLITE_OK;
  int index = 0;
  for (const SqliteValue& v : values) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&v.value_)) {
      code = sqlite3_bind_int64(prepared, index, *number);
    } else if (const auto* real = std::get_if<double>(&v.value_)) {
      code = sqlite3_bind_double(prepared, index, *real);
    } else if (const auto* text = std::get_if<std::string>(&v.value_)) {
      code = sqlite3_bind_text64(prepared, index, text->data(), text->size(),
                                 SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    if (code != SQLITE_OK) return Error(code);
  }
  while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
    COHORT_RETURN_IF_ERROR(use(SqliteRow(prepared)));
  }
  if (code != SQLITE_DONE) return Error(code);
  sqlite3_reset(prepared);
  sqlite3_clear_bindings(prepared);
  prepared_.insert_or_assign(sql, std::move(statement));
  return absl::OkStatus();
}

absl::Status Sqlite::Run(const char* sql,
                         std::initializer_list<SqliteValue> values) {
  if (values.size() > 0) {
    return ForEach(sql, values,
                   [](const SqliteRow&) { return absl::OkStatus(); });
  }
  const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(code);
}

absl::StatusOr<std::int64_t> Sqlite::Number(
    const char* sql, std::initializer_list<SqliteValue> values) {
  std::optional<std::int64_t> number;
  COHORT_RETURN_IF_ERROR(ForEach(sql, values, [&](const SqliteRow& row) {
    if (!number) number = row.Int(0);
    return absl::OkStatus();
  }));
  if (!number) return Internal("{}: no answer to {}", path_, sql);
  return *number;
}

std::int64_t Sqlite::last_row_id() const {
  return sqlite3_last_insert_rowid(db_.get());
}

absl::Status Sqlite::SyncJournal() {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(db_.get(), "main",
                                         SQLITE_FCNTL_JOURNAL_POINTER, &file);
  // A database in memory has none, nor has one that was never written.
  if (found != SQLITE_OK || file == nullptr || file->pMethods == nullptr) {
    return absl::OkStatus();
  }
  const int code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if (code == SQLITE_OK) return absl::OkStatus();
  return MakeStatus(CodeOf(code), "{}: cannot sync: {}", path_,
                    sqlite3_errstr(code));
}

void Sqlite::CheckpointByHand() {
  const auto note = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(db_.get(), note, journal_pages_.get());
}

absl::Status Sqlite::Checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(
      db_.get(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK) return Error(code);
  *journal_pages_ = 0;
  return absl::OkStatus();
}

absl::Status Sqlite::Atomically(absl::FunctionRef<absl::Status()> body) {
  COHORT_RETURN_IF_ERROR(Run("BEGIN IMMEDIATE"));
  absl::Status status = body();
  if (status.ok()) status = Run("COMMIT");
  // A full disk may have rolled it back already.
  if (!status.ok() && sqlite3_get_autocommit(db_.get()) == 0) {
    Run("ROLLBACK").IgnoreError();
  }
  return status;
}

}  // namespace cohort
