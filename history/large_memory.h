// Asks the system for few large pages behind memory that is about to be
// filled: a fresh page for each 4 KiB costs more than what is written to it.
// A hint: without effect where the system has none.
// For this room's readers only.
// Threads: a function of its arguments. Errors: none.
#ifndef COHORT_HISTORY_LARGE_MEMORY_H_
#define COHORT_HISTORY_LARGE_MEMORY_H_

#include <cstddef>

#if defined(__linux__)
#include <sys/mman.h>

#include <cstdint>
#endif

namespace cohort {

// The whole large pages of the `bytes` at `memory`, which belong to the caller.
inline void ExpectLargeUse(void* memory, std::size_t bytes) {
#if defined(__linux__)
  constexpr std::uintptr_t kLargePageBytes = std::uintptr_t{2} << 20;
  const auto begin = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first =
      (begin + kLargePageBytes - 1) & ~(kLargePageBytes - 1);
  const std::uintptr_t last = (begin + bytes) & ~(kLargePageBytes - 1);
  if (first >= last) return;
  (void)madvise(static_cast<std::byte*>(memory) + (first - begin), last - first,
                MADV_HUGEPAGE);
#else
  (void)memory;
  (void)bytes;
#endif
}

}  // namespace cohort

#endif  // COHORT_HISTORY_LARGE_MEMORY_H_
