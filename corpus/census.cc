#include "cohort/corpus/census.h"

#include <map>
#include <set>
#include <tuple>

namespace cohort {
namespace {

using Change = std::optional<std::string_view>;

class Counter {
 public:
  void Add(const FleetRun& run, const Change& change,
           const FleetAnswer* answer) {
    std::optional<Version> version;
    if (answer != nullptr) version = answer->version;
    const bool deprecated = answer != nullptr && answer->deprecated;
    CensusRow& row = rows_[{run.workflow_type, change, version, deprecated,
                            run.status, run.stage}];
    row.workflow_type = run.workflow_type;
    row.change_id = change;
    row.version = version;
    row.deprecated = deprecated;
    row.status = run.status;
    row.stage = run.stage;
    ++row.count;
    if (row.oldest == nullptr || IsOlder(run, *row.oldest)) row.oldest = &run;
    if (row.newest == nullptr || IsNewer(run, *row.newest)) row.newest = &run;
  }

  std::vector<CensusRow> Take() const {
    std::vector<CensusRow> rows;
    rows.reserve(rows_.size());
    for (const auto& [key, row] : rows_) rows.push_back(row);
    return rows;
  }

 private:
  using Key = std::tuple<std::string_view, Change, std::optional<Version>, bool,
                         RunStatus, std::string_view>;

  static bool IsKnown(absl::Time time) { return time != absl::InfinitePast(); }

  static bool IsOlder(const FleetRun& a, const FleetRun& b) {
    if (!IsKnown(a.started) || !IsKnown(b.started)) {
      return IsKnown(a.started) && !IsKnown(b.started);
    }
    return a.started < b.started;
  }
  static bool IsNewer(const FleetRun& a, const FleetRun& b) {
    return a.started > b.started;
  }

  std::map<Key, CensusRow> rows_;
};

}  // namespace

std::vector<CensusRow> CensusOf(const Fleet& fleet) {
  std::map<std::string_view, std::set<std::string_view>> changes_of;
  for (const FleetRun& run : fleet.runs()) {
    auto& changes = changes_of[run.workflow_type];
    for (const FleetAnswer& answer : run.answers) {
      changes.insert(answer.change_id);
    }
  }
  Counter counter;
  for (const FleetRun& run : fleet.runs()) {
    const auto& changes = changes_of[run.workflow_type];
    if (changes.empty()) counter.Add(run, std::nullopt, nullptr);
    for (std::string_view change : changes) {
      bool recorded = false;
      for (const FleetAnswer& answer : run.answers) {
        if (answer.change_id != change) continue;
        counter.Add(run, change, &answer);
        recorded = true;
      }
      if (!recorded) counter.Add(run, change, nullptr);
    }
  }
  return counter.Take();
}

}  // namespace cohort
