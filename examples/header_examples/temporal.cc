// The examples of the headers of temporal. What asks a server is compiled; the
// rest is run.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/temporal/cluster_client.h"
#include "cohort/temporal/cluster_history.h"
#include "cohort/temporal/cluster_port.h"
#include "cohort/temporal/cluster_source.h"
#include "cohort/temporal/commands.h"
#include "cohort/temporal/connection.h"
#include "cohort/temporal/dev_server.h"
#include "cohort/temporal/json_values.h"
#include "cohort/temporal/metric_table.h"
#include "cohort/temporal/metrics.h"
#include "cohort/temporal/pace.h"
#include "cohort/temporal/proto_history.h"
#include "cohort/temporal/proto_json.h"
#include "cohort/temporal/proto_source.h"
#include "cohort/temporal/rpc_retry.h"
#include "cohort/temporal/service.h"
#include "cohort/worker/worker.h"
#include "cohort/workflow/workflow.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

absl::Status StartAndPay(std::shared_ptr<Service> service) {
  // snippet: temporal/cluster_client.h
  ClusterClient client(service);
  COHORT_ASSIGN_OR_RETURN(
      ClusterRun run,
      client.Start(ClusterStart("Order", "orders").WorkflowId("order-17")));
  COHORT_RETURN_IF_ERROR(client.Signal(run, "pay", ToPayloads(100)));
  COHORT_ASSIGN_OR_RETURN(ClusterEnd end, client.End(run));
  // end of snippet
  return absl::OkStatus();
}

absl::StatusOr<History> FetchOrder(std::shared_ptr<Service> service) {
  // snippet: temporal/cluster_history.h
  COHORT_ASSIGN_OR_RETURN(History history,
                          FetchClusterHistory(*service, {"order-17", ""}));
  // end of snippet
  return history;
}

absl::Status Work(std::shared_ptr<Service> service, const Registry& registry,
                  const Activities& activities) {
  // snippet: temporal/cluster_port.h
  ClusterPort port(service);
  Worker worker(port,
                WorkerOptions("orders").Workflows(registry).Does(activities));
  COHORT_RETURN_IF_ERROR(worker.Start());
  // end of snippet
  return absl::OkStatus();
}

absl::Status ListOpenOrders(const ConnectionOptions& connection,
                            std::vector<RunListing>& runs) {
  // snippet: temporal/cluster_source.h
  ClusterSource source(
      [&](ServiceOptions options) {
        return Service::Open(connection, std::move(options));
      },
      {.calls_per_second = 20});
  COHORT_RETURN_IF_ERROR(
      source.List("WorkflowType = 'Order' AND ExecutionStatus = 'Running'",
                  [&](RunListing run) {
                    runs.push_back(std::move(run));
                    return absl::OkStatus();
                  }));
  COHORT_ASSIGN_OR_RETURN(History history, source.Fetch(runs.at(0).name));
  // end of snippet
  return absl::OkStatus();
}

absl::Status Complete(Service& service, const TurnCompletion& completion,
                      const std::string& queue, const UpdateMessages& updates) {
  // snippet: temporal/commands.h
  nlohmann::json request = CompletionJson(completion, queue, updates);
  return service.CallJson("RespondWorkflowTaskCompleted", request).status();
  // end of snippet
}

absl::Status Load(ConnectionOptions& loaded) {
  // snippet: temporal/connection.h
  COHORT_ASSIGN_OR_RETURN(
      ConnectionOptions options,
      LoadConnection({{"address", "127.0.0.1:7233"}}, ProcessEnvironment()));
  // end of snippet
  loaded = options;
  return absl::OkStatus();
}

TEST(TemporalHeaders, ConnectionIsLoaded) {
  ConnectionOptions options;
  EXPECT_TRUE(Load(options).ok());
  EXPECT_EQ(options.address, "127.0.0.1:7233");
}

void AskDevServer() {
  // snippet: temporal/dev_server.h
  absl::StatusOr<std::unique_ptr<DevServer>> server = DevServer::Start();
  if (!server.ok()) GTEST_SKIP() << server.status();
  auto service = Service::Open({.address = (*server)->address()});
  // end of snippet
}

absl::Status ReadAnswer(const nlohmann::json& answer) {
  // snippet: temporal/json_values.h
  std::string id = TextAt(answer, "activityId");
  COHORT_ASSIGN_OR_RETURN(Payloads input, PayloadsAt(answer, "input"));
  // end of snippet
  EXPECT_EQ(id, "5");
  EXPECT_TRUE(input.empty());
  return absl::OkStatus();
}

TEST(TemporalHeaders, FieldsAreValues) {
  EXPECT_TRUE(ReadAnswer({{"activityId", "5"}}).ok());
}

TEST(TemporalHeaders, MetricsAreRows) {
  // snippet: temporal/metric_table.h
  const MetricRow& row = RowOf(Metric::kRequest);
  row.name == "temporal_request";
  // end of snippet
  EXPECT_EQ(row.name, "temporal_request");
}

absl::Status Measure(const ConnectionOptions& connection) {
  // snippet: temporal/metrics.h
  Metrics metrics("default");  // the namespace
  ServiceOptions options;
  options.on_call = [&](const CallNote& call) { metrics.Note(call); };
  COHORT_ASSIGN_OR_RETURN(std::shared_ptr<Service> service,
                          Service::Open(connection, options));
  ClusterPort port(service, &metrics);
  COHORT_RETURN_IF_ERROR(metrics.Expose("127.0.0.1:9464"));
  metrics.Text();  // as a scrape sees it
  // end of snippet
  return absl::OkStatus();
}

void CallAtPace(Pace& pace, bool (*Call)()) {
  // snippet: temporal/pace.h
  absl::SleepFor(pace.Take(absl::Now()) - absl::Now());
  bool exhausted = Call();
  if (exhausted) pace.Slow(absl::Now());
  // end of snippet
}

absl::StatusOr<History> ReadWire(std::string_view bytes) {
  // snippet: temporal/proto_history.h
  COHORT_ASSIGN_OR_RETURN(History history,
                          ReadProtoHistory(bytes, "order.bin"));
  // end of snippet
  return history;
}

absl::Status ThereAndBack(google::protobuf::Message& message) {
  // snippet: temporal/proto_json.h
  std::string json;
  AppendProtoJson(message, json);
  COHORT_RETURN_IF_ERROR(ParseProtoJson(json, message));
  // end of snippet
  EXPECT_EQ(json, R"({"name":"order.proto"})");
  return absl::OkStatus();
}

TEST(TemporalHeaders, MessagesAreJsonAndBack) {
  google::protobuf::FileDescriptorProto message;
  message.set_name("order.proto");
  EXPECT_TRUE(ThereAndBack(message).ok());
  EXPECT_EQ(message.name(), "order.proto");
}

TEST(TemporalHeaders, HistoriesAreReadFromTheWire) {
  // One event: its id (field 1) is 1, its type (field 3) TimerFired, 18.
  const absl::StatusOr<History> history =
      ReadWire(std::string("\x0a\x04\x08\x01\x18\x12"));
  ASSERT_TRUE(history.ok()) << history.status();
  EXPECT_EQ(history->events()[0].type, EventType::kTimerFired);
}

absl::Status ListExport(std::vector<std::string>& names) {
  // snippet: temporal/proto_source.h
  ProtoSource source;
  COHORT_RETURN_IF_ERROR(source.List("export.proto", [&](RunListing run) {
    names.push_back(run.name);  // "export.proto#3"
    return absl::OkStatus();
  }));
  COHORT_ASSIGN_OR_RETURN(History history, source.Fetch(names.back()));
  // end of snippet
  return absl::OkStatus();
}

TEST(TemporalHeaders, ExportThatIsNotThereIsNotFound) {
  std::vector<std::string> names;
  EXPECT_TRUE(absl::IsNotFound(ListExport(names)));
}

absl::Status TryAgain(const absl::Status& status, absl::Duration elapsed,
                      double random01) {
  const absl::StatusCode code = status.code();
  // snippet: temporal/rpc_retry.h
  RpcRetry retry;
  std::optional<absl::Duration> wait = retry.Next(code, elapsed, random01);
  if (!wait) return status;
  // end of snippet
  EXPECT_GT(*wait, absl::ZeroDuration());
  return absl::OkStatus();
}

TEST(TemporalHeaders, SomeCodesAreTriedAgain) {
  EXPECT_TRUE(TryAgain(absl::UnavailableError(""), {}, 0.5).ok());
  EXPECT_FALSE(TryAgain(absl::NotFoundError(""), {}, 0.5).ok());
}

absl::StatusOr<nlohmann::json> AskForInfo(const ConnectionOptions& options) {
  // snippet: temporal/service.h
  COHORT_ASSIGN_OR_RETURN(std::shared_ptr<Service> service,
                          Service::Open(options));
  COHORT_ASSIGN_OR_RETURN(nlohmann::json answer,
                          service->CallJson("GetSystemInfo", {}));
  // end of snippet
  return answer;
}

}  // namespace
}  // namespace cohort
