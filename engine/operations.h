// The operations of a run, and the commands that wait for history.
//
// An operation has a slot; its id carries the slot's generation, so that an id
// kept too long finds nothing instead of somebody else. Pending commands are a
// queue: they are confirmed in the order in which the code issued them.
#ifndef COHORT_ENGINE_OPERATIONS_H_
#define COHORT_ENGINE_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "cohort/engine/lifecycle.h"
#include "cohort/history/command.h"
#include "cohort/workflow/future.h"
#include "cohort/workflow/options.h"
#include "cohort/workflow/scope.h"

namespace cohort {

// A place in the queue of pending commands; 0 is none.
using PendingId = std::int64_t;

struct Operation {
  CommandKind kind = CommandKind::kScheduleActivity;
  State state = State::kIssued;
  bool started = false;  // an event of input kStarted came
  CancellationType cancellation = CancellationType::kTryCancel;
  ScopeId scope = kRunScope;
  std::int64_t issued = 0;    // its place among all operations of the run
  std::int64_t event_id = 0;  // of the event that recorded it
  PendingId command = 0;      // while Issued
  std::string id;             // as recorded, where its cancel names it
  PendingId cancel = 0;       // its cancel command, until that is recorded
  OperationId target = 0;     // the operation that this one cancels
  // Canceled before it was recorded, where both are sent.
  std::optional<Input> canceled_early;
  bool cancel_at_start = false;  // the cancel waits until it has started
  workflow_internal::Ref<workflow_internal::FutureState> future;
  workflow_internal::Ref<workflow_internal::FutureState> start;
};

class Operations {
 public:
  OperationId Open(Operation operation);
  // Null for an operation that is over.
  Operation* Find(OperationId id);
  // The operation whose recording event has this id; null for none.
  Operation* FindByEvent(std::int64_t event_id, OperationId* id);
  void Index(std::int64_t event_id, OperationId id) {
    by_event_.emplace(event_id, id);
  }
  // Those of a scope, in the order in which they were issued.
  std::vector<OperationId> InScope(ScopeId scope);
  void MoveScope(ScopeId from, ScopeId to);
  // Forgets an operation that is over.
  void Release(OperationId id);

 private:
  struct Slot {
    Operation operation;
    std::uint32_t generation = 1;
    bool used = false;
  };
  // Operations that were in a scope; some may be over, or have left it.
  struct ScopeList {
    std::vector<OperationId> ids;
    std::size_t size_max = 16;
  };
  struct IdHash {
    std::size_t operator()(std::int64_t id) const {
      return static_cast<std::size_t>(id) * 0x9e3779b97f4a7c15u;
    }
  };
  void AddToScope(ScopeId scope, OperationId id);
  OperationId IdOf(std::size_t index) const {
    return (static_cast<OperationId>(slots_[index].generation) << 32) |
           static_cast<OperationId>(index + 1);
  }
  static std::size_t SlotOf(OperationId id) {
    return static_cast<std::size_t>(id & 0xffffffff) - 1;
  }

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  // Looked up only, never iterated.
  absl::flat_hash_map<std::int64_t, OperationId, IdHash> by_event_;
  std::map<ScopeId, ScopeList> scopes_;  // all but the run's own
  std::int64_t issued_ = 0;
};

struct PendingCommand {
  Command command;
  std::int64_t number = 0;  // among the run's calls, see IdScheme::kCallNumber
  OperationId operation = 0;  // it opens
  OperationId target = 0;     // it cancels
  bool withdrawn = false;
};

class PendingCommands {
 public:
  PendingId Push(PendingCommand command) {
    queue_.push_back(std::move(command));
    return next_++;
  }
  // The first that was not withdrawn; null for none. Valid until the next Push.
  PendingCommand* Head();
  // Takes the head away.
  void Pop();
  // Null for one that was taken away.
  PendingCommand* Find(PendingId id);
  // The id of the n-th of all().
  PendingId IdAt(std::size_t n) const {
    return next_ - static_cast<PendingId>(queue_.size() - head_) +
           static_cast<PendingId>(n);
  }
  std::span<PendingCommand> all() { return std::span(queue_).subspan(head_); }

 private:
  // A vector, not a deque: a command is larger than a deque's block, and each
  // would be a block of its own.
  std::vector<PendingCommand> queue_;
  std::size_t head_ = 0;  // those before it were taken away
  PendingId next_ = 1;    // the id of the next one pushed
};

}  // namespace cohort

#endif  // COHORT_ENGINE_OPERATIONS_H_
