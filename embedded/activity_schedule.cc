#include "cohort/embedded/activity_schedule.h"

#include <array>

#include "fmt/core.h"

namespace cohort {
namespace {

struct TimeoutRow {
  std::string_view name;      // in messages
  std::string_view spelling;  // temporal.api.enums.v1.TimeoutType
};
constexpr std::array<TimeoutRow, 4> kTimeouts = {{
    {"StartToClose", "TIMEOUT_TYPE_START_TO_CLOSE"},
    {"ScheduleToStart", "TIMEOUT_TYPE_SCHEDULE_TO_START"},
    {"ScheduleToClose", "TIMEOUT_TYPE_SCHEDULE_TO_CLOSE"},
    {"Heartbeat", "TIMEOUT_TYPE_HEARTBEAT"},
}};

}  // namespace

absl::Time ExpiryOf(const ActivityRules& rules, const Attempt& attempt) {
  return rules.schedule_to_close > absl::ZeroDuration()
             ? attempt.first_scheduled + rules.schedule_to_close
             : absl::InfiniteFuture();
}

ActivityDue NextDue(const ActivityRules& rules, const Attempt& attempt) {
  ActivityDue due;
  const auto consider = [&due](absl::Time from, absl::Duration timeout,
                               DueWhat what) {
    if (timeout > absl::ZeroDuration() && from + timeout < due.at) {
      due = {from + timeout, what};
    }
  };
  if (attempt.stage == AttemptStage::kStarted) {
    consider(attempt.started, rules.start_to_close, DueWhat::kStartToClose);
  }
  if (attempt.stage == AttemptStage::kQueued) {
    consider(attempt.scheduled, rules.schedule_to_start,
             DueWhat::kScheduleToStart);
  }
  consider(attempt.first_scheduled, rules.schedule_to_close,
           DueWhat::kScheduleToClose);
  if (attempt.stage == AttemptStage::kStarted) {
    consider(attempt.heartbeat, rules.heartbeat, DueWhat::kHeartbeat);
  }
  if (attempt.stage == AttemptStage::kWaiting && attempt.scheduled < due.at) {
    due = {attempt.scheduled, DueWhat::kDispatch};
  }
  return due;
}

Failure TimeoutFailureOf(DueWhat what, const Payloads& last_heartbeat) {
  const TimeoutRow& row = kTimeouts[static_cast<std::size_t>(what)];
  Failure failure;
  failure.message = fmt::format("activity {} timeout", row.name);
  failure.source = "Server";
  failure.info = "timeoutFailureInfo";
  failure.timeout_type = row.spelling;
  failure.details = last_heartbeat;
  return failure;
}

}  // namespace cohort
