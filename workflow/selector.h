// Selector: the first of several things that can happen.
//
//   cohort::Selector next(ctx);
//   next.OnReceive(orders, [&](std::string id) { todo.push_back(id); })
//       .OnSettled(timer, [&] { expired = true; });
//   while (!expired) co_await next.Select();
//
// Select waits until a case can go on and runs its function; of several, the
// one that was added first. A signal is taken only by the case that runs. A
// future's case runs once; a selector whose cases are all used up has nothing
// to wait for.
//
// Threads: one run, one thread. Errors: Select() throws what the function
// throws, and CanceledError where the context's scope is canceled while it
// waits.
#ifndef COHORT_WORKFLOW_SELECTOR_H_
#define COHORT_WORKFLOW_SELECTOR_H_

#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "cohort/workflow/context.h"

namespace cohort {

class Selector {
 public:
  explicit Selector(Context& ctx) : ctx_(&ctx) {}
  Selector(const Selector&) = delete;
  Selector& operator=(const Selector&) = delete;

  // `then` takes a T.
  template <typename T, typename F>
  Selector& OnReceive(SignalChannel<T> channel, F then) {
    Case& c = Add();
    c.ready = [channel]() mutable { return channel.unread() > 0; };
    c.wake = [channel]() mutable { return Base(channel.Readable()); };
    c.run = [channel, then = std::move(then)]() mutable {
      if (std::optional<T> value = channel.TryReceive()) {
        then(std::move(*value));
      }
    };
    return *this;
  }
  // `then` takes nothing; it may look at the future with AsResult elsewhere. A
  // case runs once for each future: to go on, it adds one for the next.
  template <typename T, typename F>
  Selector& OnSettled(Future<T> future, F then) {
    Case& c = Add();
    c.once = true;
    c.ready = [future] { return future.settled(); };
    c.wake = [future] { return Base(future); };
    c.run = std::move(then);
    return *this;
  }

  // The number of the case that ran, in the order of adding.
  Task<std::size_t> Select();
  // Runs the first case that can go on now; nullopt where none can.
  std::optional<std::size_t> TrySelect();

 private:
  using AnyState = workflow_internal::Ref<workflow_internal::FutureState>;

  struct Case {
    std::size_t number = 0;
    std::function<bool()> ready;
    std::function<AnyState()> wake;  // settles when it may be ready
    std::function<void()> run;
    bool once = false;
    bool used_up = false;
  };

  Case& Add() {
    Case& added = cases_.emplace_back();
    added.number = added_++;
    return added;
  }

  template <typename T>
  static AnyState Base(const Future<T>& future) {
    return AnyState(&future.state());
  }

  Context* ctx_;
  std::size_t added_ = 0;
  // A case that runs may add another: its own stays in its place. One that is
  // used up goes when it has run.
  std::list<Case> cases_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_SELECTOR_H_
