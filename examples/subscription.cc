#include "cohort/examples/subscription.h"

#include <memory>
#include <utility>

namespace cohort_examples {
namespace {

using cohort::Context;
using cohort::kDefaultVersion;
using cohort::Task;

constexpr auto kMonth = std::chrono::hours(24 * 30);
constexpr int kMonthsInARun = 12;  // a history is not for ever

// An id of its own for each month: with one id for all, a run that has billed a
// month without tax would do so for the rest of its life.
template <Release kRelease>
bool WithTax(Context& ctx, int month) {
  if (kRelease == Release::kFirst) return false;
  const std::string change = "tax-" + std::to_string(month);
  return GetVersion(ctx, change, kDefaultVersion, 1) == 1;
}

template <Release kRelease>
Task<void> Subscription(Context& ctx, Plan start) {
  // Queries are answered also when this function has returned: they share what
  // they read.
  const auto shared = std::make_shared<Plan>(std::move(start));
  Plan& plan = *shared;
  bool ended = false;
  ctx.OnSignal("change-price", [&plan](int cents) { plan.cents = cents; });
  ctx.OnSignal("end", [&ended] { ended = true; });
  ctx.OnQuery("plan", [shared] { return *shared; });

  for (int i = 0; i < kMonthsInARun; ++i) {
    if (co_await ctx.UntilWithin(kMonth, [&ended] { return ended; })) {
      co_await ctx.Activity<void>("say-goodbye", plan.customer);
      co_return;
    }
    const char* bill =
        WithTax<kRelease>(ctx, plan.month) ? "bill-with-tax" : "bill";
    co_await ctx.Activity<void>(bill, plan.customer, plan.cents);
    ++plan.month;
  }
  ctx.ContinueAsNew(plan);
}

}  // namespace

void RegisterSubscription(cohort::Registry& registry, Release release) {
  registry.Workflow("Subscription", release == Release::kFirst
                                        ? Subscription<Release::kFirst>
                                        : Subscription<Release::kWithTax>);
}

}  // namespace cohort_examples
