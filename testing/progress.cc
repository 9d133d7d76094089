#include "cohort/testing/progress.h"

#include <cmath>
#include <ostream>

#include "fmt/core.h"

namespace cohort {
namespace {

constexpr auto kBarEvery = std::chrono::milliseconds(100);
constexpr auto kLineEvery = std::chrono::seconds(5);
constexpr std::size_t kBarWidth = 24;

}  // namespace

Progress::Progress(std::ostream& out, std::size_t total, Form form,
                   Clock::time_point now)
    : out_(out), total_(total), form_(form), start_(now), shown_(now) {}

Progress::~Progress() {
  if (drawn_) out_ << "\n";
}

std::string Progress::Text(std::size_t done, std::size_t bad,
                           Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::string text = fmt::format("{} of {}", done, total_);
  if (bad > 0) text += fmt::format(", {} not clean", bad);
  if (done == 0 || seconds <= 0) return text;
  const double rate = static_cast<double>(done) / seconds;
  const double left = static_cast<double>(total_ - done) / rate;
  return text + fmt::format(", {:.0f}/s, {:.0f} s left", rate, std::ceil(left));
}

void Progress::Done(std::size_t done, std::size_t bad, Clock::time_point now) {
  if (form_ == Form::kNone) return;
  const bool bar = form_ == Form::kBar;
  const auto every = bar ? Clock::duration(kBarEvery) : kLineEvery;
  if (now - shown_ < every && !(bar && done == total_)) return;
  shown_ = now;
  if (!bar) {
    out_ << Text(done, bad, now) << "\n" << std::flush;
    return;
  }
  const std::size_t full = total_ == 0 ? 0 : done * kBarWidth / total_;
  out_ << "\r\033[K[" << std::string(full, '#')
       << std::string(kBarWidth - full, ' ') << "] " << Text(done, bad, now)
       << std::flush;
  drawn_ = true;
}

}  // namespace cohort
