#include "cohort/embedded/store.h"

#include <filesystem>
#include <random>

#include "cohort/base/stable_hash.h"
#include "cohort/base/status.h"
#include "cohort/embedded/store_schema.h"
#include "fmt/core.h"

namespace cohort {
namespace {

constexpr char kElementEnd = '\n';  // change ids hold no newline

std::string Joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    out += text;
    out += kElementEnd;
  }
  return out;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find(kElementEnd);
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

SqliteValue Instant(absl::Time time) {
  if (time == absl::InfiniteFuture()) return {};
  return absl::ToUnixNanos(time);
}

absl::Time InstantOf(const SqliteRow& row, int column) {
  return row.IsNull(column) ? absl::InfiniteFuture()
                            : absl::FromUnixNanos(row.Int(column));
}

std::int64_t KeyOf(std::int64_t row, std::int64_t n) {
  return (row << kEventBits) + n;
}

RunRow ReadRow(const SqliteRow& row) {
  RunRow run;
  run.row = row.Int(0);
  run.workflow_id = row.Text(1);
  run.run_id = row.Text(2);
  run.workflow_type = row.Text(3);
  run.queue = row.Text(4);
  run.status = static_cast<RunStatus>(row.Int(5));
  run.started = InstantOf(row, 6);
  run.closed = InstantOf(row, 7);
  run.events = row.Int(8);
  run.bytes = row.Int(9);
  run.due = InstantOf(row, 10);
  run.busy = row.Int(11) != 0;
  run.task_attempt = row.Int(12);
  run.build_id = row.Text(13);
  run.change_versions = Split(row.Text(14));
  run.stuck = row.Text(15);
  return run;
}

absl::Status Explained(const absl::Status& status, const std::string& path) {
  if (!absl::IsUnavailable(status)) return status;
  return MakeStatus(absl::StatusCode::kUnavailable,
                    "{}: another process has this store open; a store belongs "
                    "to one process at a time",
                    path);
}

std::uint64_t Chance() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& path,
                                                   Options options) {
  const std::string file = path.empty() ? ":memory:" : path;
  // Whatever else the file is, it stays as it is.
  if (file != ":memory:" && std::filesystem::exists(file) &&
      std::filesystem::file_size(file) > 0) {
    COHORT_RETURN_IF_ERROR(OpenAnyToRead(file).status());
  }
  absl::StatusOr<Sqlite> db = Sqlite::Open(file, SqliteMode::kWrite);
  if (!db.ok()) return Explained(db.status(), file);
  std::unique_ptr<Store> store(new Store(file, *std::move(db)));
  COHORT_RETURN_IF_ERROR(store->CheckVersion());
  store->synchronous_ = options.synchronous;
  if (options.synchronous == Synchronous::kOff) {
    COHORT_RETURN_IF_ERROR(store->db_.Run("PRAGMA synchronous = OFF"));
  }
  COHORT_RETURN_IF_ERROR(
      store->db_.Atomically([&] { return store->Migrate(options); }));
  // The first sync has more to do than those beside others.
  COHORT_RETURN_IF_ERROR(store->Sync());
  COHORT_ASSIGN_OR_RETURN(
      const std::int64_t seed,
      store->db_.Number("SELECT value FROM meta WHERE name = 'seed'"));
  store->seed_ = static_cast<std::uint64_t>(seed);
  COHORT_ASSIGN_OR_RETURN(
      store->last_row_,
      store->db_.Number("SELECT coalesce(max(row), 0) FROM runs"));
  return store;
}

// A file without tables is one too: whoever began it was killed before them.
absl::StatusOr<std::unique_ptr<Store>> Store::OpenAnyToRead(
    const std::string& path) {
  absl::StatusOr<Sqlite> db = Sqlite::Open(path, SqliteMode::kRead);
  if (!db.ok()) return db.status();
  std::unique_ptr<Store> store(new Store(path, *std::move(db)));
  if (absl::Status s = store->CheckVersion(); !s.ok()) {
    return Explained(s, path);
  }
  return store;
}

absl::StatusOr<std::unique_ptr<Store>> Store::OpenToRead(
    const std::string& path) {
  COHORT_ASSIGN_OR_RETURN(std::unique_ptr<Store> store, OpenAnyToRead(path));
  COHORT_ASSIGN_OR_RETURN(const std::int64_t steps,
                          store->db_.Number("PRAGMA user_version"));
  if (steps == 0) {
    return FailedPrecondition("{}: there is no store in this file", path);
  }
  return store;
}

// Before anything is written.
absl::Status Store::CheckVersion() {
  COHORT_ASSIGN_OR_RETURN(const std::int64_t id,
                          db_.Number("PRAGMA application_id"));
  COHORT_ASSIGN_OR_RETURN(const std::int64_t steps,
                          db_.Number("PRAGMA user_version"));
  COHORT_ASSIGN_OR_RETURN(const std::int64_t tables,
                          db_.Number("SELECT count(*) FROM sqlite_master"));
  if (id != kStoreApplicationId && (tables > 0 || steps > 0)) {
    return FailedPrecondition(
        "{}: this SQLite file is no cohort store; give the path of a new file",
        path_);
  }
  if (steps > static_cast<std::int64_t>(kStoreSteps.size())) {
    return FailedPrecondition(
        "{}: the store has format {}, this version knows formats up to {}; "
        "open it with the version of cohort that wrote it, or a newer one",
        path_, steps, kStoreSteps.size());
  }
  return absl::OkStatus();
}

absl::Status Store::Migrate(Options options) {
  COHORT_ASSIGN_OR_RETURN(const std::int64_t done,
                          db_.Number("PRAGMA user_version"));
  const auto steps = static_cast<std::int64_t>(kStoreSteps.size());
  if (done == steps) return absl::OkStatus();
  for (std::int64_t step = done; step < steps; ++step) {
    COHORT_RETURN_IF_ERROR(
        db_.Run(kStoreSteps[static_cast<std::size_t>(step)]));
  }
  if (done == 0) {
    const std::uint64_t seed = options.seed != 0 ? options.seed : Chance();
    COHORT_RETURN_IF_ERROR(
        db_.Run(fmt::format("INSERT INTO meta VALUES ('seed', {})",
                            static_cast<std::int64_t>(seed))
                    .c_str()));
  }
  return db_.Run(fmt::format("PRAGMA application_id = {}; "
                             "PRAGMA user_version = {}",
                             kStoreApplicationId, steps)
                     .c_str());
}

absl::Status Store::Put(const RunRow& row) {
  return db_.Run(
      "INSERT OR REPLACE INTO runs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      {row.row, row.workflow_id, row.run_id, row.workflow_type, row.queue,
       static_cast<std::int64_t>(row.status), Instant(row.started),
       Instant(row.closed), row.events, row.bytes, Instant(row.due),
       std::int64_t{row.busy}, row.task_attempt, row.build_id,
       Joined(row.change_versions), row.stuck});
}

absl::Status Store::Append(std::int64_t row, std::int64_t first,
                           const std::string& events) {
  return db_.Run("INSERT INTO events VALUES (?, ?)",
                 {KeyOf(row, first), events});
}

absl::Status Store::PutAttempt(std::int64_t row, std::int64_t event,
                               const std::optional<std::string>& text) {
  if (!text) {
    return db_.Run("DELETE FROM attempts WHERE key = ?", {KeyOf(row, event)});
  }
  return db_.Run("INSERT OR REPLACE INTO attempts VALUES (?, ?)",
                 {KeyOf(row, event), *text});
}

absl::Status Store::ClearBuffer(std::int64_t row) {
  return db_.Run("DELETE FROM buffered WHERE key >= ? AND key < ?",
                 {KeyOf(row, 0), KeyOf(row + 1, 0)});
}

absl::Status Store::AddBuffered(std::int64_t row, const std::string& text) {
  return db_.Run(
      "INSERT INTO buffered SELECT coalesce(max(key) + 1, ?1), ?3 FROM "
      "buffered WHERE key >= ?1 AND key < ?2",
      {KeyOf(row, 0), KeyOf(row + 1, 0), text});
}

absl::StatusOr<std::string> Store::ReadHistory(std::int64_t row) {
  std::string out;
  COHORT_RETURN_IF_ERROR(db_.ForEach(
      "SELECT text FROM events WHERE key >= ? AND key < ? ORDER BY key",
      {KeyOf(row, 0), KeyOf(row + 1, 0)}, [&](const SqliteRow& chunk) {
        out += out.empty() ? "{\"events\":[\n" : ",\n";
        out += chunk.Text(0);
        return absl::OkStatus();
      }));
  if (out.empty()) return NotFound("{}: run {} has no events", path_, row);
  return out + "\n]}";
}

absl::StatusOr<KeptRows> Store::ReadKept(std::int64_t row) {
  KeptRows kept;
  COHORT_RETURN_IF_ERROR(
      db_.ForEach("SELECT key, text FROM attempts WHERE key >= ? AND key < ?",
                  {KeyOf(row, 0), KeyOf(row + 1, 0)}, [&](const SqliteRow& r) {
                    kept.attempts[r.Int(0) - KeyOf(row, 0)] = r.Text(1);
                    return absl::OkStatus();
                  }));
  COHORT_RETURN_IF_ERROR(db_.ForEach(
      "SELECT text FROM buffered WHERE key >= ? AND key < ? ORDER BY key",
      {KeyOf(row, 0), KeyOf(row + 1, 0)}, [&](const SqliteRow& r) {
        kept.buffered.push_back(r.Text(0));
        return absl::OkStatus();
      }));
  return kept;
}

absl::StatusOr<std::optional<RunRow>> Store::FindOne(
    const char* sql, std::initializer_list<SqliteValue> values) {
  std::optional<RunRow> found;
  COHORT_RETURN_IF_ERROR(db_.ForEach(sql, values, [&](const SqliteRow& row) {
    found = ReadRow(row);
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::optional<RunRow>> Store::FindRow(std::int64_t row) {
  return FindOne("SELECT * FROM runs WHERE row = ?", {row});
}

absl::StatusOr<std::optional<RunRow>> Store::FindWorkflow(std::string_view id) {
  return FindOne(
      "SELECT * FROM runs WHERE workflow_id = ? ORDER BY row DESC LIMIT 1",
      {id});
}

absl::StatusOr<std::optional<RunRow>> Store::FindRun(std::string_view run_id) {
  return FindOne("SELECT * FROM runs WHERE run_id = ?", {run_id});
}

absl::Status Store::ForEachRun(
    absl::FunctionRef<absl::Status(const RunRow&)> use) {
  return db_.ForEach("SELECT * FROM runs ORDER BY row", {},
                     [&](const SqliteRow& row) { return use(ReadRow(row)); });
}

absl::Status Store::ForEachOpenRun(
    absl::FunctionRef<absl::Status(const RunRow&)> use) {
  return db_.ForEach("SELECT * FROM runs WHERE status = 0 ORDER BY row", {},
                     [&](const SqliteRow& row) { return use(ReadRow(row)); });
}

std::string Store::RunIdOf(std::int64_t row) const {
  const std::uint64_t a = StableHash(fmt::format("{:x}/{}/a", seed_, row));
  const std::uint64_t b = StableHash(fmt::format("{:x}/{}/b", seed_, row));
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32,
                     (a >> 16) & 0xffff, a & 0xfff,
                     0x8000 | ((b >> 48) & 0x3fff), b & 0xffffffffffff);
}

absl::Status Store::Sync() {
  if (synchronous_ != Synchronous::kFull) return absl::OkStatus();
  return db_.SyncJournal();
}

absl::Status Store::CheckFile() {
  std::string report;
  COHORT_RETURN_IF_ERROR(
      db_.ForEach("PRAGMA integrity_check", {}, [&](const SqliteRow& row) {
        if (row.Text(0) != "ok")
          report += (report.empty() ? "" : "; ") + row.Text(0);
        return absl::OkStatus();
      }));
  if (report.empty()) return absl::OkStatus();
  return DataLoss("{}: {}", path_, report);
}

}  // namespace cohort
