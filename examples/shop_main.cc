// A shop's orders, on the embedded engine:
//
//   shop RELEASE serve STORE [QUEUE [OLD_RELEASE OLD_QUEUE]]
//   shop RELEASE replay PATH...      and what else ReplayMain does;
//                                    embedded:STORE is a path, too
//
// It serves what its standard input asks for, a line each, and says when it is
// on disk:
//
//   order ID          begins an order, on QUEUE ("orders")
//   pack ID PARCEL    tells the order that its parcel is ready
//   result ID         waits for the order's end
//   drained QUEUE     is no open order left there?
//   settle            waits until nobody has anything to do right now
//
// At the end of the input it settles and ends. With OLD_RELEASE a second worker
// works off what is on OLD_QUEUE. SHOP_CHARGE_SECONDS makes a charge take long.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/embedded/embedded.h"
#include "cohort/embedded/history_source.h"
#include "cohort/examples/shop.h"
#include "cohort/testing/replay_main.h"
#include "fmt/core.h"

namespace cohort_examples {
namespace {

using cohort::Client;
using cohort::RunKey;
using cohort::StartRequest;

constexpr int kUsage = 2;

struct Deployment {
  std::string release;
  std::string queue;
};

absl::Duration ChargeTime() {
  const char* seconds = std::getenv("SHOP_CHARGE_SECONDS");
  return absl::Seconds(seconds == nullptr ? 0 : std::atoi(seconds));
}

// Until no order has a task or an activity that could go on now.
absl::StatusOr<std::string> Settle(Client& client) {
  while (true) {
    COHORT_ASSIGN_OR_RETURN(const auto open,
                            client.List("ExecutionStatus = 'Running'"));
    if (std::none_of(open.begin(), open.end(),
                     [](const auto& run) { return run.busy; })) {
      return "settled";
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
}

// What is said to one line.
absl::StatusOr<std::string> Answer(Client& client, const std::string& queue,
                                   const std::string& line) {
  std::istringstream words(line);
  std::string verb;
  std::string id;
  std::string parcel;
  words >> verb >> id >> parcel;
  const RunKey order{id, ""};
  if (verb == "order") {
    COHORT_RETURN_IF_ERROR(client
                               .Start(StartRequest("Order", queue)
                                          .WorkflowId(id)
                                          .Input(cohort::ToPayloads(id)))
                               .status());
    return id + ": accepted";
  }
  if (verb == "pack") {
    COHORT_RETURN_IF_ERROR(client.Signal(order, "packed", parcel));
    return id + ": noted";
  }
  if (verb == "result") {
    COHORT_ASSIGN_OR_RETURN(const auto result,
                            client.Result<std::string>(order));
    return id + ": " + result;
  }
  if (verb == "drained") {
    COHORT_ASSIGN_OR_RETURN(const bool drained, client.Drained(id));
    return id + (drained ? " is drained" : " has open orders");
  }
  if (verb == "settle") return Settle(client);
  return cohort::InvalidArgument(
      "\"{}\" is none of order, pack, result, "
      "drained, settle",
      verb);
}

void Say(const absl::StatusOr<std::string>& answer) {
  const std::string text =
      answer.ok()
          ? *answer
          : fmt::format("no: {}", cohort::ToStd(answer.status().message()));
  std::cout << text + "\n" << std::flush;
}

// snippet: serve
absl::Status Serve(const std::string& store,
                   const std::vector<Deployment>& deployments) {
  COHORT_ASSIGN_OR_RETURN(
      const std::unique_ptr<cohort::EmbeddedEngine> engine,
      cohort::EmbeddedEngine::Open(store, cohort::EngineOptions()));
  const cohort::Activities activities = ShopActivities(ChargeTime());
  std::vector<std::unique_ptr<cohort::Registry>> registries;
  std::vector<std::unique_ptr<cohort::Worker>> workers;
  for (const auto& [release, queue] : deployments) {
    registries.push_back(
        std::make_unique<cohort::Registry>(ShopRegistry(release)));
    workers.push_back(std::make_unique<cohort::Worker>(
        engine->port(), cohort::WorkerOptions(queue)
                            .Workflows(*registries.back())
                            .Does(activities)
                            .BuildId(release)));
    COHORT_RETURN_IF_ERROR(workers.back()->Start());
  }
  cohort::Client& client = engine->client();
  for (std::string line; std::getline(std::cin, line);) {
    Say(Answer(client, deployments.front().queue, line));
  }
  return Settle(client).status();
}
// end of snippet

int ServeMain(const std::string& release, std::vector<std::string> words) {
  if (words.empty() || words.size() == 3 || words.size() > 4) {
    std::cerr << "shop RELEASE serve STORE [QUEUE [OLD_RELEASE OLD_QUEUE]]\n";
    return kUsage;
  }
  std::vector<Deployment> deployments = {
      {release, words.size() > 1 ? words[1] : "orders"}};
  if (words.size() == 4) deployments.push_back({words[2], words[3]});
  const absl::Status status = Serve(words[0], deployments);
  if (status.ok()) return 0;
  std::cerr << "shop: " << status.message() << "\n";
  return kUsage;
}

int Main(std::vector<const char*> argv) {
  const auto releases = ShopReleases();
  const std::string release = argv.size() > 1 ? argv[1] : "";
  if (std::find(releases.begin(), releases.end(), release) == releases.end()) {
    std::cerr << fmt::format("shop RELEASE serve|replay|...: \"{}\" is none of",
                             release);
    for (const std::string_view known : releases) std::cerr << " " << known;
    std::cerr << "\n";
    return kUsage;
  }
  if (argv.size() > 2 && argv[2] == std::string_view("serve")) {
    return ServeMain(release, {argv.begin() + 3, argv.end()});
  }
  argv.erase(argv.begin() + 1);
  cohort::HistorySources sources;
  sources.push_back(std::make_unique<cohort::EmbeddedSource>());
  return cohort::ReplayMain(static_cast<int>(argv.size()), argv.data(),
                            ShopRegistry(release), sources);
}

}  // namespace
}  // namespace cohort_examples

int main(int argc, char** argv) {
  return cohort_examples::Main({argv, argv + argc});
}
