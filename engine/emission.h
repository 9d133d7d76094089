// What a live turn asks for, and what is handed to it from outside.
//
//   absl::StatusOr<Emission> emission = run.Advance(turn);
//   if (emission.ok()) Send(emission->commands);
//
// Threads: like any value. Errors: none.
#ifndef COHORT_ENGINE_EMISSION_H_
#define COHORT_ENGINE_EMISSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cohort/engine/operations.h"
#include "cohort/history/command.h"
#include "cohort/history/payload.h"

namespace cohort {

// A local activity that has to be run, by whoever drives the run.
struct LocalCall {
  OperationId operation = 0;
  std::string type;
  Payloads input;
  std::int64_t attempt = 1;
  std::vector<Attribute> attributes;  // LocalActivityOptions
};

// What became of it: a result, a failure, or a failure and how long to wait
// before the next attempt, by a timer of the run.
struct LocalOutcome {
  Payloads result;
  std::optional<Failure> failure;
  std::optional<Nanoseconds> backoff;
  absl::Time completed = absl::UnixEpoch();
};

// An update that somebody asks of the run.
struct UpdateRequest {
  std::string id;
  std::string name;
  Payloads input;
  // It comes behind the event of this id.
  std::int64_t behind_event = 0;
};

struct RejectedUpdate {
  std::string id;
  Failure failure;
};

// What a live turn asks the server to record.
struct Emission {
  std::vector<Command> commands;  // in order; the closing one last
  bool closed = false;
  // Local activities that have begun since the last emission.
  std::vector<LocalCall> locals;
  // Those that the code has canceled since.
  std::vector<OperationId> canceled_locals;
  // Updates that the code does not take. They leave no event.
  std::vector<RejectedUpdate> rejected;
  // What readers have to know (SDK metadata): the dialects' flags, and ours.
  std::vector<std::int64_t> lang_used_flags;
  std::vector<std::int64_t> core_used_flags;
};

}  // namespace cohort

#endif  // COHORT_ENGINE_EMISSION_H_
