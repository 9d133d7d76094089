// The embedded engine's figures: bazel run --config=opt //benchmarks:engine
//   [--path FILE] [--smoke]

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

#include "cohort/benchmarks/engine_load.h"
#include "fmt/core.h"

namespace cohort_bench {
namespace {

int PrintLoads(const std::string& path, bool smoke) {
  const double syncs = SyncsPerSecond(path);
  fmt::print("syncs of an append: {:.0f} a second\n\n", syncs);
  fmt::print("{:<10} {:>7} {:>12} {:>10} {:>8} {:>10} {:>12} {:>9} {:>9}\n",
             "store", "at once", "activities/s", "turns/s", "commits",
             "turns/c", "bound act/s", "of bound", "checksum");
  for (const bool durable : {false, true}) {
    for (const int at_once : {1, 4, 20, 64}) {
      Load load;
      load.path = durable ? path : "";
      load.at_once = at_once;
      load.runs = smoke ? 4 : std::min(200, at_once * 20);
      if (durable && at_once == 1) load.runs = smoke ? 2 : 10;
      const auto result = RunLoad(load);
      if (!result.ok()) {
        fmt::print("{}\n", result.status().ToString());
        return 1;
      }
      // An activity's schedule is committed before it runs; so each run waits
      // for one commit each time, and they share it.
      const double bound = syncs * at_once;
      const double rate =
          static_cast<double>(result->activities) / result->seconds;
      fmt::print("{:<10} {:>7} {:>12.0f} {:>10.0f} {:>8} {:>10.1f}",
                 durable ? "durable" : "memory", at_once, rate,
                 static_cast<double>(result->turns) / result->seconds,
                 result->commits,
                 static_cast<double>(result->turns) /
                     static_cast<double>(result->commits));
      if (durable) {
        fmt::print(" {:>12.0f} {:>8.0f}%", bound, 100 * rate / bound);
      } else {
        fmt::print(" {:>12} {:>9}", "-", "-");
      }
      fmt::print(" {:>9}\n", result->checksum);
      if (durable && at_once == 64) {
        fmt::print("\nhistory: {:.0f} bytes an event; file: {:.0f}\n",
                   static_cast<double>(result->history_bytes) /
                       static_cast<double>(result->events),
                   static_cast<double>(result->file_bytes) /
                       static_cast<double>(result->events));
      }
    }
  }
  return 0;
}

int Print(const std::string& path, bool smoke) {
  if (int code = PrintLoads(path, smoke); code != 0) return code;
  const auto idle = MeasureIdle(smoke ? 50 : 2000, smoke ? 200 : 100'000);
  if (!idle.ok()) {
    fmt::print("{}\n", idle.status().ToString());
    return 1;
  }
  fmt::print(
      "idle run: {:.0f} bytes cached, {:.0f} bytes evicted ({} runs, started "
      "and brought to their timers in {:.1f} s)\n",
      idle->cached_bytes, idle->evicted_bytes, idle->runs, idle->start_seconds);
  const auto reopen = MeasureReopen(path, smoke ? 2000 : 1'000'000);
  if (!reopen.ok()) {
    fmt::print("{}\n", reopen.status().ToString());
    return 1;
  }
  fmt::print("opening a store of {} events: {:.2f} s\n", reopen->events,
             reopen->seconds);
  return 0;
}

}  // namespace
}  // namespace cohort_bench

int main(int argc, char** argv) {
  std::string path =
      std::filesystem::temp_directory_path() / "cohort_engine_bench.db";
  bool smoke = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--smoke") == 0) smoke = true;
    if (std::strcmp(argv[i], "--path") == 0 && i + 1 < argc) path = argv[++i];
  }
  return cohort_bench::Print(path, smoke);
}
