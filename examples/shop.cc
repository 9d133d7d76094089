#include "cohort/examples/shop.h"

#include <array>
#include <iostream>
#include <string>

#include "absl/time/clock.h"
#include "cohort/base/status.h"

namespace cohort_examples {
namespace {

using cohort::Change;
using cohort::Context;
using cohort::GetVersion;
using cohort::kDefaultVersion;
using cohort::Task;

namespace v1 {
// snippet: v1
Task<std::string> Order(Context& ctx, std::string id) {
  co_await ctx.Activity<void>("charge", id);
  auto parcel = co_await ctx.Signals<std::string>("packed").Receive();
  co_await ctx.Activity<void>("ship", parcel);
  co_return parcel + " is on its way";
}
// end of snippet
}  // namespace v1

namespace careless {
// snippet: careless
Task<std::string> Order(Context& ctx, std::string id) {
  co_await ctx.Activity<void>("check-fraud", id);
  co_await ctx.Activity<void>("charge", id);
  auto parcel = co_await ctx.Signals<std::string>("packed").Receive();
  co_await ctx.Activity<void>("ship", parcel);
  co_return parcel + " is on its way";
}
// end of snippet
}  // namespace careless

namespace v2 {
// snippet: v2
inline constexpr Change kFraudCheck{"fraud-check", kDefaultVersion, 1};

Task<std::string> Order(Context& ctx, std::string id) {
  if (GetVersion(ctx, kFraudCheck) == 1) {
    co_await ctx.Activity<void>("check-fraud", id);
  }
  co_await ctx.Activity<void>("charge", id);
  auto parcel = co_await ctx.Signals<std::string>("packed").Receive();
  co_await ctx.Activity<void>("ship", parcel);
  co_return parcel + " is on its way";
}
// end of snippet
}  // namespace v2

namespace v3 {
// snippet: v3
inline constexpr Change kFraudCheck{"fraud-check", 1, 1};

Task<std::string> Order(Context& ctx, std::string id) {
  GetVersion(ctx, kFraudCheck);
  co_await ctx.Activity<void>("check-fraud", id);
  co_await ctx.Activity<void>("charge", id);
  auto parcel = co_await ctx.Signals<std::string>("packed").Receive();
  co_await ctx.Activity<void>("ship", parcel);
  co_return parcel + " is on its way";
}
// end of snippet
}  // namespace v3

namespace v4 {
// Nothing of the old order of steps is left: the card is charged at the end.
Task<std::string> Order(Context& ctx, std::string id) {
  co_await ctx.Activity<void>("check-fraud", id);
  auto parcel = co_await ctx.Signals<std::string>("packed").Receive();
  co_await ctx.Activity<void>("ship", parcel);
  co_await ctx.Activity<void>("charge", id);
  co_return parcel + " is on its way";
}
}  // namespace v4

void Say(const cohort::ActivityContext& ctx, const std::string& what) {
  std::cout << ctx.task().workflow_id + ": " + ctx.task().type + " " + what +
                   ", attempt " + std::to_string(ctx.task().attempt) + "\n"
            << std::flush;
}

}  // namespace

std::span<const std::string_view> ShopReleases() {
  static constexpr std::array<std::string_view, 5> kReleases = {
      "v1", "careless", "v2", "v3", "v4"};
  return kReleases;
}

cohort::Registry ShopRegistry(std::string_view release) {
  cohort::Registry registry;
  if (release == "v1") registry.Workflow("Order", v1::Order);
  if (release == "careless") registry.Workflow("Order", careless::Order);
  if (release == "v2") registry.Workflow("Order", v2::Order, {v2::kFraudCheck});
  if (release == "v3") registry.Workflow("Order", v3::Order, {v3::kFraudCheck});
  if (release == "v4") registry.Workflow("Order", v4::Order);
  return registry;
}

cohort::Activities ShopActivities(absl::Duration charge_time) {
  cohort::Activities activities;
  activities
      .Add("check-fraud",
           [](cohort::ActivityContext& ctx, std::string id) { Say(ctx, id); })
      .Add("charge",
           [charge_time](cohort::ActivityContext& ctx, std::string id) {
             Say(ctx, id);
             absl::SleepFor(charge_time);
           })
      .Add("ship", [](cohort::ActivityContext& ctx, std::string parcel) {
        Say(ctx, parcel);
      });
  return activities;
}

}  // namespace cohort_examples
