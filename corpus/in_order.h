// Work on many things at once, taken over in their order.
//
//   InOrder<History>(
//       files.size(), jobs, [&](std::size_t i) { return Read(files[i]); },
//       [&](std::size_t i, History history) { Add(history); });
//
// `make` runs in `jobs` threads, `use` in one at a time and in the order of the
// numbers. A thread whose thing has to wait for an earlier one goes on, until
// kMadeAhead things for each thread are made and not yet used.
// With one job no thread is started.
// Threads: returns when all is used. Errors: none of its own.
#ifndef COHORT_CORPUS_IN_ORDER_H_
#define COHORT_CORPUS_IN_ORDER_H_

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"

namespace cohort {

// Enough that a thread seldom sleeps: waking it costs as much as a small thing.
inline constexpr std::size_t kMadeAhead = 4;

template <typename T>
void InOrder(std::size_t count, std::size_t jobs,
             absl::FunctionRef<T(std::size_t)> make,
             absl::FunctionRef<void(std::size_t, T)> use) {
  if (jobs <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) use(i, make(i));
    return;
  }
  jobs = std::min(jobs, count);
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::condition_variable moved;
  // Guarded by `mutex`:
  std::size_t turn = 0;
  bool in_use = false;
  std::vector<std::optional<T>> ring(jobs * kMadeAhead);
  const auto use_what_is_ready = [&](std::unique_lock<std::mutex>& lock) {
    in_use = true;
    while (std::optional<T>& first = ring[turn % ring.size()]) {
      T made = *std::exchange(first, std::nullopt);
      lock.unlock();
      use(turn, std::move(made));
      lock.lock();
      ++turn;
      moved.notify_all();
    }
    in_use = false;
  };
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      T made = make(i);
      std::unique_lock lock(mutex);
      moved.wait(lock, [&] { return i - turn < ring.size(); });
      ring[i % ring.size()] = std::move(made);
      if (!in_use) use_what_is_ready(lock);
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < jobs; ++i) threads.emplace_back(work);
}

}  // namespace cohort

#endif  // COHORT_CORPUS_IN_ORDER_H_
