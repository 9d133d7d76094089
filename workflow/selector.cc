#include "cohort/workflow/selector.h"

namespace cohort {

std::optional<std::size_t> Selector::TrySelect() {
  for (auto c = cases_.begin(); c != cases_.end(); ++c) {
    if (c->used_up || !c->ready()) continue;
    c->used_up = c->once;
    c->run();
    const std::size_t number = c->number;
    if (c->used_up) cases_.erase(c);
    return number;
  }
  return std::nullopt;
}

Task<std::size_t> Selector::Select() {
  co_await workflow_internal::LibraryCode();
  while (true) {
    if (const std::optional<std::size_t> ran = TrySelect()) co_return *ran;
    const Future<void> canceled = ctx_->CancelRequested();
    if (canceled.settled()) throw CanceledError();
    std::vector<AnyState> wakers{Base(canceled)};
    for (const Case& c : cases_) {
      if (!c.used_up) wakers.push_back(c.wake());
    }
    co_await workflow_internal::AnyOfAwaiter(std::move(wakers));
  }
}

}  // namespace cohort
