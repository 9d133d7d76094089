// TaskPort: activities.

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/embedded/core.h"
#include "cohort/embedded/token.h"

namespace cohort {

absl::StatusOr<std::optional<ActivityTask>> Core::PollActivity(
    const Poller& poller, absl::Duration wait) {
  const absl::Time deadline =
      wait > absl::ZeroDuration() ? absl::Now() + wait : absl::InfinitePast();
  while (true) {
    std::optional<ActivityRef> ref;
    {
      Lock lock(mutex_);
      while (!ref) {
        if (shut_ || left_.contains(poller.worker)) {
          return absl::CancelledError(
              "no more tasks: the engine or the worker "
              "has been shut down");
        }
        const auto queue = queues_.find(poller.queue);
        if (queue != queues_.end() && !queue->second.activities.empty()) {
          ref = queue->second.activities.front();
          queue->second.activities.pop_front();
        } else if (!WaitForTask(lock, deadline)) {
          return std::nullopt;
        }
      }
    }
    std::optional<ActivityTask> task;
    const absl::Status started =
        Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
          COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, ref->row));
          // An attempt that may be the last is not begun twice.
          unit.durable = live->ledger.AttemptsAreBounded(ref->event);
          task = live->ledger.StartActivity(unit.now, ref->event);
          return absl::OkStatus();
        });
    COHORT_RETURN_IF_ERROR(started);
    if (!task) continue;  // it is over
    task->token =
        TokenOf({TokenKind::kActivity, ref->row, ref->event, task->attempt});
    return task;
  }
}

absl::Status Core::EndActivity(Durably durably, const std::string& token,
                               ActivityOutcome::End how, Payloads result,
                               Failure failure) {
  COHORT_ASSIGN_OR_RETURN(const Token t, ReadToken(token));
  return Transact(durably, [&](Unit& unit) -> absl::Status {
    COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, t.row));
    return live->ledger.EndActivity(unit.now, t.a, t.b, how, std::move(result),
                                    std::move(failure));
  });
}

absl::Status Core::CompleteActivity(const std::string& token, Payloads result) {
  return EndActivity(Durably::kNo, token, ActivityOutcome::End::kResult,
                     std::move(result), {});
}

absl::Status Core::FailActivity(const std::string& token, Failure failure) {
  return EndActivity(Durably::kNo, token, ActivityOutcome::End::kFailure, {},
                     std::move(failure));
}

absl::Status Core::CancelActivity(const std::string& token, Payloads details) {
  return EndActivity(Durably::kNo, token, ActivityOutcome::End::kCanceled,
                     std::move(details), {});
}

absl::Status Core::EndActivityDurably(const std::string& token,
                                      ActivityOutcome::End how, Payloads result,
                                      Failure failure) {
  return EndActivity(Durably::kYes, token, how, std::move(result),
                     std::move(failure));
}

void Core::LeaveOpen(const std::string& token) {
  const absl::StatusOr<Token> t = ReadToken(token);
  if (!t.ok()) return;
  Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
    COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, t->row));
    live->ledger.LeaveOpen(t->a, t->b);
    return absl::OkStatus();
  }).IgnoreError();
}

absl::StatusOr<bool> Core::Heartbeat(const std::string& token,
                                     Payloads details) {
  COHORT_ASSIGN_OR_RETURN(const Token t, ReadToken(token));
  bool cancel = false;
  COHORT_RETURN_IF_ERROR(
      Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
        COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, t.row));
        COHORT_ASSIGN_OR_RETURN(
            cancel,
            live->ledger.Heartbeat(unit.now, t.a, t.b, std::move(details)));
        return absl::OkStatus();
      }));
  return cancel;
}

}  // namespace cohort
