// A corpus on the disk: sampled histories, and an index that says what they
// stand for.
//
//   COHORT_ASSIGN_OR_RETURN(CorpusStore store, CorpusStore::Open("corpus"));
//   COHORT_RETURN_IF_ERROR(store.BeginRound({.seed = 7, .at = now}, sample));
//   COHORT_RETURN_IF_ERROR(FillRound(store, source, {.now = now}));
//
// The folder:
//   index.sqlite                     which runs, how chosen, what they are
//   histories/ab/ab12...cd.json.zst  a history, named by the SHA-256 of its
//   JSON
// All folder commands read it; `corpus:FOLDER` lists it from the index.
// A round is one sample: its strata and runs are in the index, all at once,
// before the first history is fetched. Each history is written whole or not at
// all, then its row; so what was interrupted goes on where it stood, and no run
// is fetched twice unless its listing has changed since.
// Keep says which histories are stored:
//   kEach          every run's: a clean replay of them bounds what may break
//   kOneEachShape  one of each shape; the others are counted only. Equal shapes
//                  may take different branches (code looks at payloads), so the
//                  runs that are counted only are not judged.
// Threads: one at a time; one writing process, several readers.
// Errors: kUnavailable while another process writes; kDataLoss for a damaged
// index; kFailedPrecondition for the index of a newer version, or of another
// program; kResourceExhausted for a full disk.
#ifndef COHORT_CORPUS_STORE_H_
#define COHORT_CORPUS_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/listing.h"
#include "cohort/corpus/sampler.h"
#include "cohort/corpus/sqlite.h"
#include "cohort/history/history.h"

namespace cohort {

enum class Keep : std::uint8_t { kEach, kOneEachShape };

enum class FetchState : std::uint8_t {
  kWanted,   // chosen, not fetched yet
  kStored,   // its history is in the folder
  kCounted,  // fetched; its shape is there already
  kMissing,  // its history could not be had: CorpusRun::problem
};

struct CorpusRun {
  std::int64_t id = 0;  // of the index
  RunListing listing;   // as it was chosen; `name` is its source's
  FetchState state = FetchState::kWanted;
  std::string problem;
  std::string source;  // "dump:fleet/list.json"
  // Of a history that was fetched:
  absl::Time fetched = absl::InfinitePast();
  std::string file;     // "" if not stored
  std::string stratum;  // phase 2, in words: with the stage
  std::string shape;    // 32 digits; "" if it cannot be cut into turns
  std::string collapsed;
};

struct RoundRun {
  CorpusRun run;
  std::size_t stratum = 0;  // of CorpusRound::strata
  DrawKind kind = DrawKind::kRandom;
};

struct CorpusRound {
  std::uint64_t seed = 0;
  std::int64_t round = 0;  // of this seed, from 1
  double alpha = 0.05;     // what its statement may spend
  Keep keep = Keep::kEach;
  std::string source;   // "dump:fleet/list.json"
  std::string request;  // the options, as a command line
  absl::Time at = absl::UnixEpoch();
  std::int64_t listed = 0;
  std::int64_t population = 0;
  std::int64_t least = 0;
  bool pooled = false;  // as Sample::pooled
  bool risk_met = false;
  bool finished = false;
  std::vector<SampledStratum> strata;
  std::vector<RoundRun> runs;  // as Sample::runs
};

class CorpusStore {
 public:
  // Makes what is not there.
  static absl::StatusOr<CorpusStore> Open(const std::string& folder);
  // Changes nothing; kNotFound if there is no index.
  static absl::StatusOr<CorpusStore> OpenToRead(const std::string& folder);

  // nullopt for a corpus without rounds.
  absl::StatusOr<std::optional<CorpusRound>> LastRound();
  // How many rounds of the seed there are.
  absl::StatusOr<std::int64_t> RoundsOf(std::uint64_t seed);

  // Records the sample as the next round of its seed: seed, alpha, keep,
  // source, request and at are read from `round`.
  absl::Status BeginRound(const CorpusRound& round, const Sample& sample);
  absl::Status FinishRound();

  // Calls `use` for each run of the corpus whose history is stored, by run id.
  absl::Status ForEachStored(
      absl::FunctionRef<absl::Status(const CorpusRun&)> use);

  // Of a wanted run. kInvalidArgument: the history is another run's, or has no
  // events.
  absl::Status Put(const CorpusRun& run, const History& history, Keep keep,
                   absl::Time now);
  absl::Status PutMissing(std::int64_t run_id, std::string_view problem);

  const std::string& folder() const { return folder_; }

 private:
  CorpusStore(std::string folder, Sqlite db);

  absl::Status CheckSchema();
  absl::Status AddStrata(std::int64_t round, const Sample& sample);
  absl::Status AddDraw(std::int64_t round, std::size_t place,
                       const SampledRun& chosen, const CorpusRound& as);
  absl::StatusOr<std::int64_t> WantRun(const RunListing& run,
                                       const std::string& source, Keep keep);
  absl::Status ReadStrata(std::int64_t round_id, CorpusRound& round);
  absl::Status ReadRuns(std::int64_t round_id, CorpusRound& round);
  // Of a run whose `file` is the SHA-256.
  void SetFile(CorpusRun& run) const;
  std::string FileOf(std::string_view sha256) const;

  std::string folder_;
  Sqlite db_;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_STORE_H_
