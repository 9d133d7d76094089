#include "cohort/embedded/history_source.h"

#include <string>
#include <utility>

#include "cohort/base/status.h"

namespace cohort {

RunListing ListingOf(const RunRow& run, std::string name) {
  RunListing listing;
  listing.name = std::move(name);
  listing.workflow_type = run.workflow_type;
  listing.workflow_id = run.workflow_id;
  listing.run_id = run.run_id;
  listing.status = run.status;
  listing.started = run.started;
  listing.closed = run.closed;
  listing.events = run.events;
  listing.task_queue = run.queue;
  listing.build_id = run.build_id;
  listing.change_versions = run.change_versions;
  return listing;
}

absl::Status EmbeddedSource::List(
    std::string_view location,
    absl::FunctionRef<absl::Status(RunListing)> use) {
  const std::string path(location);
  COHORT_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                          Store::OpenToRead(path));
  return store->ForEachRun([&](const RunRow& run) {
    return use(ListingOf(run, path + "?" + run.run_id));
  });
}

absl::StatusOr<History> EmbeddedSource::Fetch(std::string_view name) {
  const std::size_t mark = name.rfind('?');
  if (mark == std::string_view::npos) {
    return InvalidArgument("\"{}\" is no PATH?RUN of an embedded store", name);
  }
  COHORT_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                          Store::OpenToRead(std::string(name.substr(0, mark))));
  COHORT_ASSIGN_OR_RETURN(const auto run,
                          store->FindRun(name.substr(mark + 1)));
  if (!run) {
    return NotFound("{}: there is no run {}", store->path(),
                    name.substr(mark + 1));
  }
  COHORT_ASSIGN_OR_RETURN(std::string text, store->ReadHistory(run->row));
  return History::FromJson(std::move(text), {}, std::string(name));
}

}  // namespace cohort
