// EmbeddedEngine: durable workflows in one process, without a server.
//
//   COHORT_ASSIGN_OR_RETURN(
//       std::unique_ptr<EmbeddedEngine> engine,
//       EmbeddedEngine::Open("orders.db", EngineOptions()));
//   Worker worker(
//       engine->port(),
//       WorkerOptions("orders").Workflows(registry).Does(activities));
//   COHORT_RETURN_IF_ERROR(worker.Start());
//   COHORT_RETURN_IF_ERROR(
//       engine->client().Start(StartRequest("Order", "orders")).status());
//
// In a test: virtual time, nothing on disk, and no threads. Time jumps to the
// next due instant when nothing is runnable:
//
//   auto engine = EmbeddedEngine::Open("", EngineOptions().VirtualTime());
//   Worker worker((*engine)->port(), ...);
//   (*engine)->Drive(worker);
//   auto result = (*engine)->client().Result<std::string>(run);
//
// Workers go before their engine.
//
// Threads: any in real time; in virtual time all calls in one thread.
// Errors: of Open, see Store::Open. docs/embedded.md has the guarantees.
#ifndef COHORT_EMBEDDED_ENGINE_H_
#define COHORT_EMBEDDED_ENGINE_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/embedded/client.h"
#include "cohort/embedded/clock.h"
#include "cohort/embedded/core.h"
#include "cohort/embedded/store.h"
#include "cohort/worker/worker.h"

namespace cohort {

class EngineOptions {
 public:
  // What is acknowledged is on disk, unless this says less.
  EngineOptions& Sync(Synchronous mode) {
    store_.synchronous = mode;
    return *this;
  }
  // Of a new store: run ids are made of it, and are the same for the same seed.
  EngineOptions& Seed(std::uint64_t seed) {
    store_.seed = seed;
    return *this;
  }
  // Time stands still but for jumps to what is due; see Drive.
  EngineOptions& VirtualTime(
      absl::Time start = absl::FromUnixSeconds(1'767'225'600)) {
    virtual_ = true;
    start_ = start;
    return *this;
  }
  EngineOptions& Limits(HistoryLimits limits) {
    core_.limits = limits;
    return *this;
  }
  // Runs whose state is kept in memory; others are read when they go on.
  EngineOptions& RunsInMemory(std::size_t runs_max) {
    core_.ledgers_max = runs_max;
    return *this;
  }
  // Outlives the engine.
  EngineOptions& Watch(Observer& observer) {
    core_.observer = &observer;
    return *this;
  }

 private:
  friend class EmbeddedEngine;
  Store::Options store_;
  CoreOptions core_;
  bool virtual_ = false;
  absl::Time start_;
};

class EmbeddedEngine {
 public:
  // "" for an engine that keeps nothing on disk.
  static absl::StatusOr<std::unique_ptr<EmbeddedEngine>> Open(
      const std::string& path, EngineOptions options);
  ~EmbeddedEngine();

  TaskPort& port() { return *core_; }
  // Transactions of the store since it was opened.
  std::int64_t commits() { return core_->commits(); }
  Client& client() { return *client_; }
  absl::Time Now() { return core_->clock().Now(); }
  // For local activities of workers.
  LocalClock WorkerClock();

  // --- Virtual time ----------------------------------------------------------
  // This worker runs when somebody waits. It goes before the engine, or is
  // undriven before it goes.
  void Drive(Worker& worker) { driven_.push_back(&worker); }
  void Undrive(Worker& worker) { std::erase(driven_, &worker); }
  // One task of the first driven worker that has one; false: nothing is
  // runnable.
  absl::StatusOr<bool> Step();
  // All that is runnable now.
  absl::Status RunReady();
  // Up to this instant: what is runnable, what is due, and so on.
  absl::Status RunUntil(absl::Time instant);
  // The same with all workers down: what is due happens, nothing runs.
  absl::Status PassTime(absl::Time instant);
  // Until nothing is runnable or due, at most for so long.
  absl::Status RunFor(absl::Duration duration) {
    return RunUntil(Now() + duration);
  }
  absl::Status RunUntilIdle(absl::Duration at_most = absl::Hours(24) * 366);
  absl::Time NextDue() { return core_->NextDue(); }

 private:
  EmbeddedEngine() = default;
  bool WaitVirtually(absl::FunctionRef<bool()> done);
  void TimerLoop();

  std::unique_ptr<Clock> clock_;
  VirtualClock* virtual_ = nullptr;
  std::unique_ptr<Core> core_;
  std::unique_ptr<Client> client_;
  std::vector<Worker*> driven_;
  std::atomic<bool> stopping_{false};
  std::thread timer_;
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_ENGINE_H_
