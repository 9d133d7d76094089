#include "cohort/engine/operations.h"

#include <algorithm>

namespace cohort {

OperationId Operations::Open(Operation operation) {
  if (free_.empty()) {
    slots_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot.operation = std::move(operation);
  slot.operation.issued = ++issued_;
  slot.used = true;
  const OperationId id = IdOf(index);
  AddToScope(slot.operation.scope, id);
  return id;
}

void Operations::AddToScope(ScopeId scope, OperationId id) {
  if (scope == kRunScope) return;
  ScopeList& list = scopes_[scope];
  if (list.ids.size() >= list.size_max) {
    std::erase_if(list.ids, [&](OperationId known) {
      const Operation* operation = Find(known);
      return operation == nullptr || operation->scope != scope;
    });
    list.size_max = std::max<std::size_t>(16, list.ids.size() * 2);
  }
  list.ids.push_back(id);
}

std::vector<OperationId> Operations::InScope(ScopeId scope) {
  std::vector<std::size_t> found;
  if (scope == kRunScope) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].used && slots_[i].operation.scope == scope) {
        found.push_back(i);
      }
    }
  } else if (const auto list = scopes_.find(scope); list != scopes_.end()) {
    for (const OperationId id : list->second.ids) {
      const Operation* operation = Find(id);
      if (operation != nullptr && operation->scope == scope) {
        found.push_back(SlotOf(id));
      }
    }
  }
  std::sort(found.begin(), found.end(), [this](std::size_t a, std::size_t b) {
    return slots_[a].operation.issued < slots_[b].operation.issued;
  });
  std::vector<OperationId> ids;
  ids.reserve(found.size());
  for (std::size_t index : found) ids.push_back(IdOf(index));
  return ids;
}

void Operations::MoveScope(ScopeId from, ScopeId to) {
  for (const OperationId id : InScope(from)) {
    Find(id)->scope = to;
    AddToScope(to, id);
  }
  scopes_.erase(from);
}

Operation* Operations::Find(OperationId id) {
  const std::size_t index = SlotOf(id);
  if (index >= slots_.size()) return nullptr;
  Slot& slot = slots_[index];
  const bool same = slot.used && slot.generation == (id >> 32);
  return same ? &slot.operation : nullptr;
}

Operation* Operations::FindByEvent(std::int64_t event_id, OperationId* id) {
  auto it = by_event_.find(event_id);
  if (it == by_event_.end()) return nullptr;
  *id = it->second;
  return Find(it->second);
}

void Operations::Release(OperationId id) {
  Slot& slot = slots_[SlotOf(id)];
  if (slot.operation.event_id != 0) by_event_.erase(slot.operation.event_id);
  slot.operation.future = {};
  slot.operation.start = {};
  slot.used = false;
  slot.generation = (slot.generation + 1) & 0x7fffffff;
  free_.push_back(static_cast<std::uint32_t>(SlotOf(id)));
}

PendingCommand* PendingCommands::Head() {
  while (head_ < queue_.size() && queue_[head_].withdrawn) Pop();
  return head_ == queue_.size() ? nullptr : &queue_[head_];
}

void PendingCommands::Pop() {
  if (++head_ < queue_.size()) return;
  queue_.clear();
  head_ = 0;
}

PendingCommand* PendingCommands::Find(PendingId id) {
  const auto first = next_ - static_cast<PendingId>(queue_.size() - head_);
  if (id < first || id >= next_) return nullptr;
  return &queue_[head_ + static_cast<std::size_t>(id - first)];
}

}  // namespace cohort
