// Future<T>: the result of something that was issued.
//
//   cohort::Future<int> a = ctx.Activity<int>("left", 1);   // both are issued
//   cohort::Future<int> b = ctx.Activity<int>("right", 2);
//   int sum = co_await a + co_await b;
//
// Every call on Context that starts an operation issues its command at once and
// returns a future. Awaiting gives the value, or throws what the operation
// failed with. A future is a handle: copies are the same future, and it may be
// awaited by several tasks and more than once (a named future gives a copy of
// the value, a temporary one the value itself).
//
//   Result<int> r = co_await AsResult(a);    // no exception
//
// Threads: one run, one thread. Errors: see workflow/errors.h.
#ifndef COHORT_WORKFLOW_FUTURE_H_
#define COHORT_WORKFLOW_FUTURE_H_

#include <array>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "cohort/history/payload_reader.h"
#include "cohort/workflow/convert.h"
#include "cohort/workflow/errors.h"
#include "cohort/workflow/task.h"

namespace cohort {

class Host;

// An operation of the run that issued it; 0 is none.
using OperationId = std::int64_t;

namespace workflow_internal {

class FutureState;

// A coroutine that waits for `remaining` more futures to settle.
struct WaitGroup {
  PromiseBase* coroutine = nullptr;
  int remaining = 1;
  int first = -1;  // index of the waiter that was settled first
};

// One entry in the list of those who wait for a future. Lives in an awaiter,
// and leaves the list when it is destroyed.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  ~Waiter() { Unlink(); }
  void Wait(FutureState& future, WaitGroup& group, int index);
  void Fire();

 private:
  friend class FutureState;
  void Unlink();

  FutureState* future_ = nullptr;
  WaitGroup* group_ = nullptr;
  Waiter* next_ = nullptr;
  Waiter* previous_ = nullptr;
  int index_ = 0;
};

// What a future and the one who settles it share; counted, not thread-safe.
class FutureState {
 public:
  explicit FutureState(Host& h) : host(h) {}
  FutureState(const FutureState&) = delete;

  void Ref() { ++references_; }
  void Unref() {
    if (--references_ == 0) Delete();
  }
  bool shared() const { return references_ > 1; }

  bool settled() const { return settled_; }
  const std::exception_ptr& error() const { return error_; }

  // Each of these settles, once; later ones are ignored. A result that is not
  // of the future's type settles it with ConversionError; one that cannot even
  // be read is kDataLoss.
  absl::Status SettleResult(PayloadReader& reader, JsonView result,
                            Payload& scratch);
  virtual void SettlePayload(const Payload& payload) = 0;
  void SettleError(std::exception_ptr error) {
    if (settled_) return;
    error_ = std::move(error);
    SetSettled();
  }

  Host& host;
  OperationId operation = 0;

 protected:
  virtual ~FutureState();
  virtual void Delete() = 0;
  virtual bool WantsPayload() const = 0;
  void SetSettled();

 private:
  friend class Waiter;

  std::uint32_t references_ = 0;
  bool settled_ = false;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  std::exception_ptr error_;
};

std::exception_ptr ConversionFailure(const absl::Status& status);
bool IsScopeCanceled(Host& host, std::uint32_t scope);
bool EnterHost(Host& host, std::string_view call);
// May code settle a promise now? Throws nothing.
bool MaySettle(Host& host, std::string_view call);
Arena& ArenaOf(Host& host);
void CancelOperation(FutureState& state, std::source_location site);

template <typename T>
class TypedState final : public FutureState {
 public:
  using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
  static_assert(alignof(Stored) <= alignof(std::max_align_t),
                "results of over-aligned types have no place in the arena");

  static TypedState* New(Host& host) {
    return ::new (ArenaOf(host).Allocate(sizeof(TypedState))) TypedState(host);
  }

  void SettlePayload(const Payload& payload) override {
    if (settled()) return;
    if constexpr (std::is_void_v<T>) {
      value_.emplace();
    } else {
      absl::Status status = FromPayload(payload, value_.emplace());
      if (!status.ok()) return SettleError(ConversionFailure(status));
    }
    SetSettled();
  }
  void SettleValue(Stored value) {
    if (settled()) return;
    value_.emplace(std::move(value));
    SetSettled();
  }
  Stored& value() {
    if (error()) std::rethrow_exception(error());
    return *value_;
  }

 private:
  using FutureState::FutureState;
  void Delete() override {
    Arena& arena = ArenaOf(host);
    this->~TypedState();
    arena.Free(this, sizeof(TypedState));
  }
  bool WantsPayload() const override { return !std::is_void_v<T>; }

  std::optional<Stored> value_;
};

// A counted reference to a state.
template <typename S>
class Ref {
 public:
  Ref() = default;
  explicit Ref(S* state) : state_(state) {
    if (state_) state_->Ref();
  }
  Ref(const Ref& other) : Ref(other.state_) {}
  Ref(Ref&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Ref() {
    if (state_) state_->Unref();
  }
  S* get() const { return state_; }
  S& operator*() const { return *state_; }
  S* operator->() const { return state_; }
  explicit operator bool() const { return state_ != nullptr; }

 private:
  S* state_ = nullptr;
};

// Suspends until so many of the futures that its group waits for are settled.
class WaitingAwaiter : public AwaiterTag {
 public:
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) noexcept {
    group_.coroutine = &caller.promise();
    caller.promise().scheduler->NoteSuspended();
  }

 protected:
  // A cancellation that has overtaken what was waited for.
  bool Overtaken() const {
    return group_.coroutine != nullptr &&
           std::exchange(group_.coroutine->canceled, false);
  }
  void ThrowIfOvertaken() const {
    if (Overtaken()) throw CanceledError();
  }

  WaitGroup group_;
};

// The same with as many waiters as the type says.
template <std::size_t N>
class GroupAwaiter : public WaitingAwaiter {
 protected:
  std::array<Waiter, N> waiters_;
};

enum class Form : std::uint8_t { kCopy, kMove, kResult };

template <typename T, Form F>
class FutureAwaiter : public GroupAwaiter<1> {
 public:
  explicit FutureAwaiter(Ref<TypedState<T>> state) : state_(std::move(state)) {}

  bool await_ready() noexcept {
    if (state_->settled()) return true;
    this->waiters_[0].Wait(*state_, this->group_, 0);
    return false;
  }
  auto await_resume() {
    if constexpr (F == Form::kResult) {
      if (this->Overtaken()) {
        return Result<T>(std::make_exception_ptr(CanceledError()));
      }
      if (state_->error()) return Result<T>(state_->error());
      if constexpr (std::is_void_v<T>) {
        return Result<T>();
      } else {
        return Result<T>(state_->value());
      }
    } else if constexpr (std::is_void_v<T>) {
      this->ThrowIfOvertaken();
      state_->value();
    } else if constexpr (F == Form::kMove) {
      this->ThrowIfOvertaken();
      // Nobody else can ask again: the value itself.
      if (!state_->shared()) return T(std::move(state_->value()));
      return T(state_->value());
    } else {
      this->ThrowIfOvertaken();
      return T(state_->value());
    }
  }

 private:
  Ref<TypedState<T>> state_;
};

}  // namespace workflow_internal

template <typename T = void>
class [[nodiscard("discard a future with (void), or await it")]] Future {
 public:
  using value_type = T;
  using State = workflow_internal::TypedState<T>;

  explicit Future(workflow_internal::Ref<State> state)
      : state_(std::move(state)) {}

  // Has it a value or an error?
  bool settled() const { return state_->settled(); }
  // Requests cancellation of the operation behind it; no effect on one that is
  // settled, or that has no operation. What the future then does (wait for the
  // acknowledgement, or fail with CanceledError at once) is the operation's
  // cancellation type.
  void Cancel(std::source_location site = std::source_location::current()) {
    workflow_internal::CancelOperation(*state_, site);
  }

  // For co_await.
  auto ToAwaiter() const& {
    return workflow_internal::FutureAwaiter<T, workflow_internal::Form::kCopy>(
        state_);
  }
  auto ToAwaiter() && {
    return workflow_internal::FutureAwaiter<T, workflow_internal::Form::kMove>(
        std::move(state_));
  }
  workflow_internal::FutureState& state() const { return *state_; }
  const workflow_internal::Ref<State>& ref() const { return state_; }

 private:
  workflow_internal::Ref<State> state_;
};

// The writing end of a future, for workflow code that settles one itself
// (Context::MakePromise).
template <typename T = void>
class Promise {
 public:
  explicit Promise(workflow_internal::Ref<workflow_internal::TypedState<T>> s)
      : state_(std::move(s)) {}

  Future<T> future() const { return Future<T>(state_); }
  // The first of these settles; later ones have no effect. They throw nothing,
  // so that a destructor may call them: where the run has stopped nobody goes
  // on any more, and read-only code (queries, validators) is refused otherwise.
  void Set(typename workflow_internal::TypedState<T>::Stored value = {}) const {
    if (workflow_internal::MaySettle(state_->host, "Promise::Set")) {
      state_->SettleValue(std::move(value));
    }
  }
  void Fail(std::exception_ptr error) const {
    if (workflow_internal::MaySettle(state_->host, "Promise::Fail")) {
      state_->SettleError(std::move(error));
    }
  }

 private:
  workflow_internal::Ref<workflow_internal::TypedState<T>> state_;
};

// Gives Result<T> where awaiting the future itself would throw.
template <typename T>
auto AsResult(Future<T> future) {
  return workflow_internal::FutureAwaiter<T, workflow_internal::Form::kResult>(
      future.ref());
}

}  // namespace cohort

#endif  // COHORT_WORKFLOW_FUTURE_H_
