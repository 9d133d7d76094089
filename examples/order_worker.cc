// The order of examples/order.h as a worker of a Temporal cluster.
//   order_worker [GENERATION [QUEUE [SDK]]]   default: the newest, "orders", go
// The cluster is the one of TEMPORAL_ADDRESS and temporal.toml. SDK is the one
// whose workers could go on with its runs: go, java or python. Ends with the
// end of its input, after the tasks under way.
#include <iostream>
#include <iterator>
#include <limits>
#include <string>

#include "cohort/examples/order.h"
#include "cohort/temporal/temporal.h"

namespace {

using cohort_examples::OrderStyle;

OrderStyle StyleFor(std::string_view sdk) {
  if (sdk == "java") return OrderStyle::kJava;
  return sdk == "go" ? OrderStyle::kGo : OrderStyle::kPython;
}

// Every activity does nothing but say so, or decline.
cohort::Activities OrderActivities() {
  cohort::Activities activities;
  for (const char* name :
       {"validate", "fraudCheck", "fraudCheckV2", "reserve", "capture",
        "charge", "chargeV2", "ship", "email", "refund", "price"}) {
    activities.Add(name, [name = std::string(name)](std::string argument) {
      if (argument.ends_with("#fail")) {
        throw cohort::ApplicationError(name + " failed", "Declined");
      }
      return name + ":" + argument;
    });
  }
  return activities;
}

absl::Status RunWorker(const std::string& generation, const std::string& queue,
                       std::string_view sdk) {
  const cohort::Registry registry =
      cohort_examples::OrderRegistry(StyleFor(sdk), generation);
  const cohort::Activities activities = OrderActivities();
  auto connection = cohort::LoadConnection({}, cohort::ProcessEnvironment());
  if (!connection.ok()) return connection.status();
  auto service = cohort::Service::Open(*connection);
  if (!service.ok()) return service.status();
  const auto info = (*service)->CallJson("GetSystemInfo", {});
  if (!info.ok()) return info.status();
  cohort::ClusterPort port(*service);
  cohort::Worker worker(port, cohort::WorkerOptions(queue)
                                  .Workflows(registry)
                                  .Does(activities)
                                  .RecordAs(sdk)
                                  .BuildId(generation));
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
  const std::string newest(*std::prev(generations.end()));
  const absl::Status status =
      RunWorker(argc > 1 ? argv[1] : newest, argc > 2 ? argv[2] : "orders",
                argc > 3 ? argv[3] : "go");
  if (status.ok()) return 0;
  std::cerr << "order_worker: " << status.message() << "\n";
  return 2;
}
