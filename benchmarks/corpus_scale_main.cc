// Usage: corpus_scale [--histories N] [--runs N] [--replays N] [--recorded DIR]
//                     [--folder DIR]
//
// By default a small corpus; the figures of the project are of --histories
// 100000 --runs 10000000 --replays 10000. It makes a folder below --folder (by
// default in the temporary folder), which is deleted at the end.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "cohort/benchmarks/corpus_scale.h"
#include "fmt/format.h"

namespace {

using namespace cohort_benchmarks;

void PrintCensus(const std::string& folder, const std::string& recorded,
                 std::int64_t histories) {
  const MadeCorpus corpus(folder, recorded, histories);
  const CensusCost cost = MeasureCensus(corpus.folder());
  const double megabytes = static_cast<double>(cost.bytes) / 1e6;
  fmt::print(
      "census and shapes of {} histories, {:.1f} MB, {} rows\n"
      "  simdjson's parse   {:8.1f} MB/s\n"
      "  simdjson's walk    {:8.1f} MB/s\n"
      "  census and shapes  {:8.1f} MB/s, {:.0f} % of the parse\n"
      "  peak memory        {:8.1f} MB\n"
      "  as the command does it, with {} threads: {:.1f} MB/s, {:.0f} % of the "
      "parse\n",
      cost.histories, megabytes, cost.rows, megabytes / cost.parse_seconds,
      megabytes / cost.walk_seconds, megabytes / cost.census_seconds,
      100 * cost.share(), cost.peak_megabytes, cost.threads,
      megabytes / cost.census_wall, 100 * cost.wall_share());
}

}  // namespace

int main(int argc, char** argv) {
  std::int64_t histories = 200;
  std::int64_t runs = 20'000;
  std::int64_t replays = 100;
  std::string recorded = "testing/testdata/recorded";
  std::string folder =
      (std::filesystem::temp_directory_path() / "corpus_scale").string();
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const char* value = i + 1 < argc ? argv[++i] : nullptr;
    if (value != nullptr && option == "--histories") {
      histories = std::atoll(value);
    } else if (value != nullptr && option == "--runs") {
      runs = std::atoll(value);
    } else if (value != nullptr && option == "--replays") {
      replays = std::atoll(value);
    } else if (value != nullptr && option == "--recorded") {
      recorded = value;
    } else if (value != nullptr && option == "--folder") {
      folder = value;
    } else {
      fmt::print(stderr,
                 "usage: {} [--histories N] [--runs N] [--replays N] "
                 "[--recorded DIR] [--folder DIR]\n",
                 argv[0]);
      return 2;
    }
  }
  if (histories > 0) PrintCensus(folder, recorded, histories);
  if (runs > 0) {
    const SamplingCost cost = MeasureSampling(runs);
    fmt::print(
        "sampling of {} listed runs: {} chosen, {:.1f} s, peak {:.1f} MB\n",
        cost.runs, cost.chosen, cost.seconds, cost.peak_megabytes);
  }
  if (replays > 0) {
    const ReplayCost cost = MeasureReplays(recorded, replays);
    fmt::print(
        "replay of {} histories, {} clean: one thread {:.2f} s, two threads "
        "{:.2f} s, {:.2f} times as fast\n",
        cost.histories, cost.clean, cost.one_thread, cost.two_threads,
        cost.one_thread / cost.two_threads);
  }
  return 0;
}
