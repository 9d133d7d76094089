// Observer: what a worker and an engine do, for metrics and logs.
//
//   class Printer : public cohort::Observer {
//     void TurnFailed(const TurnNote& turn, const absl::Status& why) override {
//       out << turn.workflow_id << ": " << why.message() << "\n";
//     }
//   };
//
// Threads: called by the threads of the worker, several at once, and by the
// engine while it holds its lock: be short, and call neither back.
// Errors: none are taken.
#ifndef COHORT_WORKER_OBSERVER_H_
#define COHORT_WORKER_OBSERVER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace cohort {

// One workflow task.
struct TurnNote {
  std::string_view workflow_type;
  std::string_view workflow_id;
  std::string_view run_id;
  std::int64_t attempt = 1;
  bool cached = false;  // the run was in the cache
};

class Observer {
 public:
  virtual ~Observer() = default;

  virtual void TurnCompleted(const TurnNote& /*turn*/,
                             std::size_t /*commands*/) {}
  virtual void TurnFailed(const TurnNote& /*turn*/,
                          const absl::Status& /*why*/) {}
  virtual void ActivityEnded(std::string_view /*type*/,
                             std::int64_t /*attempt*/,
                             const absl::Status& /*how*/) {}
  virtual void RunEvicted(std::string_view /*run_id*/) {}
  // The run has this many events, and should continue as new.
  virtual void HistoryIsLong(std::string_view /*run_id*/,
                             std::int64_t /*events*/, std::int64_t /*bytes*/) {}
  virtual void Log(std::string_view /*run_id*/, std::string_view /*line*/) {}
};

}  // namespace cohort

#endif  // COHORT_WORKER_OBSERVER_H_
