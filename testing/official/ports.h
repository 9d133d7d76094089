// Ports of the programs behind the official SDKs' recorded test histories.
//
//   for (const Port& port : GoPorts()) {
//     cohort::Registry registry;
//     port.add(registry, std::string(history.events()[0].name()));
//   }
//
// A program is registered under the type that its history names. Variants are
// small changes of it, each with a known verdict. Written from descriptions.
#ifndef COHORT_TESTING_OFFICIAL_PORTS_H_
#define COHORT_TESTING_OFFICIAL_PORTS_H_

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "cohort/workflow/workflow.h"

namespace cohort_testing {

struct Port {
  std::string_view program;
  std::string_view variant;
  void (*add)(cohort::Registry&, std::string type);
};

// Version programs, and what goes with them, by language.
std::span<const Port> GoPorts();
std::span<const Port> JavaPorts();
std::span<const Port> OtherPorts();  // core's languages, and Cadence
// The rest, by what they are about.
std::span<const Port> ActivityPorts();  // and timers, signals, memo
std::span<const Port> LocalPorts();
std::span<const Port> UpdatePorts();
std::span<const Port> ChildPorts();  // and Nexus
std::span<const Port> ScopePorts();

// Registers a workflow function, as Port::add does.
template <auto kFunction>
void Add(cohort::Registry& registry, std::string type) {
  registry.Workflow(std::move(type), kFunction);
}

// What a program asserts of its own answers; a failure fails the replay.
inline void Require(bool holds) {
  if (!holds) throw std::logic_error("the program got another answer");
}

}  // namespace cohort_testing

#endif  // COHORT_TESTING_OFFICIAL_PORTS_H_
