#include "cohort/workflow/signals.h"

#include <algorithm>

namespace cohort {
namespace {

// A loop that waits for several things leaves a waiter behind in each round.
template <typename Waiters, typename WaitingOf>
void DropUnheld(Waiters& waiters, std::size_t& size_max, WaitingOf waiting_of) {
  if (waiters.size() < size_max) return;
  std::erase_if(waiters, [&](const auto& waiter) {
    const SignalQueue::Waiting& waiting = waiting_of(waiter);
    return !waiting->shared() || waiting->settled();
  });
  size_max = std::max<std::size_t>(16, waiters.size() * 2);
}

}  // namespace

void SignalQueue::AddReader(Reader reader) {
  DropUnheld(readers, readers_max,
             [](const Reader& r) -> const Waiting& { return r.future; });
  readers.push_back(std::move(reader));
}

void SignalQueue::AddWatcher(Waiting watcher) {
  DropUnheld(watchers, watchers_max,
             [](const Waiting& w) -> const Waiting& { return w; });
  watchers.push_back(std::move(watcher));
}

void SignalQueue::Deliver(Payloads signal) {
  // A copy: the handler may put another one in its place.
  if (const auto current = handler) return current(signal);
  static const Payload kNothing;
  while (!readers.empty()) {
    const Waiting reader = std::move(readers.front().future);
    readers.pop_front();
    // A future that nobody holds any more would swallow the signal.
    if (!reader->shared() || reader->settled()) continue;
    reader->SettlePayload(signal.empty() ? kNothing : signal[0]);
    return;
  }
  unread.push_back(std::move(signal));
  const std::vector<Waiting> woken = std::move(watchers);
  watchers.clear();
  for (const Waiting& watcher : woken) watcher->SettlePayload({});
}

void SignalQueue::CancelReaders(ScopeId scope) {
  std::deque<Reader> all = std::move(readers);
  readers.clear();
  for (Reader& reader : all) {
    if (reader.scope == scope) {
      reader.future->SettleError(std::make_exception_ptr(CanceledError()));
    } else {
      readers.push_back(std::move(reader));
    }
  }
}

Payload SignalQueue::TakeFirst() {
  Payloads signal = std::move(unread.front());
  unread.pop_front();
  return signal.empty() ? Payload{} : std::move(signal[0]);
}

}  // namespace cohort
