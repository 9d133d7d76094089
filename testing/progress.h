// How far a long replay is, for whoever waits: a line that is drawn again on a
// terminal, a line now and then elsewhere.
//
//   Progress progress(std::cerr, items.size(), Progress::Form::kLines);
//   progress.Done(17, 2);  // 17 done, 2 of them not clean
//
// Threads: one at a time. Errors: none.
#ifndef COHORT_TESTING_PROGRESS_H_
#define COHORT_TESTING_PROGRESS_H_

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <string>

namespace cohort {

class Progress {
 public:
  enum class Form : std::uint8_t { kNone, kBar, kLines };
  using Clock = std::chrono::steady_clock;

  Progress(std::ostream& out, std::size_t total, Form form,
           Clock::time_point now = Clock::now());
  // Ends the bar's line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Done(std::size_t done, std::size_t bad,
            Clock::time_point now = Clock::now());

  // "1,200 of 10,000, 3 not clean, 410/s, 21 s left"
  std::string Text(std::size_t done, std::size_t bad,
                   Clock::time_point now) const;

 private:
  std::ostream& out_;
  std::size_t total_;
  Form form_;
  Clock::time_point start_;
  Clock::time_point shown_;
  bool drawn_ = false;
};

}  // namespace cohort

#endif  // COHORT_TESTING_PROGRESS_H_
