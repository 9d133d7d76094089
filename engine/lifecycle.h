// The life of an operation, as a table.
//
// Every operation (activity, timer, child workflow, ...) is the same machine;
// what differs is only which history events spell its inputs: engine/kinds.h.
// A pair that has no row is an error: a divergence when workflow code or a
// recorded command causes it, kDataLoss when a delivered event does.
//
//   const LifecycleRow* row = Step(State::kRecorded, Input::kSettled);
//
// No input reaches an operation that is over: the engine forgets it then. And
// an operation has one type of cancellation: one that waits for its answer is
// not abandoned. Printed by `cohort tables`; scenarios_test takes every row.
#ifndef COHORT_ENGINE_LIFECYCLE_H_
#define COHORT_ENGINE_LIFECYCLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cohort {

enum class State : std::uint8_t {
  kIssued,     // the code has asked; history has not recorded it yet
  kRecorded,   // its event is in history
  kStarted,    // somebody works on it
  kCanceling,  // cancellation requested; the future waits for the answer
  kDetached,   // the future is settled; the operation may still end
  kSettled,    // ended
  kDropped,    // withdrawn before it was sent
};
inline constexpr std::size_t kStateCount = 7;

enum class Input : std::uint8_t {
  kRecorded,
  kStarted,
  kSettled,
  kCancelWait,   // the code cancels and waits for the answer
  kCancelTry,    // the code cancels and goes on
  kAbandon,      // the code goes on and tells nobody
  kCancelAcked,  // history records the cancellation itself
};
inline constexpr std::size_t kInputCount = 7;

// What a step does beside changing the state; bits.
using Effects = std::uint8_t;
inline constexpr Effects kNothing = 0;
inline constexpr Effects kIndex = 1;           // find it by its event id
inline constexpr Effects kNotifyStarted = 2;   // settle the "started" future
inline constexpr Effects kSettle = 4;          // with what the event says
inline constexpr Effects kSettleCanceled = 8;  // with CanceledError
inline constexpr Effects kIssueCancel = 16;    // issue the cancel command
inline constexpr Effects kWithdraw = 32;       // take its command back

struct LifecycleRow {
  State from;
  Input input;
  State to;
  Effects effects;
};

// clang-format off
inline constexpr std::array<LifecycleRow, 23> kLifecycle = {{
    {State::kIssued,    Input::kRecorded,    State::kRecorded,  kIndex},
    {State::kIssued,    Input::kCancelWait,  State::kDropped,   kWithdraw | kSettleCanceled},
    {State::kIssued,    Input::kCancelTry,   State::kDropped,   kWithdraw | kSettleCanceled},
    {State::kIssued,    Input::kAbandon,     State::kDropped,   kWithdraw | kSettleCanceled},

    {State::kRecorded,  Input::kStarted,     State::kStarted,   kNotifyStarted},
    {State::kRecorded,  Input::kSettled,     State::kSettled,   kSettle},
    {State::kRecorded,  Input::kCancelWait,  State::kCanceling, kIssueCancel},
    {State::kRecorded,  Input::kCancelTry,   State::kDetached,  kIssueCancel | kSettleCanceled},
    {State::kRecorded,  Input::kAbandon,     State::kDetached,  kSettleCanceled},

    {State::kStarted,   Input::kSettled,     State::kSettled,   kSettle},
    {State::kStarted,   Input::kCancelWait,  State::kCanceling, kIssueCancel},
    {State::kStarted,   Input::kCancelTry,   State::kDetached,  kIssueCancel | kSettleCanceled},
    {State::kStarted,   Input::kAbandon,     State::kDetached,  kSettleCanceled},

    {State::kCanceling, Input::kStarted,     State::kCanceling, kNotifyStarted},
    {State::kCanceling, Input::kSettled,     State::kSettled,   kSettle},
    {State::kCanceling, Input::kCancelWait,  State::kCanceling, kNothing},
    {State::kCanceling, Input::kCancelAcked, State::kDetached,  kSettleCanceled},

    {State::kDetached,  Input::kStarted,     State::kDetached,  kNothing},
    {State::kDetached,  Input::kSettled,     State::kSettled,   kNothing},
    {State::kDetached,  Input::kCancelWait,  State::kDetached,  kNothing},
    {State::kDetached,  Input::kCancelTry,   State::kDetached,  kNothing},
    {State::kDetached,  Input::kAbandon,     State::kDetached,  kNothing},
    {State::kDetached,  Input::kCancelAcked, State::kDetached,  kNothing},
}};
// clang-format on

// Has it ended, so that nothing that comes in is about it any more?
constexpr bool IsOver(State state) {
  return state == State::kSettled || state == State::kDropped;
}

namespace engine_internal {

using StepIndex = std::array<std::array<std::int8_t, kInputCount>, kStateCount>;

consteval StepIndex IndexLifecycle() {
  StepIndex index{};
  for (auto& inputs : index) inputs.fill(-1);
  for (std::size_t i = 0; i < kLifecycle.size(); ++i) {
    const LifecycleRow& row = kLifecycle[i];
    auto& cell = index[static_cast<std::size_t>(row.from)]
                      [static_cast<std::size_t>(row.input)];
    if (cell >= 0) throw "a (state, input) pair has two rows";
    cell = static_cast<std::int8_t>(i);
  }
  return index;
}
inline constexpr StepIndex kStepIndex = IndexLifecycle();

// Is the future of an operation in this state settled?
constexpr bool FutureSettled(State s) {
  return s == State::kDetached || IsOver(s);
}

consteval bool EveryStateIsReachable() {
  std::array<bool, kStateCount> seen{};
  seen[static_cast<std::size_t>(State::kIssued)] = true;
  for (std::size_t round = 0; round < kStateCount; ++round) {
    for (const LifecycleRow& row : kLifecycle) {
      if (seen[static_cast<std::size_t>(row.from)]) {
        seen[static_cast<std::size_t>(row.to)] = true;
      }
    }
  }
  for (bool s : seen) {
    if (!s) return false;
  }
  return true;
}

// On every path a future settles exactly once: each row that leads from
// unsettled to settled states settles it, once, and no other row does.
consteval bool FuturesSettleOnce() {
  for (const LifecycleRow& row : kLifecycle) {
    const int settles = ((row.effects & kSettle) != 0 ? 1 : 0) +
                        ((row.effects & kSettleCanceled) != 0 ? 1 : 0);
    const bool must = !FutureSettled(row.from) && FutureSettled(row.to);
    if (settles != (must ? 1 : 0)) return false;
    if (FutureSettled(row.from) && !FutureSettled(row.to)) return false;
  }
  return true;
}

// What is over has no row: it is forgotten.
consteval bool NothingFollowsTheEnd() {
  for (const LifecycleRow& row : kLifecycle) {
    if (IsOver(row.from)) return false;
  }
  return true;
}

static_assert(NothingFollowsTheEnd());
static_assert(EveryStateIsReachable());
static_assert(FuturesSettleOnce());

}  // namespace engine_internal

// The row for (state, input), or null where that may not happen.
constexpr const LifecycleRow* Step(State state, Input input) {
  const std::int8_t i =
      engine_internal::kStepIndex[static_cast<std::size_t>(state)]
                                 [static_cast<std::size_t>(input)];
  return i < 0 ? nullptr : &kLifecycle[static_cast<std::size_t>(i)];
}

inline constexpr std::array<std::string_view, kStateCount> kStateNames = {
    "Issued",   "Recorded", "Started", "Canceling",
    "Detached", "Settled",  "Dropped"};
inline constexpr std::array<std::string_view, kInputCount> kInputNames = {
    "Recorded",  "Started", "Settled",    "CancelWait",
    "CancelTry", "Abandon", "CancelAcked"};

constexpr std::string_view NameOf(State s) {
  return kStateNames[static_cast<std::size_t>(s)];
}
constexpr std::string_view NameOf(Input i) {
  return kInputNames[static_cast<std::size_t>(i)];
}

}  // namespace cohort

#endif  // COHORT_ENGINE_LIFECYCLE_H_
