// The order of examples/order.h as a worker of a Temporal cluster.
//   order_worker [GENERATION [QUEUE]]     default: the newest, "orders"
// The cluster is the one of TEMPORAL_ADDRESS and temporal.toml; ends with the
// end of its input, after the tasks under way.
#include <iostream>
#include <iterator>
#include <limits>
#include <string>

#include "cohort/examples/order.h"
#include "cohort/temporal/temporal.h"

namespace {

std::string Done(std::string id) { return id; }

absl::Status RunWorker(std::string_view generation, const std::string& queue) {
  auto connection = cohort::LoadConnection({}, cohort::ProcessEnvironment());
  if (!connection.ok()) return connection.status();
  auto service = cohort::Service::Open(*connection);
  if (!service.ok()) return service.status();
  const auto info = (*service)->CallJson("GetSystemInfo", {});
  if (!info.ok()) return info.status();

  const cohort::Registry registry = cohort_examples::OrderRegistry(
      cohort_examples::OrderStyle::kGo, generation);
  cohort::Activities activities;
  for (const char* name : {"validate", "reserve", "capture", "charge",
                           "chargeV2", "ship", "email", "refund", "price"}) {
    activities.Add(name, Done);
  }
  // Others, by whatever name a generation has for them.
  activities.AddFallback(
      [](cohort::ActivityContext&,
         const cohort::Payloads& input) -> absl::StatusOr<cohort::Payloads> {
        return input;
      });
  cohort::ClusterPort port(*service);
  cohort::Worker worker(port, cohort::WorkerOptions(queue)
                                  .Workflows(registry)
                                  .Does(activities)
                                  .BuildId(std::string(generation)));
  if (const absl::Status started = worker.Start(); !started.ok()) {
    return started;
  }
  std::cout << "orders of generation " << generation << " from queue " << queue
            << " at " << connection->address << std::endl;
  std::cin.ignore(std::numeric_limits<std::streamsize>::max(), EOF);
  worker.Shutdown();
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const auto generations = cohort_examples::OrderGenerations();
  const std::string_view generation =
      argc > 1 ? argv[1] : *std::prev(generations.end());
  const absl::Status status =
      RunWorker(generation, argc > 2 ? argv[2] : "orders");
  if (status.ok()) return 0;
  std::cerr << "order_worker: " << status.message() << "\n";
  return 2;
}
