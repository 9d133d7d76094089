// Ctrl-C, once: what runs may end in order and say what it knows. The second
// time the process ends as usual.
//
//   Interrupt interrupt;
//   while (!interrupt.requested()) Work();
//
// Threads: one at a time in a process; made before other threads are, so that
// they inherit its signal mask. requested() may be called by any.
// Errors: none.
#ifndef COHORT_TESTING_INTERRUPT_H_
#define COHORT_TESTING_INTERRUPT_H_

#include <signal.h>

#include <atomic>
#include <thread>

namespace cohort {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool requested() const { return requested_.load(); }

 private:
  void Watch();

  sigset_t signals_;
  sigset_t before_;
  std::atomic<bool> requested_ = false;
  std::atomic<bool> over_ = false;
  std::thread watcher_;
};

}  // namespace cohort

#endif  // COHORT_TESTING_INTERRUPT_H_
