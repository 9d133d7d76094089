// Many histories against code: in parallel, and each for itself.
//
//   CorpusReplay replay(registry, {.jobs = 4});
//   std::vector<CaseResult> results = replay.Run(items);
//   return ExitCodeOf(results);
//
// With threads, each history is judged by one thread, and runs share nothing.
// Isolated, each is judged by a process of its own: an endless loop or a crash
// in user code costs that history only.
//
// Threads: Run may be called by one at a time; no other thread may run while it
// isolates (it forks). Errors: in the results.
#ifndef COHORT_TESTING_CORPUS_REPLAY_H_
#define COHORT_TESTING_CORPUS_REPLAY_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/corpus/decode.h"
#include "cohort/corpus/source.h"
#include "cohort/history/history.h"
#include "cohort/testing/case_report.h"
#include "cohort/workflow/registry.h"

namespace cohort {

// One history, by its name: a file, or what `source` fetches.
struct CorpusItem {
  std::string name;
  HistorySource* source = nullptr;  // outlives the replay
};

// What paths stand for: files, folders, and "scheme:location" of a source. What
// cannot be listed is added to `unreadable`.
std::vector<CorpusItem> GatherItems(std::span<const std::string> paths,
                                    const HistorySources& sources,
                                    std::vector<CaseResult>& unreadable);

absl::StatusOr<History> ReadItem(const CorpusItem& item,
                                 const ReadOptions& options = {});

enum class Isolation : std::uint8_t { kThreads, kProcesses };

struct CorpusReplayOptions {
  CaseOptions each;
  // At once.
  int jobs = 1;
  Isolation isolation = Isolation::kThreads;
  // For one history; needs processes.
  std::optional<std::chrono::milliseconds> timeout;
  // Between reading a history and judging it; see corpus/decode.h.
  PayloadDecoder decode;
  // After each case, one call at a time, from any thread.
  std::function<void(std::size_t done, const CaseResult& last)> on_done;
  // Asked between cases: shall no more begin? Processes are then ended.
  std::function<bool()> stop;
};

class CorpusReplay {
 public:
  // `registry` outlives it.
  CorpusReplay(const Registry& registry, CorpusReplayOptions options);

  // In the order of the items; those that were not begun are left out.
  std::vector<CaseResult> Run(std::span<const CorpusItem> items);

 private:
  absl::StatusOr<History> Read(const CorpusItem& item) const;
  CaseResult Judged(const CorpusItem& item,
                    absl::StatusOr<History> history) const;
  void RunThreads(std::span<const CorpusItem> items);
  void RunProcesses(std::span<const CorpusItem> items);
  bool stopped() const;

  const Registry& registry_;
  CorpusReplayOptions options_;
  std::vector<std::optional<CaseResult>> results_;
};

// 1 wins over 2, 2 over 3; none at all is 3.
int ExitCodeOf(std::span<const CaseResult> results);

// The items of `index` of `count` shards (0 to count - 1), by a stable hash of
// their names: the same whatever else is in the corpus.
std::vector<CorpusItem> ShardOf(std::vector<CorpusItem> items,
                                std::size_t index, std::size_t count);

}  // namespace cohort

#endif  // COHORT_TESTING_CORPUS_REPLAY_H_
