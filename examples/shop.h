// The orders of a shop on the embedded engine, in the releases that its
// deployments went through:
//
//   v1        the card is charged; when the parcel is packed, it is shipped
//   v2        a check for fraud before the charge: a change, with both branches
//   v3        the branch without the check is deleted
//   careless  v2 without a question: what happens without the guard
//   v4        written anew, for a task queue of its own
//
// Runs of several are in flight at once. examples/shop_main.cc serves them,
// examples/shop_story.sh deploys one behind the other.
#ifndef COHORT_EXAMPLES_SHOP_H_
#define COHORT_EXAMPLES_SHOP_H_

#include <span>
#include <string_view>

#include "cohort/worker/activities.h"
#include "cohort/workflow/workflow.h"

namespace cohort_examples {

std::span<const std::string_view> ShopReleases();

// Workflow "Order" as that release has it; empty for one that is not among
// ShopReleases.
cohort::Registry ShopRegistry(std::string_view release);

// "check-fraud", "charge" and "ship" say on standard output what they do. A
// charge takes `charge_time`.
cohort::Activities ShopActivities(absl::Duration charge_time);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_SHOP_H_
