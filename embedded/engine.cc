#include "cohort/embedded/engine.h"

#include "absl/time/clock.h"
#include "cohort/base/status.h"

namespace cohort {
namespace {

// How far virtual time goes for somebody who waits.
absl::Duration VirtualPatience() { return absl::Hours(24) * 366 * 100; }

}  // namespace

absl::StatusOr<std::unique_ptr<EmbeddedEngine>> EmbeddedEngine::Open(
    const std::string& path, EngineOptions options) {
  COHORT_ASSIGN_OR_RETURN(std::unique_ptr<Store> store,
                          Store::Open(path, options.store_));
  std::unique_ptr<EmbeddedEngine> engine(new EmbeddedEngine());
  if (options.virtual_) {
    auto clock = std::make_unique<VirtualClock>(options.start_);
    engine->virtual_ = clock.get();
    engine->clock_ = std::move(clock);
  } else {
    engine->clock_ = std::make_unique<SystemClock>();
  }
  options.core_.commit_inline = options.virtual_;
  engine->core_ =
      std::make_unique<Core>(std::move(store), *engine->clock_, options.core_);
  COHORT_RETURN_IF_ERROR(engine->core_->Start());
  EmbeddedEngine* e = engine.get();
  engine->client_ = std::make_unique<Client>(
      *engine->core_, [e](absl::FunctionRef<bool()> done, absl::Time deadline) {
        return e->virtual_ != nullptr ? e->WaitVirtually(done)
                                      : e->core_->WaitFor(done, deadline);
      });
  if (!options.virtual_) engine->timer_ = std::thread([e] { e->TimerLoop(); });
  return engine;
}

EmbeddedEngine::~EmbeddedEngine() {
  stopping_ = true;
  if (core_ != nullptr) core_->Shutdown();
  if (timer_.joinable()) timer_.join();
}

LocalClock EmbeddedEngine::WorkerClock() {
  LocalClock clock;
  clock.now = [this] { return Now(); };
  if (virtual_ == nullptr) {
    clock.sleep = [](absl::Duration d) { absl::SleepFor(d); };
  }
  return clock;
}

void EmbeddedEngine::TimerLoop() {
  constexpr absl::Duration kLook = absl::Seconds(1);
  while (!stopping_) {
    core_->WaitForDue(kLook);
    // What failed now may work later, when the disk has room again.
    if (!core_->FireDue().ok()) core_->Pause(kLook);
  }
}

absl::StatusOr<bool> EmbeddedEngine::Step() {
  for (Worker* worker : driven_) {
    COHORT_ASSIGN_OR_RETURN(const bool worked, worker->Step());
    if (worked) return true;
  }
  return false;
}

absl::Status EmbeddedEngine::RunReady() {
  while (true) {
    COHORT_ASSIGN_OR_RETURN(const bool worked, Step());
    if (!worked) return absl::OkStatus();
  }
}

absl::Status EmbeddedEngine::RunUntil(absl::Time instant) {
  if (virtual_ == nullptr) {
    return InvalidArgument("this engine's time is real: it goes by itself");
  }
  while (true) {
    COHORT_RETURN_IF_ERROR(RunReady());
    const absl::Time due = core_->NextDue();
    if (due > instant) break;
    virtual_->AdvanceTo(due);
    COHORT_RETURN_IF_ERROR(core_->FireDue());
  }
  virtual_->AdvanceTo(instant);
  return absl::OkStatus();
}

absl::Status EmbeddedEngine::PassTime(absl::Time instant) {
  if (virtual_ == nullptr) {
    return InvalidArgument("this engine's time is real: it goes by itself");
  }
  for (absl::Time due = core_->NextDue(); due <= instant;
       due = core_->NextDue()) {
    virtual_->AdvanceTo(due);
    COHORT_RETURN_IF_ERROR(core_->FireDue());
  }
  virtual_->AdvanceTo(instant);
  return absl::OkStatus();
}

absl::Status EmbeddedEngine::RunUntilIdle(absl::Duration at_most) {
  if (virtual_ == nullptr) {
    return InvalidArgument("this engine's time is real: it goes by itself");
  }
  const absl::Time end = Now() + at_most;
  COHORT_RETURN_IF_ERROR(RunReady());
  while (core_->NextDue() <= end) {
    COHORT_RETURN_IF_ERROR(RunUntil(core_->NextDue()));
  }
  return absl::OkStatus();
}

bool EmbeddedEngine::WaitVirtually(absl::FunctionRef<bool()> done) {
  // So often time may jump without a turn that is completed: a run that is
  // stuck, or an activity that fails for ever, would be waited for in vain.
  constexpr int kJumpsMax = 1000;
  const absl::Time end = Now() + VirtualPatience();
  std::int64_t turns = core_->turns();
  int jumps = 0;
  while (!done()) {
    const absl::StatusOr<bool> worked = Step();
    if (!worked.ok()) return false;
    if (*worked) continue;
    jumps = core_->turns() == turns ? jumps + 1 : 0;
    turns = core_->turns();
    const absl::Time due = core_->NextDue();
    if (due > end || jumps > kJumpsMax) return false;
    virtual_->AdvanceTo(due);
    if (!core_->FireDue().ok()) return false;
  }
  return true;
}

}  // namespace cohort
