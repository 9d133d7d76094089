// The first half of an order: validate, check for fraud, wait, charge.
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
// The half ends where the order is paid, or refunded: what follows needs
// kinds of operations that this version does not have.
#ifndef COHORT_EXAMPLES_ORDER_HEAD_H_
#define COHORT_EXAMPLES_ORDER_HEAD_H_

#include <span>
#include <string>
#include <string_view>

#include "cohort/workflow/workflow.h"

namespace cohort_examples {

// "g0" .. "g5", "b1" .. "b9".
std::span<const std::string_view> OrderGenerations();

// Workflow "Order" in one generation, asking with GetVersion (as in Go and
// Java) or with Patched (as in Python and TypeScript). A generation that does
// not exist gives an empty registry.
cohort::Registry OrderRegistry(cohort::Family family,
                               std::string_view generation);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_ORDER_HEAD_H_
