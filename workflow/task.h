// Task<T>: a coroutine of workflow code.
//
//   cohort::Task<int> Twice(cohort::Context& ctx, int n) {
//     co_return 2 * co_await ctx.Activity<int>("noop", n);
//   }
//
// A task does nothing until it is awaited, or given to Context::Spawn. It is
// awaited once. What it throws comes out of the co_await. Inside a Task only
// tasks, futures and what is made of them can be awaited: everything else could
// not be replayed, and does not compile.
//
// Lifetime: the frame lives as long as the Task object; parameters are copied
// into it, so take them by value (a reference may dangle at the first await).
// Threads: one run, one thread. Errors: exceptions, inside workflow code only.
#ifndef COHORT_WORKFLOW_TASK_H_
#define COHORT_WORKFLOW_TASK_H_

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "cohort/workflow/arena.h"
#include "cohort/workflow/scheduler.h"

namespace cohort {

template <typename T>
class Task;
class Context;
class Host;

namespace workflow_internal {

// The base of everything that may be awaited beside tasks. An awaiter suspends
// by noting itself with the scheduler, so that a coroutine that came to rest
// elsewhere is found out.
struct AwaiterTag {};

template <typename A>
concept OurAwaiter = std::is_base_of_v<AwaiterTag, std::remove_cvref_t<A>>;

// What the library's own coroutines await first: it does not wait, and notes
// that their lines are none of the user's.
struct LibraryCode {};

// Anything with a conversion to one of our awaiters (Future<T> and friends).
template <typename A>
concept ConvertsToAwaiter = requires(A&& a) {
  { std::forward<A>(a).ToAwaiter() } -> OurAwaiter;
};

// Frames of coroutines that take a Context or a Host come from their run's
// arena.
Arena* ArenaOf(Context& context);
Arena* ArenaOf(Host* host);
inline Arena* FindArena() { return nullptr; }
template <typename First, typename... Rest>
Arena* FindArena(First& first, Rest&... rest) {
  if constexpr (std::is_same_v<std::remove_cv_t<First>, Context>) {
    return ArenaOf(const_cast<Context&>(first));
  } else if constexpr (std::is_same_v<std::remove_cv_t<First>, Host>) {
    return ArenaOf(&first);
  } else {
    return FindArena(rest...);
  }
}

// A frame with the arena it came from before it.
struct FrameMemory {
  static constexpr std::size_t kHeaderBytes = alignof(std::max_align_t);
  static_assert(sizeof(Arena*) <= kHeaderBytes);

  static void* New(std::size_t bytes, Arena* arena) {
    const std::size_t total = bytes + kHeaderBytes;
    void* block = arena ? arena->Allocate(total) : ::operator new(total);
    ::new (block) Arena*(arena);
    return static_cast<std::byte*>(block) + kHeaderBytes;
  }
  static void Delete(void* frame, std::size_t bytes) {
    void* block = static_cast<std::byte*>(frame) - kHeaderBytes;
    if (Arena* arena = *static_cast<Arena**>(block)) {
      arena->Free(block, bytes + kHeaderBytes);
    } else {
      ::operator delete(block);
    }
  }
};

template <typename T>
class TaskAwaiter;

// Suspends a coroutine that is done, and lets its caller go on.
struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> done) const noexcept {
    PromiseBase& promise = done.promise();
    promise.scheduler->NoteSuspended();
    if (promise.caller != nullptr) {
      promise.caller->awaited = nullptr;
      promise.scheduler->RunNext(*promise.caller);
    } else {
      promise.scheduler->NoteRootDone(promise);
    }
  }
  void await_resume() const noexcept {}
};

template <typename T>
struct TaskResult {
  static_assert(
      alignof(T) <= alignof(std::max_align_t),
      "a task's frame has no place for results of over-aligned types");
  std::optional<T> value;
  void return_value(T v) { value.emplace(std::move(v)); }
  T Take() { return std::move(*value); }
};
template <>
struct TaskResult<void> {
  void return_void() {}
  void Take() {}
};

template <typename T>
struct TaskPromise : PromiseBase, TaskResult<T> {
  std::exception_ptr error;

  TaskPromise() {
    self = std::coroutine_handle<TaskPromise>::from_promise(*this);
  }
  Task<T> get_return_object();
  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() { error = std::current_exception(); }

  template <typename U>
  TaskAwaiter<U> await_transform(
      Task<U> task,
      std::source_location site = std::source_location::current()) {
    await_site = site;
    return TaskAwaiter<U>(std::move(task));
  }
  std::suspend_never await_transform(LibraryCode) noexcept {
    library = true;
    return {};
  }
  template <typename A>
  decltype(auto) await_transform(
      A&& awaited,
      std::source_location site = std::source_location::current()) {
    await_site = site;
    if constexpr (OurAwaiter<A>) {
      return std::forward<A>(awaited);
    } else {
      static_assert(ConvertsToAwaiter<A>,
                    "a cohort::Task can await tasks, futures, WhenAll, WhenAny "
                    "and AsResult only: anything else could not be replayed");
      return std::forward<A>(awaited).ToAwaiter();
    }
  }

  template <typename... Args>
  static void* operator new(std::size_t bytes, Args&... args) {
    return FrameMemory::New(bytes, FindArena(args...));
  }
  static void operator delete(void* frame, std::size_t bytes) {
    FrameMemory::Delete(frame, bytes);
  }
};

}  // namespace workflow_internal

template <typename T = void>
class [[nodiscard("a task runs only when it is awaited or spawned")]] Task {
 public:
  using promise_type = workflow_internal::TaskPromise<T>;
  using value_type = T;

  Task(Task&&) noexcept = default;
  Task& operator=(Task&&) noexcept = default;

 private:
  friend promise_type;
  friend workflow_internal::TaskAwaiter<T>;
  friend class Context;
  friend class Host;

  explicit Task(promise_type& promise) : owner_(&promise) {}

  TaskOwner owner_;
};

namespace workflow_internal {

template <typename T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(*this);
}

// Starts a sub-task and waits until it is done.
template <typename T>
class TaskAwaiter : AwaiterTag {
 public:
  explicit TaskAwaiter(Task<T> task) : owner_(std::move(task.owner_)) {}
  TaskAwaiter(const TaskAwaiter&) = delete;

  bool await_ready() const noexcept { return owner_.promise() == nullptr; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) noexcept {
    PromiseBase& from = caller.promise();
    PromiseBase& to = *owner_.promise();
    to.scheduler = from.scheduler;
    to.order = from.order;
    to.caller = &from;
    from.awaited = &owner_;
    from.scheduler->NoteSuspended();
    from.scheduler->RunNext(to);
  }
  T await_resume() {
    if (owner_.promise() == nullptr) {
      throw std::logic_error("a cohort::Task was awaited twice");
    }
    auto& promise = static_cast<TaskPromise<T>&>(*owner_.promise());
    if (promise.error) std::rethrow_exception(promise.error);
    return promise.Take();
  }

 private:
  TaskOwner owner_;
};

}  // namespace workflow_internal
}  // namespace cohort

#endif  // COHORT_WORKFLOW_TASK_H_
