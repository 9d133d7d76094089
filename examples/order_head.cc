#include "cohort/examples/order_head.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

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

using cohort::Context;
using cohort::Family;
using cohort::Future;
using cohort::kDefaultVersion;
using cohort::Task;
using std::chrono::seconds;

// How a generation checks for fraud.
enum class Fraud : std::uint8_t {
  kNone,
  kGuarded,      // added, behind a version
  kUnguarded,    // added without one: b1
  kRenamed,      // behind another id than before: b6
  kBetter,       // the better check beside the old one
  kNoDefault,    // runs without any check are gone
  kBetterOnly,   // runs with the old check are gone
  kGuardIsGone,  // and so is the guard
};

enum class Payment : std::uint8_t {
  kCharge,
  kChargeRenamed,  // b2
  kSplit,          // reserve and capture beside charge
  kSplitEarly,     // the same, but asked before the fraud check: b8
  kSplitOnly,      // guarded, charge is gone
  kSplitNoGuard,
};

enum class Slip : std::uint8_t { kNone, kNoTimer, kValidateTwice };

struct Generation {
  std::string_view name;
  Fraud fraud;
  Payment payment;
  Slip slip = Slip::kNone;
};

// b3, b5 and b9 go wrong in the second half only.
constexpr std::array<Generation, 15> kGenerations = {{
    {"g0", Fraud::kNone, Payment::kCharge},
    {"g1", Fraud::kGuarded, Payment::kCharge},
    {"g2", Fraud::kBetter, Payment::kSplit},
    {"g3", Fraud::kNoDefault, Payment::kSplit},
    {"g4", Fraud::kBetterOnly, Payment::kSplitOnly},
    {"g5", Fraud::kGuardIsGone, Payment::kSplitNoGuard},
    {"b1", Fraud::kUnguarded, Payment::kCharge},
    {"b2", Fraud::kGuarded, Payment::kChargeRenamed},
    {"b3", Fraud::kGuarded, Payment::kCharge},
    {"b4", Fraud::kGuarded, Payment::kCharge, Slip::kNoTimer},
    {"b5", Fraud::kGuarded, Payment::kCharge},
    {"b6", Fraud::kRenamed, Payment::kCharge},
    {"b7", Fraud::kGuarded, Payment::kCharge, Slip::kValidateTwice},
    {"b8", Fraud::kBetter, Payment::kSplitEarly},
    {"b9", Fraud::kGuarded, Payment::kCharge},
}};

constexpr std::string_view kFraud = "fraud-check";
constexpr std::string_view kFraud2 = "fraud-check-2";
constexpr std::string_view kSplit = "split-charge";

// The activity that checks for fraud in this run; "" for none. GetVersion has
// one id with three versions.
std::string_view FraudCheckByVersion(Context& ctx, Fraud fraud) {
  switch (fraud) {
    case Fraud::kNone:
      return "";
    case Fraud::kGuarded:
      return GetVersion(ctx, kFraud, kDefaultVersion, 1) == 1 ? "fraudCheck"
                                                              : "";
    case Fraud::kUnguarded:
      return "fraudCheck";
    case Fraud::kRenamed:
      return GetVersion(ctx, "fraud-check-x", kDefaultVersion, 1) == 1
                 ? "fraudCheck"
                 : "";
    case Fraud::kBetter:
    case Fraud::kNoDefault: {
      const cohort::Version min = fraud == Fraud::kBetter ? kDefaultVersion : 1;
      const cohort::Version v = GetVersion(ctx, kFraud, min, 2);
      return v == 2 ? "fraudCheckV2" : v == 1 ? "fraudCheck" : "";
    }
    case Fraud::kBetterOnly:
      GetVersion(ctx, kFraud, 2, 2);
      return "fraudCheckV2";
    case Fraud::kGuardIsGone:
      return "fraudCheckV2";
  }
  return "";
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

template <Family F>
std::string_view FraudCheck(Context& ctx, Fraud fraud) {
  return F == Family::kVersion ? FraudCheckByVersion(ctx, fraud)
                               : FraudCheckByPatch(ctx, fraud);
}

template <Family F>
bool AskForSplit(Context& ctx) {
  return F == Family::kVersion
             ? GetVersion(ctx, kSplit, kDefaultVersion, 1) == 1
             : Patched(ctx, kSplit);
}

template <Family F>
bool IsSplit(Context& ctx, Payment payment, bool early) {
  switch (payment) {
    case Payment::kCharge:
    case Payment::kChargeRenamed:
      return false;
    case Payment::kSplit:
      return AskForSplit<F>(ctx);
    case Payment::kSplitEarly:
      return early;
    case Payment::kSplitOnly:
      if constexpr (F == Family::kVersion) {
        GetVersion(ctx, kSplit, 1, 1);
      } else {
        DeprecatePatch(ctx, kSplit);
      }
      return true;
    case Payment::kSplitNoGuard:
      return true;
  }
  return false;
}

// Waits. A request to cancel the run cancels the timer and leaves, unless the
// timer has fired before it.
Task<void> SleepOrCancel(Context& ctx, seconds duration) {
  Future<void> timer = ctx.Timer(duration);
  if (co_await WhenAny(timer, ctx.CancelRequested()) == 0) co_return;
  timer.Cancel();
  throw cohort::CanceledError();
}

// One activity; none is begun once the run's cancellation was requested.
Task<void> Step(Context& ctx, std::string_view name, std::string id) {
  if (ctx.CancelRequested().settled()) throw cohort::CanceledError();
  co_await ctx.Activity<void>(name, id);
}

template <Family F>
Task<std::string> OrderHead(Context& ctx, OrderInput in, Generation g) {
  const std::string id = in.order_id;
  const std::string payment_id = in.fail_charge ? id + "#fail" : id;
  std::string reason;
  ctx.OnSignal("cancel-order", [&reason](std::string why) { reason = why; });

  co_await Step(ctx, "validate", id);
  if (g.slip == Slip::kValidateTwice) co_await Step(ctx, "validate", id);
  const bool early = g.payment == Payment::kSplitEarly && AskForSplit<F>(ctx);
  const std::string_view check = FraudCheck<F>(ctx, g.fraud);
  if (!check.empty()) co_await Step(ctx, check, id);

  if (g.slip != Slip::kNoTimer) co_await SleepOrCancel(ctx, seconds(1));

  if (IsSplit<F>(ctx, g.payment, early)) {
    co_await Step(ctx, "reserve", id);
    co_await Step(ctx, "capture", payment_id);
  } else {
    co_await Step(ctx,
                  g.payment == Payment::kChargeRenamed ? "chargeV2" : "charge",
                  payment_id);
  }
  if (!reason.empty()) {
    co_await Step(ctx, "refund", id);
    co_return "refunded:" + reason;
  }
  co_return "paid:" + id;
}

// One function for each generation: a workflow is a function of its input.
template <Family F, std::size_t kGeneration>
Task<std::string> Order(Context& ctx, OrderInput in) {
  return OrderHead<F>(ctx, std::move(in), kGenerations[kGeneration]);
}

template <Family F, std::size_t... kIndex>
cohort::Registry Select(std::string_view generation,
                        std::index_sequence<kIndex...>) {
  cohort::Registry registry;
  (void)((kGenerations[kIndex].name == generation &&
          (registry.Workflow("Order", Order<F, kIndex>), true)) ||
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

cohort::Registry OrderRegistry(Family family, std::string_view generation) {
  constexpr auto kAll = std::make_index_sequence<kGenerations.size()>();
  return family == Family::kVersion ? Select<Family::kVersion>(generation, kAll)
                                    : Select<Family::kPatch>(generation, kAll);
}

}  // namespace cohort_examples
