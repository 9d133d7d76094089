#include "cohort/examples/order.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cohort/examples/order_generations.h"
#include "cohort/workflow/selector.h"

namespace cohort_examples {

struct OrderInput {
  std::string order_id;
  bool fail_charge = false;
};

void from_json(const nlohmann::json& j, OrderInput& in) {
  j.at("orderId").get_to(in.order_id);
  in.fail_charge = j.value("failCharge", false);
}
void to_json(nlohmann::json& j, const OrderInput& in) {
  j = {{"orderId", in.order_id}, {"failCharge", in.fail_charge}};
}

namespace {

using cohort::ActivityOptions;
using cohort::CancelScope;
using cohort::Change;
using cohort::ChildOptions;
using cohort::Context;
using cohort::Future;
using cohort::Task;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The activity that checks for fraud in this run; "" for none.
std::string_view FraudCheckByVersion(Context& ctx, Fraud fraud) {
  if (fraud == Fraud::kUnguarded) return "fraudCheck";
  if (fraud == Fraud::kGuardIsGone) return "fraudCheckV2";
  const std::optional<Change> change = FraudVersions(fraud);
  if (!change) return "";
  const cohort::Version v = GetVersion(ctx, *change);
  return v == 2 ? "fraudCheckV2" : v == 1 ? "fraudCheck" : "";
}

// The same with patches: two ids, asked newest first.
std::string_view FraudCheckByPatch(Context& ctx, Fraud fraud) {
  switch (fraud) {
    case Fraud::kNone:
      return "";
    case Fraud::kGuarded:
      return Patched(ctx, kFraud) ? "fraudCheck" : "";
    case Fraud::kUnguarded:
      return "fraudCheck";
    case Fraud::kRenamed:
      return Patched(ctx, "fraud-check-x") ? "fraudCheck" : "";
    case Fraud::kBetter:
      if (Patched(ctx, kFraud2)) return "fraudCheckV2";
      return Patched(ctx, kFraud) ? "fraudCheck" : "";
    case Fraud::kNoDefault:
      if (Patched(ctx, kFraud2)) return "fraudCheckV2";
      DeprecatePatch(ctx, kFraud);
      return "fraudCheck";
    case Fraud::kBetterOnly:
      DeprecatePatch(ctx, kFraud2);
      return "fraudCheckV2";
    case Fraud::kGuardIsGone:
      return "fraudCheckV2";
  }
  return "";
}

std::string_view FraudCheck(Context& ctx, OrderStyle style, Fraud fraud) {
  return AsksForVersions(style) ? FraudCheckByVersion(ctx, fraud)
                                : FraudCheckByPatch(ctx, fraud);
}

bool AskForSplit(Context& ctx, OrderStyle style, Payment payment) {
  return AsksForVersions(style) ? GetVersion(ctx, *SplitVersions(payment)) == 1
                                : Patched(ctx, kSplit);
}

bool IsSplit(Context& ctx, OrderStyle style, Payment payment, bool early) {
  switch (payment) {
    case Payment::kCharge:
    case Payment::kChargeRenamed:
      return false;
    case Payment::kSplit:
      return AskForSplit(ctx, style, payment);
    case Payment::kSplitEarly:
      return early;
    case Payment::kSplitOnly:
      if (!AsksForVersions(style)) {
        DeprecatePatch(ctx, kSplit);
        return true;
      }
      [[fallthrough]];
    case Payment::kSplitNoGuard:
      if (AsksForVersions(style)) GetVersion(ctx, *SplitVersions(payment));
      return true;
  }
  return false;
}

// How far an order is. Its handlers share it with the workflow: a query may
// come when the run has closed.
struct Progress {
  std::string status = "new";
  std::string address;
  std::optional<std::string> reason;  // why it is to be canceled
  int items = 0;
};
using ProgressPtr = std::shared_ptr<Progress>;

constexpr std::string_view kCancelOrder = "cancel-order";
constexpr std::string_view kAddItem = "add-item";

ProgressPtr Follow(Context& ctx, OrderStyle style) {
  auto order = std::make_shared<Progress>();
  ctx.OnQuery("status", [order] { return order->status; });
  ctx.OnUpdate(
      "set-address",
      [order](std::string address) {
        order->address = std::move(address);
        return "ok:" + order->address;
      },
      [](std::string address) {
        if (address.empty()) throw cohort::ApplicationError("empty address");
      });
  if (style == OrderStyle::kGo) return order;  // it reads signals when it asks
  ctx.OnSignal(kCancelOrder, [order](std::string reason) {
    order->reason = std::move(reason);
  });
  ctx.OnSignal(kAddItem, [order](std::string) { ++order->items; });
  return order;
}

// Is the order to be canceled, as far as is known now?
bool IsWithdrawn(Context& ctx, OrderStyle style, const ProgressPtr& order) {
  if (style == OrderStyle::kGo) {
    order->reason = ctx.Signals<std::string>(kCancelOrder).TryReceive();
  }
  return order->reason.has_value();
}

int ItemsOf(Context& ctx, OrderStyle style, const ProgressPtr& order) {
  if (style == OrderStyle::kGo) {
    auto added = ctx.Signals<std::string>(kAddItem);
    while (added.TryReceive()) ++order->items;
  }
  return order->items;
}

// Gives the customer a second to think better of it. Of a signal and the end
// of that time in one turn, the signal wins.
Task<bool> IsWithdrawnWithin(Context& ctx, OrderStyle style, ProgressPtr order,
                             seconds grace) {
  if (style == OrderStyle::kPython) {
    co_return co_await ctx.UntilWithin(
        grace, [order] { return order->reason.has_value(); });
  }
  CancelScope wait(ctx);
  Future<void> timer = wait.ctx().Timer(grace);
  if (style == OrderStyle::kGo) {
    cohort::Selector next(ctx);
    next.OnReceive(ctx.Signals<std::string>(kCancelOrder),
                   [order](std::string why) { order->reason = why; })
        .OnSettled(timer, [] {});
    co_await next.Select();
  } else {
    co_await ctx.Until(
        [order, timer] { return order->reason || timer.settled(); });
  }
  if (order->reason) {
    wait.Cancel();
    co_return true;
  }
  co_await timer;
  co_return false;
}

ActivityOptions Options() {
  return ActivityOptions()
      .StartToClose(seconds(10))
      .MaximumAttempts(2)
      .Backoff(milliseconds(100), 2.0, seconds(10));
}

Task<std::string> Notify(Context& ctx, std::string id) {
  co_return co_await ctx.Activity<std::string>(Options(), "email", id);
}

Task<void> TellCustomer(Context& ctx, std::string id, Slip slip) {
  const auto options =
      ChildOptions().WorkflowId(ctx.info().workflow_id + "-notify");
  co_await ctx.Child<std::string>(
      options, slip == Slip::kNotifyRenamed ? "NotifyV2" : "Notify", id);
}

Task<void> NotePriceAndTell(Context& ctx, std::string id, Slip slip) {
  if (slip == Slip::kNotifyFirst) co_await TellCustomer(ctx, id, slip);
  co_await ctx.LocalActivity<std::string>("price", id);
  if (slip != Slip::kNotifyFirst) co_await TellCustomer(ctx, id, slip);
}

Task<std::string> Refund(Context& ctx, std::string id, ProgressPtr order) {
  co_await ctx.Activity<std::string>("refund", id);
  co_return "refunded:" + *order->reason;
}

Task<std::string> RunOrder(Context& ctx, OrderInput in, OrderStyle style,
                           Generation g) {
  const std::string id = in.order_id;
  const std::string payment_id = in.fail_charge ? id + "#fail" : id;
  const ProgressPtr order = Follow(ctx, style);
  ctx.SetActivityOptions(Options());

  order->status = "validating";
  co_await ctx.Activity<std::string>("validate", id);
  if (g.slip == Slip::kValidateTwice) {
    co_await ctx.Activity<std::string>("validate", id);
  }
  const bool early =
      g.payment == Payment::kSplitEarly && AskForSplit(ctx, style, g.payment);
  const std::string_view check = FraudCheck(ctx, style, g.fraud);
  if (!check.empty()) co_await ctx.Activity<std::string>(check, id);

  order->status = "waiting";
  if (g.slip != Slip::kNoTimer) co_await ctx.Sleep(seconds(1));

  if (IsSplit(ctx, style, g.payment, early)) {
    co_await ctx.Activity<std::string>("reserve", id);
    co_await ctx.Activity<std::string>("capture", payment_id);
  } else {
    const bool renamed = g.payment == Payment::kChargeRenamed;
    co_await ctx.Activity<std::string>(renamed ? "chargeV2" : "charge",
                                       payment_id);
  }
  if (IsWithdrawn(ctx, style, order)) {
    co_return co_await Refund(ctx, id, order);
  }
  co_await NotePriceAndTell(ctx, id, g.slip);

  order->status = "grace";
  const bool withdrawn =
      co_await IsWithdrawnWithin(ctx, style, order, seconds(1));
  if (withdrawn) co_return co_await Refund(ctx, id, order);
  if (g.slip == Slip::kWaitLonger) co_await ctx.Sleep(seconds(1));

  order->status = "shipping";
  co_await ctx.Activity<std::string>("ship", id);
  order->status = "done";
  co_return "shipped:" + id + ":" + std::to_string(ItemsOf(ctx, style, order));
}

// One function for each generation: a workflow is a function of its input.
template <OrderStyle kStyle, std::size_t kGeneration>
Task<std::string> Order(Context& ctx, OrderInput in) {
  return RunOrder(ctx, std::move(in), kStyle, kGenerations[kGeneration]);
}

template <OrderStyle kStyle, std::size_t... kIndex>
cohort::Registry Select(std::string_view generation,
                        std::index_sequence<kIndex...>) {
  cohort::Registry registry;
  (void)((kGenerations[kIndex].name == generation &&
          (registry
               .Workflow("Order", Order<kStyle, kIndex>,
                         ChangesOf(kStyle, kGenerations[kIndex]))
               .Workflow("Notify", Notify)
               .Workflow("NotifyV2", Notify),
           true)) ||
         ...);
  return registry;
}

}  // namespace

std::span<const std::string_view> OrderGenerations() {
  static constexpr auto kNames = [] {
    std::array<std::string_view, kGenerations.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i] = kGenerations[i].name;
    }
    return names;
  }();
  return kNames;
}

cohort::Registry OrderRegistry(OrderStyle style, std::string_view generation) {
  constexpr auto kAll = std::make_index_sequence<kGenerations.size()>();
  switch (style) {
    case OrderStyle::kGo:
      return Select<OrderStyle::kGo>(generation, kAll);
    case OrderStyle::kJava:
      return Select<OrderStyle::kJava>(generation, kAll);
    case OrderStyle::kPython:
      return Select<OrderStyle::kPython>(generation, kAll);
  }
  return {};
}

}  // namespace cohort_examples
