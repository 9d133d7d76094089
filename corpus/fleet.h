// The runs of a fleet, each once, at a few hundred bytes a run.
//
//   Fleet fleet(ReadAgain);
//   COHORT_ASSIGN_OR_RETURN(const Snapshot seen, SnapshotOf(history, file));
//   fleet.Add(seen, history);
//   for (const FleetRun& run : fleet.runs()) Use(run.workflow_type);
//
// A run is known by its own run id (RunFacts::run_id). Several histories of one
// run are snapshots of it: those that are prefixes of each other count once, as
// the longest. A workflow task that is not completed at a snapshot's end takes
// no part in that: servers hand such tasks out before they are recorded.
// Snapshots that contradict each other count each, and so do histories without
// a run id.
// Threads: SnapshotOf by several at once; a Fleet by one.
// Errors: as FactsOf.
#ifndef COHORT_CORPUS_FLEET_H_
#define COHORT_CORPUS_FLEET_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/base/stable_hash.h"
#include "cohort/corpus/digest.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/run_status.h"
#include "cohort/history/history.h"
#include "cohort/markers/dialect.h"
#include "cohort/versioning/version.h"

namespace cohort {

// Does an element of a list of change versions stand for the change? Then its
// version; 1 for a bare id.
std::optional<Version> VersionInElement(std::string_view element,
                                        std::string_view change_id);

// One answer that a run recorded for a change.
struct FleetAnswer {
  std::string_view change_id;
  Version version = kDefaultVersion;  // 1 for a patch
  bool deprecated = false;
  bool upserted = true;  // an upsert stands behind each marker of the change
  Dialect dialect = Dialect::kGo;
  std::int64_t turn = 0;  // whose output the change's first marker is
};

struct FleetRun {
  std::string name;         // of the history: its file
  std::string_view run_id;  // "": not known
  std::string workflow_id;
  std::string_view workflow_type;
  std::string_view stage;  // RunFacts::Stage()
  std::string_view sdk;    // "temporal-go 1.50.0"; the names that were recorded
  RunStatus status = RunStatus::kOpen;
  absl::Time started = absl::InfinitePast();  // not known
  absl::Time latest = absl::InfinitePast();
  // When the server ends it at the latest, by its timeouts.
  absl::Time ends_by = absl::InfiniteFuture();
  std::int64_t events = 0;
  std::int64_t turns = 0;  // completed workflow tasks
  std::vector<FleetAnswer> answers;
  // Elements of its own last list of change versions for which it has no
  // marker: answered by default, where the dialect lists that.
  std::vector<std::string_view> listed_unrecorded;
  std::vector<std::string_view> inherited;  // RunFacts::inherited
  // What of it could not be read or is missing, the first of it; "": nothing.
  std::string_view problem;

  // Whether the history says where the element of its run's list of change
  // versions comes from.
  bool Explains(std::string_view element) const;
  // By its id, else by its file.
  std::string_view Label() const;
};

// What one history brings to a fleet.
struct Snapshot {
  std::string name;
  RunFacts facts;
  absl::Time ends_by = absl::InfiniteFuture();
  std::int64_t settled = 0;  // events before a task that is open at the end
  Digest digest;             // of those
};

absl::StatusOr<Snapshot> SnapshotOf(const History& history, std::string name);

class Fleet {
 public:
  // Reads the history of a name again, when a shorter snapshot of a run comes
  // behind a longer one.
  using ReadAgain = std::function<absl::StatusOr<History>(const std::string&)>;

  explicit Fleet(ReadAgain read_again) : read_again_(std::move(read_again)) {}
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  void Add(const Snapshot& snapshot, const History& history);

  const std::deque<FleetRun>& runs() const { return runs_; }
  // Histories that were added, and those of them that are earlier snapshots.
  std::int64_t histories() const { return histories_; }
  std::int64_t earlier() const { return earlier_; }
  // What the reader should know: snapshots that contradict each other, markers
  // that cannot be read.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return StableHash(text);
    }
  };
  struct Settled {
    std::size_t run = 0;
    std::int64_t events = 0;
    Digest digest;
  };

  std::string_view Kept(std::string_view text);
  FleetRun RunOf(const Snapshot& snapshot);
  // Whether the snapshot is another one of a run that is there already.
  bool Merge(const Snapshot& snapshot, const History& history,
             std::vector<Settled>& known);

  ReadAgain read_again_;
  std::deque<FleetRun> runs_;
  // Only looked up, never gone through: their order is nobody's.
  std::unordered_set<std::string, TextHash, std::equal_to<>> texts_;
  std::unordered_map<std::string_view, std::vector<Settled>, TextHash> by_id_;
  std::vector<std::string> notes_;
  std::int64_t histories_ = 0;
  std::int64_t earlier_ = 0;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_FLEET_H_
