#include "cohort/testing/interrupt.h"

#include <ctime>

namespace cohort {
namespace {

// How often to look whether there is still something to interrupt.
constexpr timespec kLookEvery = {.tv_sec = 0, .tv_nsec = 50'000'000};

}  // namespace

Interrupt::Interrupt() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  watcher_ = std::thread([this] { Watch(); });
}

Interrupt::~Interrupt() {
  over_ = true;
  watcher_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::Watch() {
  while (!over_) {
    if (sigtimedwait(&signals_, nullptr, &kLookEvery) != SIGINT) continue;
    if (requested_.exchange(true)) {
      signal(SIGINT, SIG_DFL);
      pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
      raise(SIGINT);
    }
  }
}

}  // namespace cohort
