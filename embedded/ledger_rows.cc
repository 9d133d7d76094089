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

absl::Status Ledger::Load(const History& history,
                          const std::map<std::int64_t, std::string>& attempts,
                          std::vector<std::string> buffered,
                          std::int64_t attempt, std::string stuck,
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
  for (auto& [id, activity] : activities_) {
    if (const auto row = attempts.find(id); row != attempts.end()) {
      COHORT_RETURN_IF_ERROR(ReadRow(row->second, activity));
    }
    if (activity.attempt.stage == AttemptStage::kQueued) {
      dispatched_.push_back(id);
    }
    const bool started = activity.attempt.stage == AttemptStage::kStarted;
    if (started && !activity.attempt.elsewhere) lost.push_back(id);
    Reschedule(id, activity);
  }
  stuck_ = std::move(stuck);
  task_.attempt = attempt;
  for (std::string& text : buffered) {
    AddText(std::move(text));
    changes_.buffer_cleared = true;
  }
  if (changes_.buffer_cleared) NeedTask(now);
  COHORT_RETURN_IF_ERROR(Settle());
  // Who ran these attempts has gone with the process.
  for (const std::int64_t id : lost) {
    const auto found = activities_.find(id);
    if (found == activities_.end()) continue;  // its end was in the buffer
    OpenActivity& activity = found->second;
    const Failure failure =
        TimeoutFailureOf(DueWhat::kStartToClose, activity.details);
    COHORT_RETURN_IF_ERROR(EndAttempt(
        now, id, activity, EventType::kActivityTaskTimedOut, failure));
  }
  if (task_.attempt > 1 && !task_.open) {
    task_.open = true;
    task_.scheduled = now;  // nothing records when it was
  }
  if (task_.open && task_.due == absl::InfiniteFuture()) TaskIsReady();
  return absl::OkStatus();
}

}  // namespace cohort
