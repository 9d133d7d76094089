#include "cohort/benchmarks/engine_load.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/embedded/embedded.h"

namespace cohort_bench {
namespace {

using cohort::Activities;
using cohort::Context;
using cohort::EmbeddedEngine;
using cohort::EngineOptions;
using cohort::Registry;
using cohort::RunKey;
using cohort::StartRequest;
using cohort::Task;
using cohort::ToPayloads;
using cohort::Worker;
using cohort::WorkerOptions;

Task<int> Loop(Context& ctx, int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) sum += co_await ctx.Activity<int>("noop", i);
  co_return sum;
}

Task<int> Idle(Context& ctx, int n) {
  co_await ctx.Sleep(std::chrono::hours(24));
  co_return n;
}

Registry Programs() {
  Registry registry;
  registry.Workflow("Loop", Loop).Workflow("Idle", Idle);
  return registry;
}

class TurnCounter : public cohort::Observer {
 public:
  void TurnCompleted(const cohort::TurnNote&, std::size_t) override {
    ++turns_;
  }
  std::int64_t turns() const { return turns_; }

 private:
  std::atomic<std::int64_t> turns_{0};
};

void Remove(const std::string& path) {
  if (path.empty()) return;
  for (const char* end : {"", "-wal", "-shm", "-journal"}) {
    std::filesystem::remove(path + end);
  }
}

double Since(absl::Time begun) {
  return absl::ToDoubleSeconds(absl::Now() - begun);
}

double CpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::size_t HeapBytes() { return mallinfo2().uordblks; }

}  // namespace

absl::StatusOr<LoadResult> RunLoad(const Load& load) {
  Remove(load.path);
  COHORT_ASSIGN_OR_RETURN(
      const std::unique_ptr<EmbeddedEngine> engine,
      EmbeddedEngine::Open(load.path, EngineOptions().Sync(load.synchronous)));
  const Registry registry = Programs();
  Activities activities;
  activities.Add("noop", [](int i) { return i; });
  TurnCounter counter;
  Worker worker(engine->port(), WorkerOptions("q")
                                    .Workflows(registry)
                                    .Does(activities)
                                    .Slots(2, 2)
                                    .Watch(counter));
  COHORT_RETURN_IF_ERROR(worker.Start());
  LoadResult result;
  std::atomic<int> next{0};
  std::atomic<std::int64_t> sum{0};
  std::atomic<int> failed{0};
  const absl::Time begun = absl::Now();
  const double cpu_begun = CpuSeconds();
  std::vector<std::thread> callers;
  for (int i = 0; i < load.at_once; ++i) {
    callers.emplace_back([&] {
      while (true) {
        const int n = next++;
        if (n >= load.runs) return;
        const auto run = engine->client().Start(
            StartRequest("Loop", "q").Input(ToPayloads(load.activities)));
        const auto one = run.ok() ? engine->client().Result<int>(*run)
                                  : absl::StatusOr<int>(run.status());
        if (one.ok()) {
          sum += *one;
        } else {
          ++failed;
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  result.seconds = Since(begun);
  result.cpu_seconds = CpuSeconds() - cpu_begun;
  worker.Shutdown();
  if (failed != 0) return cohort::Internal("{} runs failed", failed.load());
  result.activities = std::int64_t{load.runs} * load.activities;
  result.turns = counter.turns();
  result.commits = engine->commits();
  result.checksum = sum;
  COHORT_ASSIGN_OR_RETURN(const auto runs, engine->client().List());
  for (const auto& run : runs) {
    result.events += run.listing.events;
    result.history_bytes += run.bytes;
  }
  if (!load.path.empty()) {
    result.file_bytes = static_cast<std::int64_t>(
        std::filesystem::file_size(load.path) +
        std::filesystem::file_size(load.path + "-wal"));
  }
  return result;
}

double SyncsPerSecond(const std::string& path) {
  constexpr int kSyncs = 200;
  const std::string file = path + ".syncs";
  const int fd = open(file.c_str(), O_CREAT | O_RDWR, 0600);
  const std::string page(4096, 'x');
  const absl::Time begun = absl::Now();
  for (int i = 0; i < kSyncs; ++i) {
    if (write(fd, page.data(), page.size()) < 0 || fdatasync(fd) != 0) break;
  }
  const double seconds = Since(begun);
  close(fd);
  std::filesystem::remove(file);
  return kSyncs / seconds;
}

namespace {

// Heap bytes for each of `runs` idle runs beyond the first ones.
absl::StatusOr<double> IdleBytes(int runs, std::size_t cached,
                                 std::size_t in_memory, double* seconds) {
  const std::string path =
      std::filesystem::temp_directory_path() / "cohort_idle_bench.db";
  Remove(path);
  COHORT_ASSIGN_OR_RETURN(
      const std::unique_ptr<EmbeddedEngine> engine,
      EmbeddedEngine::Open(path, EngineOptions()
                                     .VirtualTime()
                                     .Sync(cohort::Synchronous::kOff)
                                     .RunsInMemory(in_memory)));
  const Registry registry = Programs();
  Worker worker(engine->port(),
                WorkerOptions("q").Workflows(registry).CachedRuns(cached));
  engine->Drive(worker);
  const int first = runs / 10;  // fills what is bounded
  std::size_t before = 0;
  const absl::Time begun = absl::Now();
  for (int i = 0; i < first + runs; ++i) {
    if (i == first) before = HeapBytes();
    COHORT_RETURN_IF_ERROR(
        engine->client()
            .Start(StartRequest("Idle", "q").Input(ToPayloads(i)))
            .status());
    COHORT_RETURN_IF_ERROR(engine->RunReady());
  }
  const std::size_t after = HeapBytes();
  *seconds = Since(begun);
  engine->Undrive(worker);
  return static_cast<double>(after - before) / runs;
}

}  // namespace

absl::StatusOr<IdleResult> MeasureIdle(int cached, int evicted) {
  IdleResult result;
  result.runs = evicted;
  double ignored = 0;
  COHORT_ASSIGN_OR_RETURN(result.cached_bytes,
                          IdleBytes(cached, 1'000'000, 1'000'000, &ignored));
  COHORT_ASSIGN_OR_RETURN(result.evicted_bytes,
                          IdleBytes(evicted, 100, 100, &result.start_seconds));
  return result;
}

absl::StatusOr<ReopenResult> MeasureReopen(const std::string& path,
                                           std::int64_t events) {
  Remove(path);
  constexpr int kActivities = 60;
  constexpr std::int64_t kEventsOfLoop = 6 * kActivities + 5;
  const auto runs = static_cast<int>(events / kEventsOfLoop);
  const Registry registry = Programs();
  Activities activities;
  activities.Add("noop", [](int i) { return i; });
  {
    COHORT_ASSIGN_OR_RETURN(
        const std::unique_ptr<EmbeddedEngine> engine,
        EmbeddedEngine::Open(path, EngineOptions().VirtualTime().Sync(
                                       cohort::Synchronous::kOff)));
    Worker worker(engine->port(),
                  WorkerOptions("q").Workflows(registry).Does(activities));
    engine->Drive(worker);
    for (int i = 0; i < runs; ++i) {
      // Half of them stop in their middle.
      COHORT_RETURN_IF_ERROR(
          engine->client()
              .Start(StartRequest("Loop", "q").Input(ToPayloads(kActivities)))
              .status());
      COHORT_RETURN_IF_ERROR(engine->RunReady());
      COHORT_RETURN_IF_ERROR(
          engine->client()
              .Start(StartRequest("Idle", "q").Input(ToPayloads(i)))
              .status());
      COHORT_RETURN_IF_ERROR(engine->RunReady());
    }
    engine->Undrive(worker);
  }
  ReopenResult result;
  const absl::Time begun = absl::Now();
  COHORT_ASSIGN_OR_RETURN(
      const std::unique_ptr<EmbeddedEngine> engine,
      EmbeddedEngine::Open(path, EngineOptions().VirtualTime()));
  result.seconds = Since(begun);
  COHORT_ASSIGN_OR_RETURN(const auto listed, engine->client().List());
  for (const auto& run : listed) result.events += run.listing.events;
  Remove(path);
  return result;
}

}  // namespace cohort_bench
