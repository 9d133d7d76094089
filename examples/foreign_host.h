// Another SDK's engine with our versioning: `versioning` and `markers` alone.
//
// ToyRun is an event loop that is not ours: a run is a function that is called
// again for each task over a vector of events. To offer GetVersion and Patched
// it models VersionHost; nothing of `workflow` or `engine` is used.
//
//   ToyRun run;
//   run.BeginLiveTask();                 // or BeginReplayedTask(outputs)
//   int v = cohort::GetVersion(run, "Step1", 1, 2);
//   Send(run.commands());
#ifndef COHORT_EXAMPLES_FOREIGN_HOST_H_
#define COHORT_EXAMPLES_FOREIGN_HOST_H_

#include <map>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/history/event.h"
#include "cohort/history/payload_reader.h"
#include "cohort/markers/markers.h"
#include "cohort/versioning/versioning.h"

namespace cohort_examples {

class ToyRun {
 public:
  // A live task: what it decides will be recorded.
  void BeginLiveTask() { (void)Begin({}, kLive); }
  // A task that history has completed: its outputs hold its answers.
  absl::Status BeginReplayedTask(std::span<const cohort::Event> outputs) {
    return Begin(outputs, kReplayed);
  }

  // What the task asks the server to record, in order.
  const std::vector<cohort::Command>& commands() const { return commands_; }
  // The first error of the run; a run with one issues nothing more.
  const absl::Status& status() const { return status_; }

  // --- VersionHost -----------------------------------------------------------

  cohort::VersionBook& versions() { return book_; }
  bool turn_completed() const { return mode_ == kReplayed; }
  const cohort::RecordedVersion* recorded(std::string_view change_id) {
    auto it = recorded_.find(change_id);
    return it == recorded_.end() ? nullptr : &it->second;
  }
  std::string_view read_only() const { return {}; }
  const cohort::CohortPolicy* policy() const { return nullptr; }
  absl::Time start_time() const { return absl::UnixEpoch(); }
  std::string_view workflow_id() const { return "toy-1"; }
  void ExpectMarker(const cohort::VersionRecord&, std::source_location) {
    // A stricter engine would check the marker's place among its commands.
  }
  void IssueMarker(const cohort::VersionRecord& record, std::source_location) {
    cohort::VersionCommands c =
        EncodeVersion(cohort::Dialect::kGo, book_, record);
    commands_.push_back(std::move(c.marker));
    if (c.upsert) commands_.push_back(*std::move(c.upsert));
  }
  void Refuse(absl::Status status, std::source_location) {
    status_.Update(status);
  }

 private:
  enum Mode { kLive, kReplayed };

  absl::Status Begin(std::span<const cohort::Event> outputs, Mode mode) {
    // What the last task recorded and nobody asked for is known from now on.
    for (const auto& [id, r] : recorded_) {
      book_.Record({id, r.version, r.family, r.deprecated},
                   cohort::Standing::kUnasked);
    }
    mode_ = mode;
    recorded_.clear();
    commands_.clear();
    for (const cohort::Event& event : outputs) {
      if (event.type != cohort::EventType::kMarkerRecorded) continue;
      COHORT_ASSIGN_OR_RETURN(std::optional<cohort::VersionMarker> marker,
                              DecodeVersionMarker(event, reader_));
      if (!marker) continue;
      recorded_[marker->change_id] = {marker->version,
                                      RowOf(marker->dialect).family,
                                      marker->deprecated, false};
    }
    return absl::OkStatus();
  }

  cohort::VersionBook book_;
  cohort::PayloadReader reader_;
  std::map<std::string, cohort::RecordedVersion, std::less<>> recorded_;
  std::vector<cohort::Command> commands_;
  absl::Status status_;
  Mode mode_ = kLive;
};

static_assert(cohort::VersionHost<ToyRun>);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_FOREIGN_HOST_H_
