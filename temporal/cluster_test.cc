// The client and the source of histories, against Temporal's own server.
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "cohort/temporal/cluster_client.h"
#include "cohort/temporal/cluster_source.h"
#include "cohort/temporal/dev_server.h"
#include "cohort/workflow/convert.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

ServiceOptions Impatient() {
  ServiceOptions options;
  options.retry.patience = absl::Milliseconds(50);
  return options;
}

class Cluster : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto server = DevServer::Start();
    if (!server.ok()) {
      std::cout << "skipped: " << server.status().message() << "\n";
      return;
    }
    server_ = server->release();
  }
  static void TearDownTestSuite() { delete server_; }

  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP();
    service_ = *Service::Open({.address = server_->address()});
    client_ = std::make_unique<ClusterClient>(service_);
  }

  ClusterSource Source(ClusterSourceOptions options = {}) {
    return ClusterSource(
        [](ServiceOptions with) {
          return Service::Open({.address = server_->address()},
                               std::move(with));
        },
        options);
  }
  // The listing follows the runs a little later.
  std::vector<RunListing> ListUntil(std::size_t count, std::string query) {
    std::vector<RunListing> runs;
    ClusterSource source = Source({.calls_per_second = 0, .page_runs = 2});
    for (int i = 0; i < 200 && runs.size() != count; ++i) {
      if (i > 0) absl::SleepFor(absl::Milliseconds(50));
      runs.clear();
      const absl::Status status = source.List(query, [&](RunListing run) {
        runs.push_back(std::move(run));
        return absl::OkStatus();
      });
      EXPECT_TRUE(status.ok()) << status;
    }
    return runs;
  }

  static DevServer* server_;
  std::shared_ptr<Service> service_;
  std::unique_ptr<ClusterClient> client_;
};
DevServer* Cluster::server_ = nullptr;

TEST_F(Cluster, ARunsLifeWithoutAWorker) {
  const auto run = client_->Start(
      ClusterStart("Order", "nobody").WorkflowId("life").Input(ToPayloads(7)));
  ASSERT_TRUE(run.ok()) << run.status();
  const auto again =
      client_->Start(ClusterStart("Order", "nobody").WorkflowId("life"));
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);

  EXPECT_TRUE(client_->Signal(*run, "pay", ToPayloads(100)).ok());
  EXPECT_TRUE(client_->Cancel(*run, "enough").ok());
  const auto described = client_->Describe({"life", ""});
  ASSERT_TRUE(described.ok()) << described.status();
  EXPECT_EQ(described->status, RunStatus::kOpen);
  EXPECT_EQ(described->run_id, run->run_id);
  EXPECT_EQ(described->workflow_type, "Order");

  EXPECT_TRUE(client_->Terminate(*run, "test").ok());
  const auto end = client_->End(*run);
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->status, RunStatus::kTerminated);

  const auto history = client_->FetchHistory(*run);
  ASSERT_TRUE(history.ok()) << history.status();
  std::vector<EventType> types;
  for (const Event& event : history->events()) types.push_back(event.type);
  EXPECT_THAT(types, ::testing::ElementsAre(
                         EventType::kWorkflowExecutionStarted,
                         EventType::kWorkflowTaskScheduled,
                         EventType::kWorkflowExecutionSignaled,
                         EventType::kWorkflowExecutionCancelRequested,
                         EventType::kWorkflowExecutionTerminated));
  EXPECT_EQ(client_->Signal(*run, "pay", {}).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(Cluster, SignalWithStartFindsTheOpenRun) {
  const ClusterStart start =
      ClusterStart("Order", "nobody").WorkflowId("with-signal");
  const auto first = client_->SignalWithStart(start, "pay", ToPayloads(1));
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = client_->SignalWithStart(start, "pay", ToPayloads(2));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->run_id, second->run_id);
  EXPECT_TRUE(client_->Terminate(*first).ok());
}

TEST_F(Cluster, ListsByPagesAndFetches) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    const auto run = client_->Start(
        ClusterStart("Listed", "nobody").WorkflowId(fmt::format("a/b-{}", i)));
    ASSERT_TRUE(run.ok()) << run.status();
    names.push_back(run->workflow_id + "/" + run->run_id);
  }
  const std::string query = "WorkflowType = 'Listed'";
  const std::vector<RunListing> runs = ListUntil(5, query);
  ASSERT_THAT(runs, SizeIs(5));
  ClusterSource source = Source();
  EXPECT_EQ(source.Count(query).value_or(-1), 5);
  for (const RunListing& run : runs) {
    EXPECT_THAT(names, ::testing::Contains(run.name));
    EXPECT_EQ(run.status, RunStatus::kOpen);
    EXPECT_EQ(run.task_queue, "nobody");
    const auto history = source.Fetch(run.name);
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(history->events().front().name(), "Listed");
  }
  const auto bad = source.List(
      "no such filter ~", [](const RunListing&) { return absl::OkStatus(); });
  EXPECT_EQ(bad.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(source.Fetch("nobody").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(Cluster, AQueryWithoutAWorkerEndsInTime) {
  const auto run = client_->Start(ClusterStart("Order", "nobody"));
  ASSERT_TRUE(run.ok());
  const auto answer =
      client_->Query(*run, "state", {}, absl::Milliseconds(300));
  EXPECT_FALSE(answer.ok());
  const auto end = client_->End(*run, absl::Milliseconds(300));
  EXPECT_EQ(end.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(client_->Terminate(*run).ok());
}

TEST_F(Cluster, TlsDoesNotFallBack) {
  const std::string secret = "s3cr3t-k3y";
  const auto service = Service::Open(
      {.address = server_->address(), .api_key = secret, .tls = TlsOptions{}},
      Impatient());
  const auto answer = (*service)->CallJson("GetSystemInfo", {});
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(answer.status().message()), Not(HasSubstr(secret)));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("TLS"));
}

TEST_F(Cluster, ShutdownEndsWhatWaits) {
  const auto run = client_->Start(ClusterStart("Order", "nobody"));
  ASSERT_TRUE(run.ok());
  std::thread closer([&] {
    absl::SleepFor(absl::Milliseconds(100));
    service_->Shutdown();
  });
  EXPECT_EQ(client_->End(*run).status().code(), absl::StatusCode::kCancelled);
  closer.join();
}

TEST(ClusterWithoutServer, SaysWhatToDo) {
  const std::string address = fmt::format("127.0.0.1:{}", FreePort());
  const auto service = Service::Open({.address = address}, Impatient());
  const auto answer = (*service)->CallJson("GetSystemInfo", {});
  EXPECT_EQ(std::string(answer.status().message()),
            fmt::format("cannot reach {}: connection refused; is the server "
                        "running?",
                        address));
  EXPECT_EQ((*service)->CallJson("NoSuchMethod", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ClusterRunOf, TheLastSlashParts) {
  EXPECT_EQ(ClusterRunOf("a/b/c")->workflow_id, "a/b");
  EXPECT_EQ(ClusterRunOf("a/b/c")->run_id, "c");
  EXPECT_FALSE(ClusterRunOf("abc").ok());
  EXPECT_FALSE(ClusterRunOf("/c").ok());
}

}  // namespace
}  // namespace cohort
