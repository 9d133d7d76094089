// The states that the code of Order has had: what each does, and what it asks.
//
//   for (const Generation& g : kGenerations) ChangesOf(OrderStyle::kGo, g);
//
// Threads: the functions are pure. Errors: none.
#ifndef COHORT_EXAMPLES_ORDER_GENERATIONS_H_
#define COHORT_EXAMPLES_ORDER_GENERATIONS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cohort/examples/order.h"
#include "cohort/versioning/version.h"

namespace cohort_examples {

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

// What a broken generation does wrong, beside its fraud check and payment.
enum class Slip : std::uint8_t {
  kNone,
  kValidateTwice,
  kNoTimer,
  kNotifyFirst,    // the customer is told before the price is noted
  kNotifyRenamed,  // by a child of another type
  kWaitLonger,     // one more timer behind the time of grace
};

struct Generation {
  std::string_view name;
  Fraud fraud;
  Payment payment;
  Slip slip = Slip::kNone;
};

inline constexpr std::array<Generation, 15> kGenerations = {{
    {"g0", Fraud::kNone, Payment::kCharge},
    {"g1", Fraud::kGuarded, Payment::kCharge},
    {"g2", Fraud::kBetter, Payment::kSplit},
    {"g3", Fraud::kNoDefault, Payment::kSplit},
    {"g4", Fraud::kBetterOnly, Payment::kSplitOnly},
    {"g5", Fraud::kGuardIsGone, Payment::kSplitNoGuard},
    {"b1", Fraud::kUnguarded, Payment::kCharge},
    {"b2", Fraud::kGuarded, Payment::kChargeRenamed},
    {"b3", Fraud::kGuarded, Payment::kCharge, Slip::kNotifyFirst},
    {"b4", Fraud::kGuarded, Payment::kCharge, Slip::kNoTimer},
    {"b5", Fraud::kGuarded, Payment::kCharge, Slip::kWaitLonger},
    {"b6", Fraud::kRenamed, Payment::kCharge},
    {"b7", Fraud::kGuarded, Payment::kCharge, Slip::kValidateTwice},
    {"b8", Fraud::kBetter, Payment::kSplitEarly},
    {"b9", Fraud::kGuarded, Payment::kCharge, Slip::kNotifyRenamed},
}};

inline constexpr std::string_view kFraud = "fraud-check";
inline constexpr std::string_view kFraud2 = "fraud-check-2";
inline constexpr std::string_view kSplit = "split-charge";

// The question that decides how a run is checked. GetVersion has one id with
// three versions.
inline std::optional<cohort::Change> FraudVersions(Fraud fraud) {
  switch (fraud) {
    case Fraud::kGuarded:
      return cohort::Change{kFraud, cohort::kDefaultVersion, 1};
    case Fraud::kRenamed:
      return cohort::Change{"fraud-check-x", cohort::kDefaultVersion, 1};
    case Fraud::kBetter:
      return cohort::Change{kFraud, cohort::kDefaultVersion, 2};
    case Fraud::kNoDefault:
      return cohort::Change{kFraud, 1, 2};
    case Fraud::kBetterOnly:
      return cohort::Change{kFraud, 2, 2};
    case Fraud::kNone:
    case Fraud::kUnguarded:
    case Fraud::kGuardIsGone:
      return std::nullopt;
  }
  return std::nullopt;
}

// The patch can go at the end; the version is still asked for, unused.
inline std::optional<cohort::Change> SplitVersions(Payment payment) {
  switch (payment) {
    case Payment::kSplit:
    case Payment::kSplitEarly:
      return cohort::Change{kSplit, cohort::kDefaultVersion, 1};
    case Payment::kSplitOnly:
    case Payment::kSplitNoGuard:
      return cohort::Change{kSplit, 1, 1};
    case Payment::kCharge:
    case Payment::kChargeRenamed:
      return std::nullopt;
  }
  return std::nullopt;
}

inline bool AsksForVersions(OrderStyle style) {
  return style != OrderStyle::kPython;
}

// What a generation asks for: coverage and retirement go by it.
inline std::vector<cohort::Change> ChangesOf(OrderStyle style,
                                             const Generation& g) {
  std::vector<cohort::Change> changes;
  if (AsksForVersions(style)) {
    if (const auto fraud = FraudVersions(g.fraud)) changes.push_back(*fraud);
    if (const auto split = SplitVersions(g.payment)) changes.push_back(*split);
    return changes;
  }
  const bool better = g.fraud == Fraud::kBetter || g.fraud == Fraud::kNoDefault;
  if (better) changes.push_back({kFraud2});
  if (g.fraud == Fraud::kGuarded || g.fraud == Fraud::kBetter) {
    changes.push_back({kFraud});
  }
  if (g.fraud == Fraud::kRenamed) changes.push_back({"fraud-check-x"});
  if (g.payment == Payment::kSplit || g.payment == Payment::kSplitEarly) {
    changes.push_back({kSplit});
  }
  return changes;
}

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_ORDER_GENERATIONS_H_
