#include "cohort/temporal/cluster_history.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/temporal/proto_history.h"
#include "temporal/api/workflowservice/v1/request_response.pb.h"

namespace cohort {

absl::StatusOr<History> FetchClusterHistory(
    Service& service, const ClusterRun& run, ReadOptions options,
    const std::function<absl::Status()>& before_page) {
  namespace api = temporal::api;
  api::workflowservice::v1::GetWorkflowExecutionHistoryRequest request;
  request.set_namespace_(service.ns());
  request.mutable_execution()->set_workflow_id(run.workflow_id);
  request.mutable_execution()->set_run_id(run.run_id);
  const std::string source = fmt::format("{}/{}", run.workflow_id, run.run_id);
  const std::size_t bytes_max = std::min(options.bytes_max, kHistoryBytesMax);
  api::history::v1::History all;
  std::size_t bytes = 0;
  while (true) {
    if (before_page) COHORT_RETURN_IF_ERROR(before_page());
    api::workflowservice::v1::GetWorkflowExecutionHistoryResponse page;
    COHORT_RETURN_IF_ERROR(
        service.Call("GetWorkflowExecutionHistory", request, page));
    bytes += page.ByteSizeLong();
    if (bytes > bytes_max) {
      return ResourceExhausted(
          "{}: longer than {} bytes, the most that is read", source, bytes_max);
    }
    auto& events = *page.mutable_history()->mutable_events();
    all.mutable_events()->Reserve(all.events_size() + events.size());
    for (auto& event : events) all.add_events()->Swap(&event);
    if (page.next_page_token().empty()) break;
    request.set_next_page_token(page.next_page_token());
  }
  return HistoryOfProto(all, source, options);
}

}  // namespace cohort
