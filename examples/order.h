// An order from validation to shipping, in every state that its code has had.
//
//   cohort::Registry registry = OrderRegistry(OrderStyle::kGo, "g2");
//   cohort::ReplayReport report = cohort::Replayer(registry).Replay(history);
//
// The order is validated, checked for fraud, and charged after a while; then
// its price is noted, the customer is told by a child workflow, and after a
// time of grace it is shipped. Until then it can be canceled and refunded.
//
// The same workflow ran on workers of four SDKs in six good code generations
// (g0 to g5) and nine broken ones (b1 to b9); testdata/recorded holds some of
// its histories. Each generation is one state of the code in its life:
//
//   g0  charge                      g3  version -1 is gone
//   g1  a fraud check was added     g4  only the newest paths, still guarded
//   g2  a better check; the charge  g5  the guards are gone
//       is split in two
//
// Threads: the functions are pure. Errors: none.
#ifndef COHORT_EXAMPLES_ORDER_H_
#define COHORT_EXAMPLES_ORDER_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "cohort/workflow/workflow.h"

namespace cohort_examples {

// The same order as the users of each SDK write it.
enum class OrderStyle : std::uint8_t {
  kGo,      // GetVersion; signals wait in channels until the code reads them
  kJava,    // GetVersion; handlers take signals, the code waits for a condition
  kPython,  // Patched; the same, with a time-out. TypeScript's as well
};

// "g0" .. "g5", "b1" .. "b9".
std::span<const std::string_view> OrderGenerations();

// Workflows "Order" in one generation, "Notify" and "NotifyV2". A generation
// that does not exist gives an empty registry.
cohort::Registry OrderRegistry(OrderStyle style, std::string_view generation);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_ORDER_H_
