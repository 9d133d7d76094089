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
  try {
    json.at("workflowId").get_to(value.workflow_id);
    json.at("runId").get_to(value.run_id);
  } catch (const nlohmann::json::exception&) {
    return InvalidArgument("payload {:.80} is no workflow's ids", payload.data);
  }
  return absl::OkStatus();
}

}  // namespace cohort
