// The embedded engine's figures: bazel run --config=opt //benchmarks:engine --
//   [--path FILE] [--smoke] [--only loads|idle|reopen]
//
// The bound of a durable load is the lower one of two. By the disk: an activity
// begins when the turn that scheduled it is on disk, so each run has at most
// one turn in each commit, and a commit takes one sync: syncs a second times
// runs at once. By the processor: the same load without a disk.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>

#include "cohort/base/status.h"
#include "cohort/benchmarks/engine_load.h"
#include "fmt/core.h"

namespace cohort_bench {
namespace {

constexpr int kConcurrent[] = {1, 4, 20, 64};
constexpr int kRunsMax = 200;

double ActivitiesPerSecond(const LoadResult& result) {
  return static_cast<double>(result.activities) / result.seconds;
}

void PrintLoad(const char* store, int at_once, const LoadResult& result) {
  fmt::print(
      "{:<8} {:>7} {:>8.0f} {:>8.0f} {:>8} {:>8.1f} {:>8.0f}", store, at_once,
      ActivitiesPerSecond(result),
      static_cast<double>(result.turns) / result.seconds, result.commits,
      static_cast<double>(result.turns) / static_cast<double>(result.commits),
      1e6 * result.cpu_seconds / static_cast<double>(result.turns));
}

absl::Status PrintOne(const std::string& path, int at_once, bool smoke) {
  Load load;
  load.at_once = at_once;
  load.runs = smoke ? 2 : std::min(kRunsMax, at_once * 20);
  COHORT_ASSIGN_OR_RETURN(const LoadResult memory, RunLoad(load));
  PrintLoad("memory", at_once, memory);
  fmt::print(" {:>9} {:>9} {:>8}  {}\n", "-", "-", "-", memory.checksum);
  load.path = path;
  COHORT_ASSIGN_OR_RETURN(const LoadResult durable, RunLoad(load));
  const double by_disk = SyncsPerSecond(path) * at_once;
  const double by_processor = ActivitiesPerSecond(memory);
  PrintLoad("durable", at_once, durable);
  fmt::print(
      " {:>9.0f} {:>9.0f} {:>7.0f}%  {}\n", by_disk, by_processor,
      100 * ActivitiesPerSecond(durable) / std::min(by_disk, by_processor),
      durable.checksum);
  if (at_once == *std::rbegin(kConcurrent)) {
    fmt::print("\nhistory: {:.0f} bytes an event; file: {:.0f}\n",
               static_cast<double>(durable.history_bytes) /
                   static_cast<double>(durable.events),
               static_cast<double>(durable.file_bytes) /
                   static_cast<double>(durable.events));
  }
  std::fflush(stdout);
  return absl::OkStatus();
}

absl::Status PrintLoads(const std::string& path, bool smoke) {
  fmt::print("syncs of an append: {:.0f} a second\n\n", SyncsPerSecond(path));
  fmt::print(
      "{:<8} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8}  {}\n",
      "store", "at once", "act/s", "turns/s", "commits", "turns/c", "us/turn",
      "disk", "cpu", "of bound", "checksum");
  for (const int at_once : kConcurrent) {
    COHORT_RETURN_IF_ERROR(PrintOne(path, at_once, smoke));
  }
  return absl::OkStatus();
}

absl::Status PrintIdle(bool smoke) {
  COHORT_ASSIGN_OR_RETURN(
      const IdleResult idle,
      MeasureIdle(smoke ? 50 : 2000, smoke ? 200 : 100'000));
  fmt::print(
      "idle run: {:.0f} bytes cached, {:.0f} bytes evicted ({} runs, started "
      "and brought to their timers in {:.1f} s)\n",
      idle.cached_bytes, idle.evicted_bytes, idle.runs, idle.start_seconds);
  return absl::OkStatus();
}

absl::Status PrintReopen(const std::string& path, bool smoke) {
  COHORT_ASSIGN_OR_RETURN(const ReopenResult reopen,
                          MeasureReopen(path, smoke ? 2000 : 1'000'000));
  fmt::print("opening a store of {} events: {:.2f} s\n", reopen.events,
             reopen.seconds);
  return absl::OkStatus();
}

absl::Status Print(const std::string& path, bool smoke,
                   const std::string& only) {
  const auto meant = [&](const char* part) {
    return only.empty() || only == part;
  };
  if (meant("loads")) COHORT_RETURN_IF_ERROR(PrintLoads(path, smoke));
  if (meant("idle")) COHORT_RETURN_IF_ERROR(PrintIdle(smoke));
  if (meant("reopen")) COHORT_RETURN_IF_ERROR(PrintReopen(path, smoke));
  return absl::OkStatus();
}

}  // namespace
}  // namespace cohort_bench

int main(int argc, char** argv) {
  std::string path =
      std::filesystem::temp_directory_path() / "cohort_engine_bench.db";
  std::string only;
  bool smoke = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--smoke") == 0) smoke = true;
    if (std::strcmp(argv[i], "--path") == 0 && i + 1 < argc) path = argv[++i];
    if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc) only = argv[++i];
  }
  const absl::Status status = cohort_bench::Print(path, smoke, only);
  if (!status.ok()) fmt::print("{}\n", status.ToString());
  return status.ok() ? 0 : 1;
}
