// Replayer: does today's code still make the decisions of an old history?
//
//   cohort::Registry registry;
//   registry.Workflow("Order", Order);
//   cohort::Replayer replayer(registry);
//   cohort::ReplayReport report = replayer.ReplayFile("order-17.json");
//   if (report.verdict != cohort::Verdict::kClean) {
//     std::cerr << report.ToString() << "\n";
//   }
//
// The history may end anywhere. A cut at the end of a turn's outputs is judged
// whole. Where it ends inside one workflow task's outputs, it is judged on
// those it has; `kIncomplete` says that the rest would decide.
//
// Threads: one Replayer may be used by several at once; each replay is a run of
// its own. Errors: in the report; nothing is thrown.
#ifndef COHORT_TESTING_REPLAYER_H_
#define COHORT_TESTING_REPLAYER_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cohort/engine/run.h"
#include "cohort/history/history.h"
#include "cohort/testing/report.h"
#include "cohort/workflow/registry.h"

namespace cohort {

struct ReplayOptions {
  // Whose rules the history is read by; null: what its own evidence says.
  const Profile* profile = nullptr;
  // Judge the events up to this one only.
  std::optional<std::int64_t> until_event;
  // Hand the events over in pages of this many; 0: all at once.
  std::size_t page_events = 0;
  // Where to find more than the writer's own replayer does.
  Strictness strictness;
  Validation validation = Validation::kWhatIsRead;
  // For debuggers, see RunOptions.
  std::int64_t stop_at_event = 0;
  std::function<void()> before;
  // Called with the run when its replay is over, for what a report leaves out.
  std::function<void(Run&)> inspect;
};

class Replayer {
 public:
  // `registry` outlives the replayer.
  explicit Replayer(const Registry& registry, ReplayOptions options = {});

  ReplayReport Replay(const History& history) const;
  ReplayReport ReplayFile(const std::string& path) const;

 private:
  const Registry& registry_;
  ReplayOptions options_;
};

}  // namespace cohort

#endif  // COHORT_TESTING_REPLAYER_H_
