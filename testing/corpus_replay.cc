#include "cohort/testing/corpus_replay.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "cohort/base/stable_hash.h"
#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/history/json_writer.h"

namespace cohort {

namespace {

HistorySource* SourceOf(const std::string& path,
                        const HistorySources& sources) {
  const std::size_t colon = path.find(':');
  if (colon == std::string::npos) return nullptr;
  for (const auto& source : sources) {
    if (path.compare(0, colon, source->scheme()) == 0) return source.get();
  }
  return nullptr;
}

absl::Status AddItems(const std::string& path, HistorySource* source,
                      std::vector<CorpusItem>& items) {
  if (source != nullptr) {
    const std::string_view location =
        std::string_view(path).substr(path.find(':') + 1);
    return source->List(location, [&](const RunListing& run) {
      items.push_back({.name = run.name, .source = source});
      return absl::OkStatus();
    });
  }
  COHORT_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                          ListHistoryFiles(path));
  for (const std::string& file : files) items.push_back({.name = file});
  return absl::OkStatus();
}

}  // namespace

std::vector<CorpusItem> GatherItems(std::span<const std::string> paths,
                                    const HistorySources& sources,
                                    std::vector<CaseResult>& unreadable) {
  std::vector<CorpusItem> items;
  for (const std::string& path : paths) {
    absl::Status added = AddItems(path, SourceOf(path, sources), items);
    if (added.ok()) continue;
    CaseReport report = UnreadableCase(path, added);
    // A folder without histories can be read; it holds nothing to judge.
    if (absl::IsFailedPrecondition(added)) {
      report.replay.verdict = Verdict::kNotJudged;
    }
    unreadable.push_back(ResultOf(report));
  }
  return items;
}

absl::StatusOr<History> ReadItem(const CorpusItem& item,
                                 const ReadOptions& options) {
  if (item.source == nullptr) return ReadHistoryFile(item.name, options);
  COHORT_ASSIGN_OR_RETURN(History history, item.source->Fetch(item.name));
  if (options.validation != Validation::kEverything) return history;
  // A source reads as it is made to; its JSON can be checked by the same rules.
  return History::FromJson(WriteHistory(history), options, item.name);
}

CorpusReplay::CorpusReplay(const Registry& registry,
                           CorpusReplayOptions options)
    : registry_(registry), options_(std::move(options)) {}

std::vector<CaseResult> CorpusReplay::Run(std::span<const CorpusItem> items) {
  results_.assign(items.size(), std::nullopt);
  if (options_.isolation == Isolation::kProcesses || options_.timeout) {
    RunProcesses(items);
  } else {
    RunThreads(items);
  }
  std::vector<CaseResult> results;
  for (std::optional<CaseResult>& result : results_) {
    if (result) results.push_back(*std::move(result));
  }
  return results;
}

bool CorpusReplay::stopped() const { return options_.stop && options_.stop(); }

absl::StatusOr<History> CorpusReplay::Read(const CorpusItem& item) const {
  return ReadItem(item, {.validation = options_.each.replay.validation});
}

CaseResult CorpusReplay::Judged(const CorpusItem& item,
                                absl::StatusOr<History> history) const {
  if (history.ok() && options_.decode) {
    history = Decoded(*history, options_.decode);
  }
  if (!history.ok()) {
    return ResultOf(UnreadableCase(item.name, history.status()));
  }
  return ResultOf(Judge(registry_, *history, options_.each));
}

void CorpusReplay::RunThreads(std::span<const CorpusItem> items) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&] {
    while (!stopped()) {
      const std::size_t i = next.fetch_add(1);
      if (i >= items.size()) return;
      CaseResult result = Judged(items[i], Read(items[i]));
      const std::lock_guard lock(mutex);
      results_[i] = std::move(result);
      if (options_.on_done) options_.on_done(++done, *results_[i]);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < options_.jobs; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

int ExitCodeOf(std::span<const CaseResult> results) {
  int code = results.empty() ? 3 : 0;
  for (const CaseResult& r : results) code = WinningExitCode(code, r.exit_code);
  return code;
}

std::vector<CorpusItem> ShardOf(std::vector<CorpusItem> items,
                                std::size_t index, std::size_t count) {
  std::erase_if(items, [&](const CorpusItem& item) {
    return StableHash(item.name) % count != index;
  });
  return items;
}

}  // namespace cohort
