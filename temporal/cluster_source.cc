#include "cohort/temporal/cluster_source.h"

#include <charconv>
#include <utility>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/corpus/dump_source.h"
#include "nlohmann/json.hpp"

namespace cohort {

absl::StatusOr<ClusterRun> ClusterRunOf(std::string_view name) {
  // A workflow's id may hold slashes, a run's does not.
  const std::size_t slash = name.rfind('/');
  if (slash == std::string_view::npos || slash == 0) {
    return InvalidArgument("{}: no run of a cluster, like WORKFLOW_ID/RUN_ID",
                           name);
  }
  return ClusterRun{std::string(name.substr(0, slash)),
                    std::string(name.substr(slash + 1))};
}

ClusterSource::ClusterSource(Connect connect, ClusterSourceOptions options)
    : connect_(std::move(connect)),
      options_(options),
      pace_(options.calls_per_second) {}

absl::StatusOr<std::shared_ptr<Service>> ClusterSource::Connected() {
  const std::lock_guard lock(mutex_);
  if (service_ == nullptr) {
    ServiceOptions options;
    // The server's limits ask for patience, not for an error.
    options.retry.patience = absl::Minutes(2);
    options.on_call = [this](const CallNote& call) {
      if (call.code == absl::StatusCode::kResourceExhausted) {
        pace_.Slow(absl::Now());
      }
    };
    COHORT_ASSIGN_OR_RETURN(service_, connect_(std::move(options)));
  }
  return service_;
}

void ClusterSource::WaitForTurn() {
  const absl::Time now = absl::Now();
  absl::SleepFor(pace_.Take(now) - now);
}

absl::Status ClusterSource::List(
    std::string_view location,
    absl::FunctionRef<absl::Status(RunListing)> use) {
  COHORT_ASSIGN_OR_RETURN(const std::shared_ptr<Service> service, Connected());
  nlohmann::json request = {{"query", location},
                            {"pageSize", options_.page_runs}};
  while (true) {
    WaitForTurn();
    COHORT_ASSIGN_OR_RETURN(
        const nlohmann::json page,
        service->CallJson("ListWorkflowExecutions", request));
    for (const auto& execution :
         page.value("executions", nlohmann::json::array())) {
      auto run = ListingOfExecution(execution.dump());
      if (!run.ok()) return Annotate(run.status(), "the server's listing");
      run->name = fmt::format("{}/{}", run->workflow_id, run->run_id);
      COHORT_RETURN_IF_ERROR(use(*std::move(run)));
    }
    if (!page.contains("nextPageToken")) return absl::OkStatus();
    request["nextPageToken"] = page["nextPageToken"];
  }
}

absl::StatusOr<std::int64_t> ClusterSource::Count(std::string_view location) {
  COHORT_ASSIGN_OR_RETURN(const std::shared_ptr<Service> service, Connected());
  WaitForTurn();
  COHORT_ASSIGN_OR_RETURN(
      const nlohmann::json answer,
      service->CallJson("CountWorkflowExecutions", {{"query", location}}));
  const std::string text = answer.value("count", "0");
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

absl::StatusOr<History> ClusterSource::Fetch(std::string_view name) {
  COHORT_ASSIGN_OR_RETURN(const std::shared_ptr<Service> service, Connected());
  COHORT_ASSIGN_OR_RETURN(const ClusterRun run, ClusterRunOf(name));
  return FetchClusterHistory(*service, run, {}, [this] {
    WaitForTurn();
    return absl::OkStatus();
  });
}

}  // namespace cohort
