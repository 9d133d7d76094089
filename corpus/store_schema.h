// The index's tables, and how values stand in them.
//
// Times are texts in RFC 3339, in UTC, NULL for those that are not known; lists
// are JSON; a seed is the signed number of its 64 bits. Anything that opens
// SQLite files can read it: `sqlite3 corpus/index.sqlite .schema`.
#ifndef COHORT_CORPUS_STORE_SCHEMA_H_
#define COHORT_CORPUS_STORE_SCHEMA_H_

namespace cohort {

// PRAGMA application_id ("coho") and user_version. A change of a table is a new
// version, and what opens the old one brings it up to date.
inline constexpr int kCorpusApplication = 0x636f686f;
inline constexpr int kCorpusSchemaVersion = 1;

inline constexpr const char* kCorpusSchema = R"(
CREATE TABLE histories (
  sha256 TEXT PRIMARY KEY,       -- of the JSON
  json_bytes INTEGER NOT NULL,
  packed_bytes INTEGER NOT NULL,
  events INTEGER NOT NULL,
  shape TEXT NOT NULL,           -- '' if it cannot be cut into turns
  collapsed TEXT NOT NULL);
CREATE INDEX histories_by_shape ON histories (shape);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  name TEXT NOT NULL,            -- by which the source fetches it
  source TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  workflow_type TEXT NOT NULL,
  status TEXT NOT NULL,
  started TEXT,
  closed TEXT,
  events INTEGER NOT NULL,
  task_queue TEXT NOT NULL,
  build_id TEXT NOT NULL,
  change_versions TEXT,          -- NULL: the source could not tell
  state TEXT NOT NULL,           -- wanted, stored, counted, missing
  problem TEXT NOT NULL DEFAULT '',
  fetched TEXT,
  sha256 TEXT REFERENCES histories,
  stratum TEXT NOT NULL DEFAULT '',
  stage TEXT NOT NULL DEFAULT '',
  shape TEXT NOT NULL DEFAULT '',
  collapsed TEXT NOT NULL DEFAULT '',
  UNIQUE (run_id, name));

CREATE TABLE rounds (
  id INTEGER PRIMARY KEY,
  seed INTEGER NOT NULL,
  round INTEGER NOT NULL,
  alpha REAL NOT NULL,
  keep TEXT NOT NULL,
  source TEXT NOT NULL,
  request TEXT NOT NULL,
  at TEXT NOT NULL,
  listed INTEGER NOT NULL,
  population INTEGER NOT NULL,
  least INTEGER NOT NULL,
  pooled INTEGER NOT NULL,       -- what bounds: draws of all, of each stratum
  risk_met INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0,
  UNIQUE (seed, round));

CREATE TABLE strata (
  round INTEGER NOT NULL REFERENCES rounds,
  stratum INTEGER NOT NULL,      -- from 0
  words TEXT NOT NULL,
  workflow_type TEXT NOT NULL,
  status TEXT NOT NULL,
  changes TEXT,                  -- NULL: not known
  length_bucket INTEGER NOT NULL,
  age_bucket INTEGER NOT NULL,
  build_id TEXT NOT NULL,
  runs INTEGER NOT NULL,
  certain INTEGER NOT NULL,
  drawn INTEGER NOT NULL,
  PRIMARY KEY (round, stratum));

CREATE TABLE draws (
  round INTEGER NOT NULL REFERENCES rounds,
  place INTEGER NOT NULL,        -- in the sample, from 0
  run INTEGER NOT NULL REFERENCES runs,
  stratum INTEGER NOT NULL,
  kind TEXT NOT NULL,            -- oldest, newest, longest, whole,
                                 -- stratum, random
  PRIMARY KEY (round, place));
)";

}  // namespace cohort

#endif  // COHORT_CORPUS_STORE_SCHEMA_H_
