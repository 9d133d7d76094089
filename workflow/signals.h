// Signals of one name: a queue, the channel that reads it, or a handler.
//
//   cohort::SignalChannel<std::string> orders =
//       ctx.Signals<std::string>("add-item");
//   std::string item = co_await orders.Receive();
//   while (std::optional<std::string> more = orders.TryReceive()) Use(*more);
//
// Signals that came before anybody asked are kept. A signal goes to the
// handler, if there is one, else to who has waited longest.
//
// Threads: one run, one thread. Errors: a signal that is not of the channel's
// type settles its reader with ConversionError; TryReceive throws it.
#ifndef COHORT_WORKFLOW_SIGNALS_H_
#define COHORT_WORKFLOW_SIGNALS_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/history/payload.h"
#include "cohort/workflow/future.h"
#include "cohort/workflow/scope.h"

namespace cohort {

struct SignalQueue {
  using Waiting = workflow_internal::Ref<workflow_internal::FutureState>;
  struct Reader {
    Waiting future;
    ScopeId scope = kRunScope;
  };

  std::deque<Payloads> unread;
  std::deque<Reader> readers;
  std::vector<Waiting> watchers;  // of the next one that stays unread
  std::function<void(const Payloads&)> handler;
  // So many of either, and those whom nobody waits for any more are dropped.
  std::size_t readers_max = 16;
  std::size_t watchers_max = 16;

  void Deliver(Payloads signal);
  void AddReader(Reader reader);
  void AddWatcher(Waiting watcher);
  // Fails the readers of that scope with CanceledError.
  void CancelReaders(ScopeId scope);
  // The first argument of the first unread signal, which is taken.
  Payload TakeFirst();
};

template <typename T>
class SignalChannel {
 public:
  SignalChannel(Host& host, SignalQueue& queue, ScopeId scope)
      : host_(&host), queue_(&queue), scope_(scope) {}

  // The next signal's (first) argument. Fails with CanceledError when the
  // scope is canceled before one comes.
  Future<T> Receive() {
    workflow_internal::Ref state(workflow_internal::TypedState<T>::New(*host_));
    if (!workflow_internal::EnterHost(*host_, "Receive")) {
      return Future<T>(std::move(state));
    }
    if (!queue_->unread.empty()) {
      state->SettlePayload(queue_->TakeFirst());
    } else if (workflow_internal::IsScopeCanceled(*host_, scope_)) {
      state->SettleError(std::make_exception_ptr(CanceledError()));
    } else {
      queue_->AddReader({SignalQueue::Waiting(state.get()), scope_});
    }
    return Future<T>(std::move(state));
  }
  // The next one if it has come.
  std::optional<T> TryReceive() {
    if (!workflow_internal::EnterHost(*host_, "TryReceive") ||
        queue_->unread.empty()) {
      return std::nullopt;
    }
    T value{};
    absl::Status status = FromPayload(queue_->TakeFirst(), value);
    if (!status.ok()) {
      std::rethrow_exception(workflow_internal::ConversionFailure(status));
    }
    return value;
  }
  // How many have come and were not received.
  std::size_t unread() const { return queue_->unread.size(); }
  // Settles when one has come. It may be gone again when the waiter goes on.
  Future<void> Readable() {
    workflow_internal::Ref state(
        workflow_internal::TypedState<void>::New(*host_));
    if (!workflow_internal::EnterHost(*host_, "Readable")) {
      return Future<void>(std::move(state));
    }
    if (!queue_->unread.empty()) {
      state->SettleValue({});
    } else {
      queue_->AddWatcher(SignalQueue::Waiting(state.get()));
    }
    return Future<void>(std::move(state));
  }

 private:
  Host* host_;
  SignalQueue* queue_;
  ScopeId scope_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_SIGNALS_H_
