// A subscription: a loop that runs for years, with signals, a query, a change
// that reaches runs under way, and continue-as-new.
//
//   cohort::Registry registry;
//   cohort_examples::RegisterSubscription(registry, Release::kWithTax);
#ifndef COHORT_EXAMPLES_SUBSCRIPTION_H_
#define COHORT_EXAMPLES_SUBSCRIPTION_H_

#include <cstdint>
#include <string>

#include "cohort/workflow/workflow.h"

namespace cohort_examples {

struct Plan {
  std::string customer;
  int cents = 0;
  int month = 1;  // the next one to be billed
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Plan, customer, cents, month)

enum class Release : std::uint8_t {
  kFirst,
  kWithTax,  // bills with tax, from each run's next month on
};

// "Subscription": takes a Plan. Signals: change-price(cents), end(). Query:
// plan().
void RegisterSubscription(cohort::Registry& registry, Release release);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_SUBSCRIPTION_H_
