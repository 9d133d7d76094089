// VersionHost: all that an engine implements to offer GetVersion and Patched.
//
// `cohort::Context` models it; examples/foreign_host shows another event loop
// doing so. The calls in versioning/get_version.h are templates over it.
#ifndef COHORT_VERSIONING_HOST_H_
#define COHORT_VERSIONING_HOST_H_

#include <concepts>
#include <source_location>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cohort/versioning/policy.h"
#include "cohort/versioning/version.h"
#include "cohort/versioning/version_book.h"

namespace cohort {

template <typename H>
concept VersionHost =
    requires(H& host, std::string_view change_id, const VersionRecord& record,
             std::source_location site, absl::Status status) {
      // The run's answers so far.
      { host.versions() } -> std::same_as<VersionBook&>;
      // Is this turn's completion known? Then it is a replay, and its answers
      // stand in its outputs.
      { host.turn_completed() } -> std::convertible_to<bool>;
      // What this turn's outputs record for the id; null for nothing.
      { host.recorded(change_id) } -> std::same_as<const RecordedVersion*>;
      // Why calls that change the run are refused right now ("a side-effect
      // function", "a query handler"); empty when they are not.
      { host.read_only() } -> std::convertible_to<std::string_view>;
      // What a live first call answers; null for the newest version.
      { host.policy() } -> std::convertible_to<const CohortPolicy*>;
      // The time of the run's WorkflowExecutionStarted, and its workflow id.
      { host.start_time() } -> std::convertible_to<absl::Time>;
      { host.workflow_id() } -> std::convertible_to<std::string_view>;
      // Replay: the marker (and the upsert that the outputs show) must come.
      host.ExpectMarker(record, site);
      // Live: record the marker, and the upsert if it is within its size.
      host.IssueMarker(record, site);
      // Fails the run with `status`. May leave by an exception; where it
      // returns, the call answers with something harmless.
      host.Refuse(status, site);
    };

}  // namespace cohort

#endif  // COHORT_VERSIONING_HOST_H_
