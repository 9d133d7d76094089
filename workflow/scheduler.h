// The order in which a run's coroutines go on: one FIFO queue, one trampoline.
//
// Coroutines are never resumed from within another one. Whoever wants one to
// go on puts it into the queue (`Ready`), or, for a call into a sub-task and
// the return from it, into the one place before the queue (`RunNext`). So the
// stack does not grow with the number of awaits, on any compiler.
//
// Threads: one at a time. Errors: `Run` says how it ended.
#ifndef COHORT_WORKFLOW_SCHEDULER_H_
#define COHORT_WORKFLOW_SCHEDULER_H_

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <source_location>
#include <utility>
#include <vector>

#include "cohort/base/limits.h"

namespace cohort {

class TaskOwner;

// What every coroutine of a run carries, whatever its result type.
struct PromiseBase {
  class Scheduler* scheduler = nullptr;  // set when it is awaited or spawned
  PromiseBase* caller = nullptr;         // who awaits it; null for a root
  std::coroutine_handle<> self;
  TaskOwner* owner = nullptr;       // whose frame this is
  TaskOwner* awaited = nullptr;     // the sub-task it waits in, if any
  std::source_location await_site;  // the co_await it waits in, or waited last
  std::int64_t order = 0;           // its root's place among the roots
  std::size_t root = 0;             // of a root: its index in roots()
  bool library = false;             // its lines are none of the user's
  // What it waits for goes unseen: it goes on as canceled.
  bool canceled = false;
};

// What a root coroutine is; among those that are ready at once, handlers go
// first where the writer's rules say so.
enum class RootRole : std::uint8_t { kHandler, kWorkflow, kSpawned };

// Where handlers stand among the roots, in creation order.
enum class HandlerRank : std::uint8_t {
  kOldestFirst,  // before all others
  kNewestFirst,  // likewise; but those that were added together, without a
                 // resume between them, stand before all that came earlier
  kAsSpawned,
};

// Owns a coroutine frame. Task<T> is one.
class TaskOwner {
 public:
  explicit TaskOwner(PromiseBase* promise = nullptr) { Hold(promise); }
  TaskOwner(TaskOwner&& other) noexcept {
    Hold(std::exchange(other.promise_, nullptr));
  }
  TaskOwner& operator=(TaskOwner&& other) noexcept {
    PromiseBase* mine = std::exchange(promise_, nullptr);
    Hold(std::exchange(other.promise_, nullptr));
    other.Hold(mine);
    return *this;
  }
  ~TaskOwner() { Destroy(); }

  PromiseBase* promise() const { return promise_; }

  // Destroys the frame and all that it waits in, the innermost first and one
  // after the other: a deep chain of awaits does not grow the stack.
  void Destroy() {
    if (promise_ == nullptr) return;
    PromiseBase* innermost = promise_;
    while (innermost->awaited != nullptr &&
           innermost->awaited->promise_ != nullptr) {
      innermost = innermost->awaited->promise_;
    }
    while (promise_ != nullptr) {
      PromiseBase* caller = innermost->caller;
      innermost->owner->promise_ = nullptr;
      innermost->self.destroy();
      innermost = caller;
    }
  }

 private:
  void Hold(PromiseBase* promise) {
    promise_ = promise;
    if (promise_ != nullptr) promise_->owner = this;
  }

  PromiseBase* promise_ = nullptr;
};

class Scheduler {
 public:
  // How a Run of the ready queue ended.
  enum class End : std::uint8_t {
    kIdle,     // nothing is ready any more
    kStopped,  // Stop() was called
    kLost,     // a coroutine came back neither done nor waiting in our awaiters
    kEndless,  // more resumes than a turn may take
  };

  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Coroutines go on in rounds, in the order in which their roots were added
  // (handlers first), instead of as they became ready. `poll` may make more of
  // them ready; it is asked before each.
  void UseCreationOrder(std::function<void()> poll) {
    in_creation_order_ = true;
    poll_ = std::move(poll);
  }

  void RankHandlers(HandlerRank rank) { handler_rank_ = rank; }

  // Adds a root coroutine and makes it ready.
  void AddRoot(TaskOwner task, RootRole role) {
    task.promise()->scheduler = this;
    task.promise()->order = OrderOf(role);
    task.promise()->root = roots_.size();
    if (role == RootRole::kWorkflow) workflow_ = task.promise();
    Ready(*task.promise());
    roots_.push_back(std::move(task));
  }

  void Ready(PromiseBase& coroutine) {
    if (in_creation_order_) {
      by_order_.emplace(coroutine.order, &coroutine);
    } else {
      ready_.push_back(&coroutine);
    }
  }
  void RunNext(PromiseBase& coroutine) { next_ = &coroutine; }

  // Called by each of our awaiters when a coroutine suspends in it, and when
  // it is done. A resume that ends without either has lost its coroutine.
  void NoteSuspended() { suspended_ = true; }
  void NoteRootDone(PromiseBase& root) { done_ = &root; }

  // Begins to count resumes anew.
  void BeginTurn() { resumes_ = 0; }

  // Nothing more is resumed; frames stay until DestroyAll.
  void Stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  // Frames are being destroyed: destructors of workflow code may not throw.
  bool destroying() const { return destroying_; }

  // Resumes what is ready until nothing is.
  End Run() {
    for (; !stopped_; ++resumes_) {
      if (resumes_ > kResumesPerTurnMax) return End::kEndless;
      PromiseBase* coroutine = Take();
      if (coroutine == nullptr) return End::kIdle;
      if (stopped_) break;  // a condition was asked, and failed the run
      suspended_ = false;
      in_batch_ = false;
      running_ = coroutine;
      coroutine->self.resume();
      running_ = nullptr;
      if (!suspended_) return End::kLost;
      if (done_ != nullptr) DropRoot();
    }
    return End::kStopped;
  }

  // Is it waiting for its turn to go on?
  bool IsReady(const PromiseBase& coroutine) const {
    return next_ == &coroutine ||
           std::find(ready_.begin() + static_cast<std::ptrdiff_t>(head_),
                     ready_.end(), &coroutine) != ready_.end() ||
           std::any_of(by_order_.lower_bound(coroutine.order),
                       by_order_.upper_bound(coroutine.order),
                       [&](const auto& r) { return r.second == &coroutine; });
  }
  // The coroutine that is being resumed; null between resumes.
  const PromiseBase* running() const { return running_; }
  // In no particular order; PromiseBase::order tells it.
  const std::vector<TaskOwner>& roots() const { return roots_; }
  // The workflow function's; null before it began and when it has ended.
  PromiseBase* workflow() const { return workflow_; }

  // Destroys every frame, the youngest root first.
  void DestroyAll() {
    stopped_ = true;
    destroying_ = true;
    ready_.clear();
    by_order_.clear();
    head_ = 0;
    next_ = nullptr;
    workflow_ = nullptr;
    std::sort(roots_.begin(), roots_.end(),
              [](const TaskOwner& a, const TaskOwner& b) {
                return a.promise()->order < b.promise()->order;
              });
    while (!roots_.empty()) roots_.pop_back();
  }

 private:
  std::int64_t OrderOf(RootRole role) {
    const std::int64_t added = ++roots_added_;
    const bool spawned =
        role != RootRole::kHandler || handler_rank_ == HandlerRank::kAsSpawned;
    if (spawned) return added;
    const bool begins_batch = !std::exchange(in_batch_, true);
    if (begins_batch && handler_rank_ == HandlerRank::kNewestFirst) {
      handlers_at_ -= kBatch;
    }
    return handlers_at_ + added;
  }

  PromiseBase* Take() {
    if (next_ != nullptr) return std::exchange(next_, nullptr);
    if (in_creation_order_) return TakeByOrder();
    if (head_ == ready_.size()) {
      ready_.clear();
      head_ = 0;
      return nullptr;
    }
    // A queue that never runs empty must not keep what it has handed out.
    if (head_ > 4096 && head_ * 2 > ready_.size()) {
      ready_.erase(ready_.begin(),
                   ready_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return ready_[head_++];
  }

  // The next in this round; where there is none, the first of a new one.
  PromiseBase* TakeByOrder() {
    if (poll_) poll_();
    if (by_order_.empty()) {
      round_at_ = kBeforeAll;
      return nullptr;
    }
    auto next = by_order_.upper_bound(round_at_);
    if (next == by_order_.end()) next = by_order_.begin();
    round_at_ = next->first;
    return by_order_.extract(next).mapped();
  }

  void DropRoot() {
    PromiseBase* done = std::exchange(done_, nullptr);
    if (done == workflow_) workflow_ = nullptr;
    const std::size_t index = done->root;
    const TaskOwner finished = std::move(roots_[index]);
    if (index + 1 < roots_.size()) {
      roots_[index] = std::move(roots_.back());
      roots_[index].promise()->root = index;
    }
    roots_.pop_back();
  }

  // Below the order of every root, and of every root that is no handler.
  static constexpr std::int64_t kBeforeAll =
      std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kHandlers = kBeforeAll / 2;
  // More roots than a run adds, and room for as many batches of them.
  static constexpr std::int64_t kBatch = std::int64_t{1} << 31;

  std::vector<PromiseBase*> ready_;
  // Instead, where coroutines go on in creation order.
  std::multimap<std::int64_t, PromiseBase*> by_order_;
  std::int64_t roots_added_ = 0;
  HandlerRank handler_rank_ = HandlerRank::kOldestFirst;
  std::int64_t handlers_at_ = kHandlers;
  bool in_batch_ = false;  // nothing was resumed since a handler was added
  std::int64_t round_at_ = kBeforeAll;  // the last that went on in this round
  bool in_creation_order_ = false;
  std::function<void()> poll_;
  std::size_t head_ = 0;
  PromiseBase* next_ = nullptr;
  PromiseBase* running_ = nullptr;
  PromiseBase* done_ = nullptr;
  std::vector<TaskOwner> roots_;
  PromiseBase* workflow_ = nullptr;
  std::int64_t resumes_ = 0;  // in this turn
  bool suspended_ = false;
  bool stopped_ = false;
  bool destroying_ = false;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_SCHEDULER_H_
