// Memory of one run: coroutine frames and future states.
//
// A run allocates and frees many small blocks of few sizes. The arena keeps
// freed blocks in lists by size, so that a loop of a million turns uses what
// one turn uses. Everything is given back when the arena goes.
//
//   void* frame = arena.Allocate(176);
//   arena.Free(frame, 176);
//
// Threads: one at a time. Errors: std::bad_alloc when the system has no memory.
#ifndef COHORT_WORKFLOW_ARENA_H_
#define COHORT_WORKFLOW_ARENA_H_

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace cohort {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Aligned to kGranule bytes. Blocks above kPooledBytesMax come from the heap.
  void* Allocate(std::size_t bytes) {
    const std::size_t c = ClassOf(bytes);
    if (c >= kClasses) return ::operator new(bytes);
    if (FreeBlock* block = free_[c]) {
      free_[c] = block->next;
      return block;
    }
    return Carve((c + 1) * kGranule);
  }

  // `bytes` as given to Allocate.
  void Free(void* block, std::size_t bytes) {
    const std::size_t c = ClassOf(bytes);
    if (c >= kClasses) {
      ::operator delete(block);
      return;
    }
    free_[c] = ::new (block) FreeBlock{free_[c]};
  }

  // Bytes taken from the system so far, pooled blocks only.
  std::size_t bytes_reserved() const { return slabs_.size() * kSlabBytes; }

 private:
  static constexpr std::size_t kGranule = 32;
  static constexpr std::size_t kPooledBytesMax = 2048;
  static constexpr std::size_t kClasses = kPooledBytesMax / kGranule;
  static constexpr std::size_t kSlabBytes = 16 * 1024;

  struct FreeBlock {
    FreeBlock* next;
  };
  struct SlabDelete {
    void operator()(std::byte* slab) const {
      ::operator delete(slab, std::align_val_t{kGranule});
    }
  };

  static std::size_t ClassOf(std::size_t bytes) {
    return bytes == 0 ? 0 : (bytes - 1) / kGranule;
  }

  void* Carve(std::size_t bytes) {
    if (left_ < bytes) {
      slabs_.emplace_back(static_cast<std::byte*>(
          ::operator new(kSlabBytes, std::align_val_t{kGranule})));
      next_ = slabs_.back().get();
      left_ = kSlabBytes;
    }
    void* block = next_;
    next_ += bytes;
    left_ -= bytes;
    return block;
  }

  std::array<FreeBlock*, kClasses> free_{};
  std::vector<std::unique_ptr<std::byte, SlabDelete>> slabs_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_ARENA_H_
