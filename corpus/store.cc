#include "cohort/corpus/store.h"

#include <filesystem>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/shape.h"
#include "cohort/corpus/store_rows.h"
#include "cohort/corpus/store_schema.h"
#include "cohort/corpus/stratum.h"
#include "cohort/corpus/whole_file.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;

// Small files, still fast: a corpus is written once and copied often.
constexpr int kZstdLevel = 9;
constexpr const char* kIndex = "/index.sqlite";
constexpr const char* kHistories = "/histories";

std::int64_t Signed(std::uint64_t seed) {
  return static_cast<std::int64_t>(seed);
}

bool IsThere(const std::string& file) {
  std::error_code error;
  return fs::is_regular_file(file, error);
}

// What a process that died left behind.
void RemoveParts(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> parts;
  for (fs::recursive_directory_iterator it(folder, error), end;
       !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".part") parts.push_back(it->path());
  }
  for (const fs::path& part : parts) fs::remove(part, error);
}

}  // namespace

CorpusStore::CorpusStore(std::string folder, Sqlite db)
    : folder_(std::move(folder)), db_(std::move(db)) {
  while (folder_.size() > 1 && folder_.ends_with('/')) folder_.pop_back();
}

absl::StatusOr<CorpusStore> CorpusStore::Open(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return NotFound("{}: cannot be made: {}", folder, error.message());
  }
  auto db = Sqlite::Open(folder + kIndex, SqliteMode::kWrite);
  if (absl::IsUnavailable(db.status())) {
    return Annotate(db.status(), "another process writes this corpus");
  }
  COHORT_RETURN_IF_ERROR(db.status());
  CorpusStore store(folder, *std::move(db));
  COHORT_ASSIGN_OR_RETURN(
      const std::int64_t tables,
      store.db_.Number("SELECT count(*) FROM sqlite_master"));
  if (tables == 0) {
    COHORT_RETURN_IF_ERROR(store.db_.Atomically([&] {
      const std::string sql = fmt::format(
          "PRAGMA application_id = {}; PRAGMA user_version = {}; {}",
          kCorpusApplication, kCorpusSchemaVersion, kCorpusSchema);
      return store.db_.Run(sql.c_str());
    }));
  }
  COHORT_RETURN_IF_ERROR(store.CheckSchema());
  RemoveParts(store.folder_ + kHistories);
  return store;
}

absl::StatusOr<CorpusStore> CorpusStore::OpenToRead(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder + kIndex, error)) {
    return NotFound(
        "{}: no corpus (it has no index.sqlite); `cohort sample "
        "--into {}` makes one",
        folder, folder);
  }
  COHORT_ASSIGN_OR_RETURN(Sqlite db,
                          Sqlite::Open(folder + kIndex, SqliteMode::kRead));
  CorpusStore store(folder, std::move(db));
  COHORT_RETURN_IF_ERROR(store.CheckSchema());
  return store;
}

absl::Status CorpusStore::CheckSchema() {
  COHORT_ASSIGN_OR_RETURN(const std::int64_t application,
                          db_.Number("PRAGMA application_id"));
  COHORT_ASSIGN_OR_RETURN(const std::int64_t version,
                          db_.Number("PRAGMA user_version"));
  if (application != kCorpusApplication) {
    return FailedPrecondition("{}{}: not the index of a corpus", folder_,
                              kIndex);
  }
  if (version != kCorpusSchemaVersion) {
    return FailedPrecondition(
        "{}{}: has version {}, this program reads version {}; use a newer "
        "cohort, or another folder",
        folder_, kIndex, version, kCorpusSchemaVersion);
  }
  return absl::OkStatus();
}

void CorpusStore::SetFile(CorpusRun& run) const {
  if (run.state == FetchState::kStored) run.file = FileOf(run.file);
}

std::string CorpusStore::FileOf(std::string_view sha256) const {
  return fmt::format("{}{}/{}/{}.json.zst", folder_, kHistories,
                     sha256.substr(0, 2), sha256);
}

absl::StatusOr<std::int64_t> CorpusStore::RoundsOf(std::uint64_t seed) {
  return db_.Number("SELECT count(*) FROM rounds WHERE seed = ?",
                    {Signed(seed)});
}

absl::Status CorpusStore::BeginRound(const CorpusRound& round,
                                     const Sample& sample) {
  COHORT_ASSIGN_OR_RETURN(const std::int64_t before, RoundsOf(round.seed));
  return db_.Atomically([&]() -> absl::Status {
    COHORT_RETURN_IF_ERROR(db_.Run(
        "INSERT INTO rounds (seed, round, alpha, keep, source, request, at, "
        "listed, population, least, pooled, risk_met) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {Signed(round.seed), before + 1, round.alpha, WordOf(round.keep),
         round.source, round.request, TimeText(round.at), sample.listed,
         sample.population, sample.least, sample.pooled ? 1 : 0,
         sample.risk_met ? 1 : 0}));
    const std::int64_t id = db_.last_row_id();
    COHORT_RETURN_IF_ERROR(AddStrata(id, sample));
    for (std::size_t i = 0; i < sample.runs.size(); ++i) {
      COHORT_RETURN_IF_ERROR(AddDraw(id, i, sample.runs[i], round));
    }
    return absl::OkStatus();
  });
}

absl::Status CorpusStore::AddStrata(std::int64_t round, const Sample& sample) {
  for (std::size_t i = 0; i < sample.strata.size(); ++i) {
    const SampledStratum& s = sample.strata[i];
    COHORT_RETURN_IF_ERROR(db_.Run(
        "INSERT INTO strata VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {round, static_cast<std::int64_t>(i), s.key.Text(), s.key.workflow_type,
         NameOf(s.key.status),
         s.key.changes_known ? SqliteValue(ListText(s.key.changes))
                             : SqliteValue(),
         s.key.length_bucket, s.key.age_bucket, s.key.build_id, s.runs,
         s.certain, s.drawn}));
  }
  return absl::OkStatus();
}

absl::Status CorpusStore::AddDraw(std::int64_t round, std::size_t place,
                                  const SampledRun& chosen,
                                  const CorpusRound& as) {
  COHORT_ASSIGN_OR_RETURN(const std::int64_t run,
                          WantRun(chosen.run, as.source, as.keep));
  return db_.Run(
      "INSERT INTO draws VALUES (?, ?, ?, ?, ?)",
      {round, static_cast<std::int64_t>(place), run,
       static_cast<std::int64_t>(chosen.stratum), NameOf(chosen.kind)});
}

// A known run whose listing says what it said is not fetched again; one that
// was missing is looked for again. Of an open run whose length is not listed
// nobody knows whether it went on.
absl::StatusOr<std::int64_t> CorpusStore::WantRun(const RunListing& run,
                                                  const std::string& source,
                                                  Keep keep) {
  COHORT_RETURN_IF_ERROR(db_.Run(
      "INSERT INTO runs (run_id, name, source, workflow_id, workflow_type, "
      "status, started, closed, events, task_queue, build_id, "
      "change_versions, state) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'wanted') "
      "ON CONFLICT (run_id, name) DO UPDATE SET "
      "state = CASE WHEN (state = 'stored' OR (state = 'counted' AND ?13)) "
      "AND status = excluded.status AND events = excluded.events "
      "AND (excluded.status <> 'open' OR excluded.events > 0) "
      "THEN state ELSE 'wanted' END, "
      "status = excluded.status, events = excluded.events, "
      "closed = excluded.closed, build_id = excluded.build_id, "
      "change_versions = excluded.change_versions, source = excluded.source",
      {run.run_id, run.name, source, run.workflow_id, run.workflow_type,
       NameOf(run.status), TimeValue(run.started), TimeValue(run.closed),
       run.events, run.task_queue, run.build_id,
       run.change_versions ? SqliteValue(ListText(*run.change_versions))
                           : SqliteValue(),
       keep == Keep::kOneEachShape ? 1 : 0}));
  return db_.Number("SELECT id FROM runs WHERE run_id = ? AND name = ?",
                    {run.run_id, run.name});
}

absl::StatusOr<std::optional<CorpusRound>> CorpusStore::LastRound() {
  std::optional<CorpusRound> round;
  std::int64_t id = 0;
  COHORT_RETURN_IF_ERROR(db_.ForEach(
      "SELECT id, seed, round, alpha, keep, source, request, at, listed, "
      "population, least, pooled, risk_met, finished FROM rounds "
      "ORDER BY id DESC LIMIT 1",
      {}, [&](const SqliteRow& row) {
        id = row.Int(0);
        round = CorpusRound{
            .seed = static_cast<std::uint64_t>(row.Int(1)),
            .round = row.Int(2),
            .alpha = row.Real(3),
            .keep = KeepOf(row.Text(4)),
            .source = row.Text(5),
            .request = row.Text(6),
            .at = TimeOf(row, 7, absl::UnixEpoch()),
            .listed = row.Int(8),
            .population = row.Int(9),
            .least = row.Int(10),
            .pooled = row.Int(11) != 0,
            .risk_met = row.Int(12) != 0,
            .finished = row.Int(13) != 0,
            .strata = {},
            .runs = {},
        };
        return absl::OkStatus();
      }));
  if (!round) return round;
  COHORT_RETURN_IF_ERROR(ReadStrata(id, *round));
  COHORT_RETURN_IF_ERROR(ReadRuns(id, *round));
  return round;
}

absl::Status CorpusStore::ReadStrata(std::int64_t round_id,
                                     CorpusRound& round) {
  return db_.ForEach(
      "SELECT workflow_type, status, changes, length_bucket, age_bucket, "
      "build_id, runs, certain, drawn FROM strata WHERE round = ? "
      "ORDER BY stratum",
      {round_id}, [&](const SqliteRow& row) {
        SampledStratum& s = round.strata.emplace_back();
        s.key.workflow_type = row.Text(0);
        s.key.status = FindRunStatus(row.Text(1)).value_or(RunStatus::kOpen);
        s.key.changes_known = !row.IsNull(2);
        s.key.changes = ListOf(row.Text(2));
        s.key.length_bucket = static_cast<int>(row.Int(3));
        s.key.age_bucket = static_cast<int>(row.Int(4));
        s.key.build_id = row.Text(5);
        s.runs = row.Int(6);
        s.certain = row.Int(7);
        s.drawn = row.Int(8);
        return absl::OkStatus();
      });
}

absl::Status CorpusStore::ReadRuns(std::int64_t round_id, CorpusRound& round) {
  const std::string sql = fmt::format(
      "SELECT {}, draws.stratum, draws.kind FROM draws JOIN runs ON runs.id = "
      "draws.run WHERE draws.round = ? ORDER BY draws.place",
      kRunColumns);
  return db_.ForEach(
      sql.c_str(), {round_id}, [&](const SqliteRow& row) -> absl::Status {
        RoundRun& r = round.runs.emplace_back();
        r.run = RunOfRow(row);
        SetFile(r.run);
        r.stratum = static_cast<std::size_t>(row.Int(kRunColumnCount));
        const auto kind = FindDrawKind(row.Text(kRunColumnCount + 1));
        if (r.stratum >= round.strata.size() || !kind) {
          return DataLoss("{}{}: draw {} is of no stratum and kind", folder_,
                          kIndex, round.runs.size());
        }
        r.kind = *kind;
        return absl::OkStatus();
      });
}

absl::Status CorpusStore::ForEachStored(
    absl::FunctionRef<absl::Status(const CorpusRun&)> use) {
  const std::string sql = fmt::format(
      "SELECT {} FROM runs WHERE state = 'stored' ORDER BY run_id, name",
      kRunColumns);
  return db_.ForEach(sql.c_str(), {}, [&](const SqliteRow& row) {
    CorpusRun run = RunOfRow(row);
    SetFile(run);
    return use(run);
  });
}

absl::Status CorpusStore::Put(const CorpusRun& run, const History& history,
                              Keep keep, absl::Time now) {
  COHORT_ASSIGN_OR_RETURN(const RunFacts facts, FactsOf(history));
  const std::string& run_id = run.listing.run_id;
  if (!run_id.empty() && !facts.run_id.empty() && facts.run_id != run_id) {
    return InvalidArgument("{}: holds run {}, not {}; fetch it by its run id",
                           history.source(), facts.run_id, run_id);
  }
  std::string shape;
  std::string collapsed;
  if (const auto cut = ShapeOf(history); cut.ok()) {
    shape = cut->Whole().Hex();
    collapsed = LoopCollapsed(*cut).Hex();
  }
  const std::string json = WriteHistory(history);
  const std::string sha256 = Sha256Hex(json);
  COHORT_ASSIGN_OR_RETURN(
      const std::int64_t same,
      db_.Number("SELECT count(*) FROM histories WHERE sha256 = ?", {sha256}));
  COHORT_ASSIGN_OR_RETURN(
      const std::int64_t alike,
      db_.Number("SELECT count(*) FROM histories WHERE ?1 <> '' AND shape = ?1",
                 {shape}));
  const bool counted = keep == Keep::kOneEachShape && alike > 0 && same == 0;
  std::int64_t packed_bytes = 0;
  if (!counted && (same == 0 || !IsThere(FileOf(sha256)))) {
    const std::string packed = PackedZstd(json, kZstdLevel);
    packed_bytes = static_cast<std::int64_t>(packed.size());
    COHORT_RETURN_IF_ERROR(WriteWholeFile(FileOf(sha256), packed));
  }
  return db_.Atomically([&]() -> absl::Status {
    if (!counted) {
      COHORT_RETURN_IF_ERROR(
          db_.Run("INSERT INTO histories VALUES (?, ?, ?, ?, ?, ?) "
                  "ON CONFLICT DO NOTHING",
                  {sha256, static_cast<std::int64_t>(json.size()), packed_bytes,
                   facts.events, shape, collapsed}));
    }
    return db_.Run(
        "UPDATE runs SET state = ?, problem = '', fetched = ?, sha256 = ?, "
        "stratum = ?, stage = ?, shape = ?, collapsed = ? WHERE id = ?",
        {WordOf(counted ? FetchState::kCounted : FetchState::kStored),
         TimeText(now), counted ? SqliteValue() : SqliteValue(sha256),
         StratumOf(facts, now).Text(), facts.Stage(), shape, collapsed,
         run.id});
  });
}

absl::Status CorpusStore::PutMissing(std::int64_t run_id,
                                     std::string_view problem) {
  return db_.Run("UPDATE runs SET state = 'missing', problem = ? WHERE id = ?",
                 {problem, run_id});
}

absl::Status CorpusStore::FinishRound() {
  return db_.Run(
      "UPDATE rounds SET finished = 1 WHERE id = (SELECT max(id) FROM rounds)");
}

}  // namespace cohort
