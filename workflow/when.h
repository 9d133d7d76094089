// Waiting for several futures at once.
//
//   cohort::Future<int> a = ctx.Activity<int>("left", 1);
//   cohort::Future<int> b = ctx.Activity<int>("right", 2);
//   co_await WhenAll(a, b);                        // until both are settled
//   std::size_t first = co_await WhenAny(a, b);    // which settled first
//   std::vector<int> all = co_await WhenAll(std::move(list));
//
// Threads: one run, one thread. Errors: none of their own; await the futures
// for theirs.
#ifndef COHORT_WORKFLOW_WHEN_H_
#define COHORT_WORKFLOW_WHEN_H_

#include <cstddef>
#include <deque>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "cohort/workflow/future.h"

namespace cohort {

namespace workflow_internal {

template <std::size_t N, typename... Ts>
class AllAwaiter : public GroupAwaiter<N> {
 public:
  explicit AllAwaiter(const Future<Ts>&... futures)
      : futures_(futures.ref()...) {}

  bool await_ready() noexcept {
    this->group_.remaining = 0;
    int index = 0;
    std::apply([&](auto&... f) { (Add(*f, index++), ...); }, futures_);
    return this->group_.remaining == 0;
  }
  void await_resume() const { this->ThrowIfOvertaken(); }

 private:
  void Add(FutureState& future, int index) {
    if (future.settled()) return;
    ++this->group_.remaining;
    this->waiters_[static_cast<std::size_t>(index)].Wait(future, this->group_,
                                                         index);
  }
  std::tuple<Ref<TypedState<Ts>>...> futures_;
};

template <std::size_t N, typename... Ts>
class AnyAwaiter : public GroupAwaiter<N> {
 public:
  explicit AnyAwaiter(const Future<Ts>&... futures)
      : futures_(futures.ref()...) {}

  bool await_ready() noexcept {
    int index = 0;
    std::apply([&](auto&... f) { (Add(*f, index++), ...); }, futures_);
    return this->group_.first >= 0;
  }
  std::size_t await_resume() const {
    this->ThrowIfOvertaken();
    return static_cast<std::size_t>(this->group_.first);
  }

 private:
  void Add(FutureState& future, int index) {
    if (this->group_.first >= 0) return;
    if (future.settled()) {
      this->group_.first = index;
    } else {
      this->waiters_[static_cast<std::size_t>(index)].Wait(future, this->group_,
                                                           index);
    }
  }
  std::tuple<Ref<TypedState<Ts>>...> futures_;
};

// Until one of any number is settled.
class AnyOfAwaiter : public WaitingAwaiter {
 public:
  explicit AnyOfAwaiter(std::vector<Ref<FutureState>> futures)
      : futures_(std::move(futures)) {}

  bool await_ready() {
    for (const Ref<FutureState>& future : futures_) {
      if (future->settled()) return true;
    }
    int index = 0;
    for (const Ref<FutureState>& future : futures_) {
      waiters_.emplace_back().Wait(*future, group_, index++);
    }
    return false;
  }
  void await_resume() const { ThrowIfOvertaken(); }

 private:
  std::vector<Ref<FutureState>> futures_;
  std::deque<Waiter> waiters_;
};

}  // namespace workflow_internal

// Awaitable: until all are settled, whatever with. Await each for its value.
template <typename... Ts>
auto WhenAll(const Future<Ts>&... futures) {
  return workflow_internal::AllAwaiter<sizeof...(Ts), Ts...>(futures...);
}

// Awaitable: until one is settled; gives its index. Of several that settle in
// one turn, the one whose event comes first; of several that already are, the
// first argument.
template <typename... Ts>
auto WhenAny(const Future<Ts>&... futures) {
  static_assert(sizeof...(Ts) > 0, "WhenAny of nothing would wait for ever");
  return workflow_internal::AnyAwaiter<sizeof...(Ts), Ts...>(futures...);
}

// The same for any number of futures of one type: all their values in order;
// throws the first error in order, after all are settled.
template <typename T>
Task<std::vector<T>> WhenAll(std::vector<Future<T>> futures) {
  co_await workflow_internal::LibraryCode();
  std::vector<T> values;
  values.reserve(futures.size());
  for (const Future<T>& future : futures) {
    (void)co_await AsResult(future);
  }
  for (const Future<T>& future : futures) values.push_back(co_await future);
  co_return values;
}

// What a task gives, or what it throws, as a value:
//
//   Result<int> r = co_await AsResult(Book(ctx, order));
template <typename T>
Task<Result<T>> AsResult(Task<T> task) {
  co_await workflow_internal::LibraryCode();
  std::exception_ptr error;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      co_return Result<T>();
    } else {
      co_return Result<T>(co_await std::move(task));
    }
  } catch (const std::exception&) {
    // Nothing else: leaving the run, and continue-as-new, are no results.
    error = std::current_exception();
  }
  co_return Result<T>(error);
}

}  // namespace cohort

#endif  // COHORT_WORKFLOW_WHEN_H_
