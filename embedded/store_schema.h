// The tables of a store, as they came into being.
//
// A store has as many of these steps behind it as its user_version says; a new
// release appends a step and never changes one. docs/store_format.md says what
// each column means.
#ifndef COHORT_EMBEDDED_STORE_SCHEMA_H_
#define COHORT_EMBEDDED_STORE_SCHEMA_H_

#include <array>
#include <cstdint>

namespace cohort {

// "cohs": PRAGMA application_id of every store.
inline constexpr std::int64_t kStoreApplicationId = 0x636f6873;

// A key of `events`, `attempts` and `buffered` is (run << kEventBits) + n.
inline constexpr int kEventBits = 24;

inline constexpr std::array<const char*, 1> kStoreSteps = {
    R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE runs (
  row INTEGER PRIMARY KEY,
  workflow_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  workflow_type TEXT NOT NULL,
  queue TEXT NOT NULL,
  status INTEGER NOT NULL,
  started INTEGER NOT NULL,
  closed INTEGER,
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  due INTEGER,
  busy INTEGER NOT NULL,
  task_attempt INTEGER NOT NULL,
  build_id TEXT NOT NULL,
  change_versions TEXT NOT NULL,
  stuck TEXT NOT NULL
);
CREATE INDEX runs_by_workflow ON runs (workflow_id);
CREATE INDEX runs_by_run ON runs (run_id);
CREATE INDEX runs_open ON runs (row) WHERE status = 0;
CREATE TABLE events (key INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE attempts (key INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE buffered (key INTEGER PRIMARY KEY, text TEXT NOT NULL);
)sql",
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_STORE_SCHEMA_H_
