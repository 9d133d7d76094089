// SQLite with statuses: one connection, statements as texts.
//
//   COHORT_ASSIGN_OR_RETURN(Sqlite db,
//                           Sqlite::Open("index.sqlite", SqliteMode::kWrite));
//   COHORT_RETURN_IF_ERROR(db.Run("INSERT INTO t VALUES (?, ?)", {7,
//   "seven"})); COHORT_RETURN_IF_ERROR(
//       db.ForEach("SELECT n, word FROM t", {}, [&](const SqliteRow& row) {
//         Use(row.Int(0), row.Text(1));
//         return absl::OkStatus();
//       }));
//
// A statement is kept prepared for its next use.
// Threads: a connection is used by one thread at a time.
// Errors: kResourceExhausted for a full disk, kUnavailable for a file that
// another process has locked, kDataLoss for a damaged one, kNotFound for one
// that cannot be opened, kInternal for the rest; each with the file's name.
#ifndef COHORT_CORPUS_SQLITE_H_
#define COHORT_CORPUS_SQLITE_H_

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cohort {

// What a ? stands for. Texts are copied.
class SqliteValue {
 public:
  SqliteValue() = default;  // NULL
  SqliteValue(int number) : value_(std::int64_t{number}) {}
  SqliteValue(std::int64_t number) : value_(number) {}
  SqliteValue(double number) : value_(number) {}
  SqliteValue(std::string text) : value_(std::move(text)) {}
  SqliteValue(std::string_view text) : value_(std::string(text)) {}
  SqliteValue(const char* text) : value_(std::string(text)) {}

 private:
  friend class Sqlite;
  std::variant<std::monostate, std::int64_t, double, std::string> value_;
};

// One row of an answer; valid inside the call that it was handed to.
class SqliteRow {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const;
  std::int64_t Int(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;  // "" for NULL

 private:
  sqlite3_stmt* statement_;
};

enum class SqliteMode : std::uint8_t {
  kRead,   // the file has to be there
  kWrite,  // made if need be; nobody else can open it meanwhile
};

class Sqlite {
 public:
  static absl::StatusOr<Sqlite> Open(const std::string& path, SqliteMode mode);

  // Statements without an answer; several, if they take no values.
  absl::Status Run(const char* sql,
                   std::initializer_list<SqliteValue> values = {});
  absl::Status ForEach(const char* sql,
                       std::initializer_list<SqliteValue> values,
                       absl::FunctionRef<absl::Status(const SqliteRow&)> use);
  // The one number of the first row.
  absl::StatusOr<std::int64_t> Number(
      const char* sql, std::initializer_list<SqliteValue> values = {});
  std::int64_t last_row_id() const;

  // Waits until the write-ahead log is on disk. May be called while another
  // thread uses the connection.
  absl::Status SyncJournal();
  // From now on the write-ahead log goes into the file by Checkpoint alone. By
  // itself SQLite does it within a commit, and does not tell of a sync that
  // failed.
  void CheckpointByHand();
  // Between transactions; an error may be one of a sync.
  absl::Status Checkpoint();
  // Pages in the write-ahead log that no Checkpoint has seen; as of the last
  // commit, since CheckpointByHand.
  int journal_pages() const { return *journal_pages_; }

  // `body` as one transaction: all of it, or nothing.
  absl::Status Atomically(absl::FunctionRef<absl::Status()> body);

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  Sqlite(std::string path, std::unique_ptr<sqlite3, Close> db)
      : path_(std::move(path)),
        journal_pages_(std::make_unique<int>(0)),
        db_(std::move(db)) {}

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  absl::Status Error(int code) const;
  absl::StatusOr<Statement> Prepare(const char* sql);

  std::string path_;
  std::unique_ptr<int> journal_pages_;  // where SQLite's hook finds it
  std::unique_ptr<sqlite3, Close> db_;
  // That nobody uses right now; they go before the connection.
  std::map<std::string, Statement, std::less<>> prepared_;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_SQLITE_H_
