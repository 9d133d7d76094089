// Work on many things at once, taken over in their order.
//
//   InOrder<Snapshot>(
//       files.size(), jobs, [&](std::size_t i) { return Read(files[i]); },
//       [&](std::size_t i, Snapshot snapshot) { fleet.Add(snapshot); });
//
// `make` runs in `jobs` threads, `use` in one at a time and in the order of the
// numbers; what is made and not yet used is at most one thing for each thread.
// With one job no thread is started.
// Threads: returns when all is used. Errors: none of its own.
#ifndef COHORT_CORPUS_IN_ORDER_H_
#define COHORT_CORPUS_IN_ORDER_H_

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"

namespace cohort {

template <typename T>
void InOrder(std::size_t count, std::size_t jobs,
             absl::FunctionRef<T(std::size_t)> make,
             absl::FunctionRef<void(std::size_t, T)> use) {
  if (jobs <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) use(i, make(i));
    return;
  }
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::condition_variable moved;
  std::size_t turn = 0;  // guarded by `mutex`
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      T made = make(i);
      std::unique_lock lock(mutex);
      moved.wait(lock, [&] { return turn == i; });
      use(i, std::move(made));
      ++turn;
      moved.notify_all();
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::min(jobs, count); ++i) {
    threads.emplace_back(work);
  }
}

}  // namespace cohort

#endif  // COHORT_CORPUS_IN_ORDER_H_
