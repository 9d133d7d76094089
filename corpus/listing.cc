#include "cohort/corpus/listing.h"

#include <utility>

#include "fmt/core.h"

namespace cohort {

RunListing ListingOf(const RunFacts& facts, std::string name) {
  RunListing run;
  run.name = std::move(name);
  run.workflow_type = facts.workflow_type;
  run.workflow_id = facts.workflow_id;
  run.run_id = facts.run_id;
  run.status = facts.status;
  run.started = facts.started;
  if (facts.status != RunStatus::kOpen) run.closed = facts.latest;
  run.events = facts.events;
  run.task_queue = facts.task_queue;
  run.build_id = facts.build_id;
  run.change_versions.emplace();
  for (const RecordedChange& change : facts.changes) {
    for (const VersionMarker& answer : change.answers) {
      const bool with_version =
          RowOf(answer.dialect).element == Element::kIdAndVersion;
      run.change_versions->push_back(
          with_version ? fmt::format("{}-{}", change.change_id, answer.version)
                       : change.change_id);
    }
  }
  return run;
}

}  // namespace cohort
