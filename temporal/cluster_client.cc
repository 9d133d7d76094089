#include "cohort/temporal/cluster_client.h"

#include <algorithm>
#include <random>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/corpus/dump_source.h"
#include "cohort/corpus/run_status.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"
#include "cohort/temporal/json_values.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using Json = nlohmann::json;

// The server ends a long poll by itself before this.
constexpr absl::Duration kLongPoll = absl::Seconds(70);

// 122 random bits in the shape of a version 4 UUID.
std::string NewId() {
  std::random_device random;
  const auto bits = [&] { return static_cast<std::uint32_t>(random()); };
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:04x}{:08x}", bits(),
                     bits() & 0xFFFFu, bits() & 0xFFFu,
                     (bits() & 0x3FFFu) | 0x8000u, bits() & 0xFFFFu, bits());
}

Json JsonOf(const Payloads& payloads) {
  std::string text;
  AppendPayloads(text, payloads);
  return Json::parse(text);
}

Json JsonOf(const PayloadMap& fields) {
  Json json = Json::object();
  for (const auto& [name, payload] : fields) {
    std::string text;
    AppendPayload(text, payload);
    json[name] = Json::parse(text);
  }
  return json;
}

absl::StatusOr<std::string> MessageOf(const Json& outcome) {
  COHORT_ASSIGN_OR_RETURN(const Failure read, FailureAt(outcome, "failure"));
  return read.cause == nullptr
             ? read.message
             : fmt::format("{}: {}", read.message, read.cause->message);
}

Json ExecutionOf(const ClusterRun& run) {
  return {{"workflowId", run.workflow_id}, {"runId", run.run_id}};
}

Json StartJson(const ClusterStart& start, const Service& service) {
  Json json = {
      {"workflowId", start.workflow_id.empty() ? NewId() : start.workflow_id},
      {"workflowType", {{"name", start.workflow_type}}},
      {"taskQueue", {{"name", start.queue}}},
      {"input", JsonOf(start.input)},
      {"identity", service.identity()},
      {"requestId", NewId()}};
  const auto text = [&](const char* field, const std::string& value) {
    if (!value.empty()) json[field] = value;
  };
  text("workflowIdReusePolicy", start.reuse_policy);
  text("workflowIdConflictPolicy", start.conflict_policy);
  text("cronSchedule", start.cron);
  const auto duration = [&](const char* field, absl::Duration value) {
    if (value > absl::ZeroDuration()) {
      json[field] = DurationText(absl::ToChronoNanoseconds(value));
    }
  };
  duration("workflowExecutionTimeout", start.execution_timeout);
  duration("workflowRunTimeout", start.run_timeout);
  duration("workflowTaskTimeout", start.task_timeout);
  duration("workflowStartDelay", start.delay);
  if (!start.memo.empty()) json["memo"] = {{"fields", JsonOf(start.memo)}};
  if (!start.search_attributes.empty()) {
    json["searchAttributes"] = {
        {"indexedFields", JsonOf(start.search_attributes)}};
  }
  return json;
}

ClusterRun StartedRun(const Json& request, const Json& answer) {
  return {request.value("workflowId", ""), answer.value("runId", "")};
}

absl::Status StillWaiting(std::string_view what, const ClusterRun& run,
                          absl::Duration patience) {
  return MakeStatus(absl::StatusCode::kDeadlineExceeded,
                    "{} of workflow {}: not there after {} s", what,
                    run.workflow_id, absl::ToInt64Seconds(patience));
}

}  // namespace

absl::StatusOr<ClusterRun> ClusterClient::Start(const ClusterStart& start) {
  const Json request = StartJson(start, *service_);
  COHORT_ASSIGN_OR_RETURN(
      const Json answer, service_->CallJson("StartWorkflowExecution", request));
  return StartedRun(request, answer);
}

absl::StatusOr<ClusterRun> ClusterClient::SignalWithStart(
    const ClusterStart& start, std::string_view signal, const Payloads& input) {
  Json request = StartJson(start, *service_);
  request["signalName"] = signal;
  request["signalInput"] = JsonOf(input);
  COHORT_ASSIGN_OR_RETURN(
      const Json answer,
      service_->CallJson("SignalWithStartWorkflowExecution", request));
  return StartedRun(request, answer);
}

absl::Status ClusterClient::Signal(const ClusterRun& run, std::string_view name,
                                   const Payloads& input) {
  return service_
      ->CallJson("SignalWorkflowExecution",
                 {{"workflowExecution", ExecutionOf(run)},
                  {"signalName", name},
                  {"input", JsonOf(input)},
                  {"identity", service_->identity()},
                  {"requestId", NewId()}})
      .status();
}

absl::Status ClusterClient::Cancel(const ClusterRun& run,
                                   std::string_view reason) {
  return service_
      ->CallJson("RequestCancelWorkflowExecution",
                 {{"workflowExecution", ExecutionOf(run)},
                  {"reason", reason},
                  {"identity", service_->identity()},
                  {"requestId", NewId()}})
      .status();
}

absl::Status ClusterClient::Terminate(const ClusterRun& run,
                                      std::string_view reason) {
  return service_
      ->CallJson("TerminateWorkflowExecution",
                 {{"workflowExecution", ExecutionOf(run)},
                  {"reason", reason},
                  {"identity", service_->identity()}})
      .status();
}

absl::StatusOr<ClusterRun> ClusterClient::Reset(const ClusterRun& run,
                                                std::int64_t event,
                                                std::string_view reason) {
  COHORT_ASSIGN_OR_RETURN(
      const Json answer,
      service_->CallJson("ResetWorkflowExecution",
                         {{"workflowExecution", ExecutionOf(run)},
                          {"workflowTaskFinishEventId", event},
                          {"reason", reason},
                          {"identity", service_->identity()},
                          {"requestId", NewId()}}));
  return ClusterRun{run.workflow_id, answer.value("runId", "")};
}

absl::StatusOr<Payloads> ClusterClient::Query(const ClusterRun& run,
                                              std::string_view name,
                                              const Payloads& input,
                                              absl::Duration patience) {
  auto answer = service_->CallJson(
      "QueryWorkflow",
      {{"execution", ExecutionOf(run)},
       {"query", {{"queryType", name}, {"queryArgs", JsonOf(input)}}}},
      {.timeout = patience, .long_poll = true});
  // So the server says that the workflow's own code refused.
  if (answer.status().code() == absl::StatusCode::kInvalidArgument) {
    return MakeStatus(absl::StatusCode::kFailedPrecondition, "query {}: {}",
                      name, ToStd(answer.status().message()));
  }
  if (!answer.ok()) return answer.status();
  return PayloadsAt(*answer, "queryResult");
}

absl::StatusOr<Payloads> ClusterClient::Update(const ClusterRun& run,
                                               std::string_view name,
                                               const Payloads& input,
                                               std::string id,
                                               absl::Duration patience) {
  if (id.empty()) id = NewId();
  const Json policy = {{"lifecycleStage",
                        "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED"}};
  const absl::Time deadline = absl::Now() + patience;
  const CallOptions options = {.timeout = std::min(patience, kLongPoll),
                               .long_poll = true};
  Json answer;
  COHORT_ASSIGN_OR_RETURN(
      answer,
      service_->CallJson(
          "UpdateWorkflowExecution",
          {{"workflowExecution", ExecutionOf(run)},
           {"waitPolicy", policy},
           {"request",
            {{"meta", {{"updateId", id}, {"identity", service_->identity()}}},
             {"input", {{"name", name}, {"args", JsonOf(input)}}}}}},
          options));
  while (!answer.contains("outcome")) {
    if (absl::Now() > deadline)
      return StillWaiting("the update", run, patience);
    COHORT_ASSIGN_OR_RETURN(
        answer,
        service_->CallJson(
            "PollWorkflowExecutionUpdate",
            {{"updateRef",
              {{"workflowExecution", ExecutionOf(run)}, {"updateId", id}}},
             {"identity", service_->identity()},
             {"waitPolicy", policy}},
            options));
  }
  const Json& outcome = answer["outcome"];
  if (outcome.contains("failure")) {
    COHORT_ASSIGN_OR_RETURN(const std::string message, MessageOf(outcome));
    return FailedPrecondition("update {}: {}", name, message);
  }
  return PayloadsAt(outcome, "success");
}

absl::StatusOr<RunListing> ClusterClient::Describe(const ClusterRun& run) {
  COHORT_ASSIGN_OR_RETURN(
      const Json answer, service_->CallJson("DescribeWorkflowExecution",
                                            {{"execution", ExecutionOf(run)}}));
  COHORT_ASSIGN_OR_RETURN(
      RunListing listing,
      ListingOfExecution(
          answer.value("workflowExecutionInfo", Json::object()).dump()));
  listing.name = fmt::format("{}/{}", listing.workflow_id, listing.run_id);
  return listing;
}

absl::StatusOr<ClusterEnd> ClusterClient::End(const ClusterRun& run,
                                              absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  Json request = {
      {"execution", ExecutionOf(run)},
      {"waitNewEvent", true},
      {"historyEventFilterType", "HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT"}};
  Json events;
  while (events.empty()) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) {
      return StillWaiting("the end", run, patience);
    }
    auto page = service_->CallJson(
        "GetWorkflowExecutionHistory", request,
        {.timeout = std::min(left, kLongPoll), .long_poll = true});
    if (page.status().code() == absl::StatusCode::kDeadlineExceeded) continue;
    if (!page.ok()) return page.status();
    events =
        page->value("history", Json::object()).value("events", Json::array());
    if (page->contains("nextPageToken")) {
      request["nextPageToken"] = (*page)["nextPageToken"];
    } else {
      request.erase("nextPageToken");
    }
  }
  COHORT_ASSIGN_OR_RETURN(
      const History history,
      History::FromJson(events.dump(), {}, run.workflow_id));
  const Event& last = history.events().back();
  ClusterEnd end;
  end.status = EndedBy(last.type).value_or(RunStatus::kOpen);
  PayloadReader reader;
  if (!last.input.empty()) {
    COHORT_ASSIGN_OR_RETURN(end.result, reader.ReadPayloads(last.input));
  }
  if (!last.failure.empty()) {
    COHORT_ASSIGN_OR_RETURN(end.failure, reader.ReadFailure(last.failure));
  }
  COHORT_ASSIGN_OR_RETURN(const std::string next,
                          reader.ReadAttributeText(last, "newExecutionRunId"));
  if (!next.empty()) end.next = {run.workflow_id, next};
  return end;
}

}  // namespace cohort
