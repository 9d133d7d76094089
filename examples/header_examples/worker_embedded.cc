// The examples of the headers of worker and of embedded.
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/embedded/embedded.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/worker/activities.h"
#include "cohort/worker/local_activities.h"
#include "cohort/worker/observer.h"
#include "cohort/worker/retry.h"
#include "cohort/worker/run_cache.h"
#include "cohort/worker/task_port.h"
#include "cohort/worker/turn_handler.h"
#include "cohort/worker/worker.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::OrderRegistry;

Activities OrderActivities() {
  Activities activities;
  activities.Add("charge", [](std::string) { return "paid"; });
  return activities;
}

absl::Status StartOnDisk(const Registry& registry,
                         const Activities& activities) {
  // snippet: embedded/engine.h
  COHORT_ASSIGN_OR_RETURN(std::unique_ptr<EmbeddedEngine> engine,
                          EmbeddedEngine::Open("orders.db", EngineOptions()));
  Worker worker(engine->port(),
                WorkerOptions("orders").Workflows(registry).Does(activities));
  COHORT_RETURN_IF_ERROR(worker.Start());
  COHORT_RETURN_IF_ERROR(
      engine->client().Start(StartRequest("Order", "orders")).status());
  // end of snippet
  return absl::OkStatus();
}

TEST(EmbeddedHeaders, EngineKeepsRunsOnDisk) {
  EXPECT_OK(StartOnDisk(OrderRegistry(), OrderActivities()));
}

absl::Status ShipOne(EmbeddedEngine* engine, const std::string& order,
                     std::string& shipped) {
  // snippet: embedded/client.h
  Client& client = engine->client();
  COHORT_ASSIGN_OR_RETURN(RunKey run,
                          client.Start(StartRequest("Order", "orders")
                                           .WorkflowId("order-17")
                                           .Input(ToPayloads(order))));
  COHORT_ASSIGN_OR_RETURN(std::string result, client.Result<std::string>(run));
  // end of snippet
  shipped = result;
  return absl::OkStatus();
}

TEST(EmbeddedHeaders, ClientStartsAndWaitsInVirtualTime) {
  const Registry registry = OrderRegistry();
  const Activities activities = OrderActivities();
  auto engine = EmbeddedEngine::Open("", EngineOptions().VirtualTime());
  ASSERT_TRUE(engine.ok()) << engine.status();
  Worker worker((*engine)->port(),
                WorkerOptions("orders").Workflows(registry).Does(activities));
  (*engine)->Drive(worker);
  std::string shipped;
  EXPECT_OK(ShipOne(engine->get(), "o-17", shipped));
  EXPECT_EQ(shipped, "shipped:o-17");
}

TEST(EmbeddedHeaders, RequestsAreValues) {
  const std::string order = "o-17";
  // snippet: embedded/requests.h
  StartRequest start("Order", "orders");
  start.WorkflowId("order-17").Input(ToPayloads(order));
  // end of snippet
  EXPECT_EQ(start.workflow_id, "order-17");
  EXPECT_EQ(start.input[0].data, "\"o-17\"");
}

absl::Status StartWorker(EmbeddedEngine* engine, const Registry& registry,
                         const Activities& activities) {
  // snippet: worker/worker.h
  cohort::Worker worker(engine->port(), cohort::WorkerOptions("orders")
                                            .Workflows(registry)
                                            .Does(activities)
                                            .BuildId("build-7"));
  COHORT_RETURN_IF_ERROR(worker.Start());  // threads, until Shutdown
  // end of snippet
  return absl::OkStatus();
}

TEST(WorkerHeaders, WorkerStartsAndShutsDown) {
  auto engine = EmbeddedEngine::Open("", EngineOptions());
  ASSERT_TRUE(engine.ok()) << engine.status();
  EXPECT_OK(StartWorker(engine->get(), OrderRegistry(), OrderActivities()));
}

struct Bank {
  std::string Charge(const std::string& order) { return "paid " + order; }
};

TEST(WorkerHeaders, ActivitiesRunByName) {
  Bank bank;
  int copied = 0;
  const auto Copy = [&](const std::string&, int) { ++copied; };
  // snippet: worker/activities.h
  cohort::Activities activities;
  activities.Add("charge",
                 [&](std::string order) { return bank.Charge(order); });
  activities.Add("copy", [&](cohort::ActivityContext& ctx, std::string path) {
    int from = ctx.LastDetails<int>().value_or(0);
    for (int block = from; block < 100; ++block) {
      if (ctx.Heartbeat(block)) throw cohort::CanceledError();
      Copy(path, block);
    }
  });
  // end of snippet
  ActivityTask task;
  ActivityContext ctx(task, [](Payloads) { return false; });
  task.type = "charge";
  task.input = ToPayloads("o-1");
  EXPECT_EQ(activities.Run(task, ctx).result.at(0).data, "\"paid o-1\"");
  task.type = "copy";
  task.heartbeat_details = ToPayloads(90);
  EXPECT_EQ(activities.Run(task, ctx).end, ActivityOutcome::End::kResult);
  EXPECT_EQ(copied, 10);
}

// snippet: worker/observer.h
class Printer : public cohort::Observer {
  void TurnFailed(const TurnNote& turn, const absl::Status& why) override {
    out << turn.workflow_id << ": " << why.message() << "\n";
  }
  // end of snippet

 public:
  std::ostringstream out;
  // snippet: worker/observer.h
};
// end of snippet

TEST(WorkerHeaders, ObserverIsTold) {
  Printer printer;
  Observer& observer = printer;
  observer.TurnFailed({.workflow_id = "o-1"}, absl::InternalError("why"));
  EXPECT_EQ(printer.out.str(), "o-1: why\n");
}

TEST(WorkerHeaders, RetryRulesDecide) {
  const Command command;
  Failure failure;
  const std::int64_t attempt = 2;
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const absl::Time expires = absl::InfiniteFuture();
  absl::Duration waited;
  const auto Wait = [&](absl::Duration backoff) { waited = backoff; };
  // snippet: worker/retry.h
  RetryRules rules = RetryRulesOf(command.attributes);
  RetryDecision next = DecideRetry(rules, attempt, failure, now, expires);
  if (next.state == RetryState::kInProgress) Wait(next.backoff);
  // end of snippet
  EXPECT_EQ(waited, absl::Seconds(2));
}

TEST(WorkerHeaders, LocalActivitiesAreTriedWithinATask) {
  const Activities activities = OrderActivities();
  LocalCall call;
  call.type = "charge";
  call.input = ToPayloads("o-1");
  const ActivityTask task;
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const LocalClock clock{.now = [&] { return now; }, .sleep = {}};
  // snippet: worker/local_activities.h
  LocalOutcome outcome = RunLocal(activities, call, task, clock);
  // end of snippet
  EXPECT_EQ(outcome.result.at(0).data, "\"paid\"");
}

TEST(WorkerHeaders, CacheGivesARunToOne) {
  RunCache cache(1);
  const std::string run_id = "run-1";
  const auto Replayed = [](const std::string& id) {
    auto run = std::make_unique<CachedRun>();
    run->run_id = id;
    return run;
  };
  // snippet: worker/run_cache.h
  std::unique_ptr<CachedRun> run = cache.Take(run_id);  // null: not there
  if (run == nullptr) run = Replayed(run_id);
  cache.Put(std::move(run));
  // end of snippet
  EXPECT_NE(cache.Take(run_id), nullptr);
  EXPECT_EQ(cache.Take(run_id), nullptr);
}

absl::Status HandleOne(TaskPort& port, const Poller& poller,
                       TurnHandler& handler) {
  // snippet: worker/task_port.h
  COHORT_ASSIGN_OR_RETURN(std::optional<WorkflowTask> task,
                          port.PollWorkflow(poller, absl::ZeroDuration()));
  if (task) return handler.Handle(port, *std::move(task));
  // end of snippet
  return NotFound("no task");
}

absl::Status HandleFirst(TaskPort& port, const Poller& poller,
                         const TurnHandler::Options& options) {
  COHORT_ASSIGN_OR_RETURN(std::optional<WorkflowTask> task,
                          port.PollWorkflow(poller, absl::ZeroDuration()));
  if (!task) return NotFound("no task");
  // snippet: worker/turn_handler.h
  TurnHandler handler(options);
  absl::Status status = handler.Handle(port, *std::move(task));
  // end of snippet
  EXPECT_TRUE(absl::IsNotFound(HandleOne(port, poller, handler)));
  return status;
}

TEST(WorkerHeaders, HandlerAnswersTasksOfAPort) {
  auto engine = EmbeddedEngine::Open("", EngineOptions().VirtualTime());
  ASSERT_TRUE(engine.ok()) << engine.status();
  EXPECT_OK(
      (*engine)->client().Start(StartRequest("Order", "orders")).status());
  const Registry registry = OrderRegistry();
  const TurnHandler::Options options{.run = {.registry = &registry}};
  const Poller poller{.queue = "orders", .worker = "me"};
  TaskPort& port = (*engine)->port();
  port.Join(poller);
  EXPECT_OK(HandleFirst(port, poller, options));
  port.Leave(poller);
}

}  // namespace
}  // namespace cohort
