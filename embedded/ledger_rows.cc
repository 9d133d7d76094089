// What is kept beside events: attempts of activities, as JSON texts; and how a
// ledger is made of what was kept.

#include "cohort/base/status.h"
#include "cohort/embedded/ledger.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

// Bytes that a JsonView has to have behind it.
constexpr std::size_t kPadding = 64;

absl::StatusOr<Payloads> PayloadsOf(PayloadReader& reader, std::string json) {
  json.append(kPadding, ' ');
  return reader.ReadPayloads(
      {std::string_view(json).substr(0, json.size() - kPadding)});
}

absl::StatusOr<Failure> FailureOf(PayloadReader& reader, std::string json) {
  json.append(kPadding, ' ');
  return reader.ReadFailure(
      {std::string_view(json).substr(0, json.size() - kPadding)});
}

}  // namespace

std::string Ledger::RowOf(const OpenActivity& activity) {
  const Attempt& a = activity.attempt;
  std::string row = fmt::format(
      "{{\"attempt\":{},\"stage\":{},\"first\":{},\"scheduled\":{},"
      "\"started\":{},\"heartbeat\":{},\"elsewhere\":{}",
      a.number, static_cast<int>(a.stage), absl::ToUnixNanos(a.first_scheduled),
      absl::ToUnixNanos(a.scheduled), absl::ToUnixNanos(a.started),
      absl::ToUnixNanos(a.heartbeat), a.elsewhere);
  if (!activity.details.empty()) {
    row += ",\"details\":";
    AppendPayloads(row, activity.details);
  }
  if (activity.last_failure) {
    row += ",\"failure\":";
    AppendFailure(row, *activity.last_failure);
  }
  return row + "}";
}

absl::Status Ledger::ReadRow(const std::string& row, OpenActivity& activity) {
  const auto json = nlohmann::json::parse(row, nullptr, false);
  Attempt& a = activity.attempt;
  PayloadReader reader;
  try {
    a.number = json.at("attempt").get<std::int64_t>();
    const int stage = json.at("stage").get<int>();
    if (stage < 0 || stage > static_cast<int>(AttemptStage::kStarted)) {
      return DataLoss("an attempt of stage {}", stage);
    }
    a.stage = static_cast<AttemptStage>(stage);
    if (json.contains("first")) {
      a.first_scheduled =
          absl::FromUnixNanos(json["first"].get<std::int64_t>());
    }
    a.scheduled = absl::FromUnixNanos(json.at("scheduled").get<std::int64_t>());
    a.started = absl::FromUnixNanos(json.at("started").get<std::int64_t>());
    a.heartbeat = absl::FromUnixNanos(json.at("heartbeat").get<std::int64_t>());
    a.elsewhere = json.value("elsewhere", false);
    if (json.contains("details")) {
      COHORT_ASSIGN_OR_RETURN(activity.details,
                              PayloadsOf(reader, json["details"].dump()));
    }
    if (json.contains("failure")) {
      COHORT_ASSIGN_OR_RETURN(activity.last_failure,
                              FailureOf(reader, json["failure"].dump()));
    }
  } catch (const nlohmann::json::exception& e) {
    return DataLoss("an attempt that is no attempt: {}", e.what());
  }
  return absl::OkStatus();
}

std::string Ledger::RowOf(const Task& task) {
  return fmt::format("{{\"scheduled\":{}}}", absl::ToUnixNanos(task.scheduled));
}

absl::Status Ledger::ReadRow(const std::string& row, Task& task) {
  const auto json = nlohmann::json::parse(row, nullptr, false);
  if (!json.is_object() || !json.contains("scheduled") ||
      !json["scheduled"].is_number_integer()) {
    return DataLoss("a workflow task's attempt that is none: {:.80}", row);
  }
  task.scheduled = absl::FromUnixNanos(json["scheduled"].get<std::int64_t>());
  return absl::OkStatus();
}

// `lost` are those that have begun and that nobody runs any more.
absl::Status Ledger::LoadActivities(const KeptState& kept,
                                    std::vector<std::int64_t>* lost) {
  for (auto& [id, activity] : activities_) {
    if (const auto row = kept.attempts.find(id); row != kept.attempts.end()) {
      COHORT_RETURN_IF_ERROR(ReadRow(row->second, activity));
    }
    if (activity.attempt.stage == AttemptStage::kQueued) {
      dispatched_.push_back(id);
    }
    if (kept.attempts_lost && !activity.attempt.elsewhere &&
        activity.attempt.stage == AttemptStage::kStarted) {
      lost->push_back(id);
    }
    Reschedule(id, activity);
  }
  return absl::OkStatus();
}

// A task that has failed is in no event before its next attempt is completed.
absl::Status Ledger::LoadTask(const KeptState& kept, absl::Time now) {
  if (task_.attempt > 1 && !task_.open) {
    task_.open = true;
    task_.scheduled = now;
    const auto row = kept.attempts.find(0);
    if (row != kept.attempts.end()) {
      COHORT_RETURN_IF_ERROR(ReadRow(row->second, task_));
    }
    if (task_.scheduled > now) SetDue(&task_.due, 0, task_.scheduled);
  }
  if (task_.open && task_.due == absl::InfiniteFuture()) TaskIsReady();
  return absl::OkStatus();
}

absl::Status Ledger::Load(const History& history, KeptState kept,
                          absl::Time now) {
  for (const Event& event : history.events()) {
    bytes_ += static_cast<std::int64_t>(event.json.size()) + 2;
    last_event_ = event.id;
    COHORT_RETURN_IF_ERROR(Apply(event));
  }
  unsent_ = {history};
  unsent_from_ = 1;
  changes_ = {};
  if (!open()) return absl::OkStatus();
  std::vector<std::int64_t> lost;
  COHORT_RETURN_IF_ERROR(LoadActivities(kept, &lost));
  stuck_ = std::move(kept.stuck);
  task_.attempt = kept.task_attempt;
  for (std::string& text : kept.buffered) {
    AddText(std::move(text));
    changes_.buffer_cleared = true;
  }
  if (changes_.buffer_cleared && task_.attempt == 1) NeedTask(now);
  COHORT_RETURN_IF_ERROR(Settle());
  for (const std::int64_t id : lost) {
    const auto found = activities_.find(id);
    if (found == activities_.end()) continue;  // its end was in the buffer
    OpenActivity& activity = found->second;
    const Failure failure =
        TimeoutFailureOf(DueWhat::kStartToClose, activity.details);
    COHORT_RETURN_IF_ERROR(EndAttempt(
        now, id, activity, EventType::kActivityTaskTimedOut, failure));
  }
  return LoadTask(kept, now);
}

}  // namespace cohort
