#include "cohort/workflow/operations.h"

#include "nlohmann/json.hpp"

namespace cohort {

Payload PayloadTraits<ExternalWorkflow>::ToPayload(
    const ExternalWorkflow& value) {
  return PayloadTraits<nlohmann::json>::ToPayload(
      {{"workflowId", value.workflow_id}, {"runId", value.run_id}});
}

absl::Status PayloadTraits<ExternalWorkflow>::FromPayload(
    const Payload& payload, ExternalWorkflow& value) {
  nlohmann::json json;
  COHORT_RETURN_IF_ERROR(
      PayloadTraits<nlohmann::json>::FromPayload(payload, json));
  if (!json.is_object()) {
    return InvalidArgument("payload {:.80} is no workflow's id", payload.data);
  }
  value.workflow_id = json.value("workflowId", "");
  value.run_id = json.value("runId", "");
  return absl::OkStatus();
}

}  // namespace cohort
