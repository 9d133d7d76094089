#include "cohort/benchmarks/made_history.h"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/history/json_writer.h"
#include "fmt/format.h"

namespace cohort_benchmarks {
namespace {

using cohort::Attribute;
using cohort::EventDraft;
using cohort::EventType;
using cohort::JsonPayload;
using cohort::Text;

constexpr std::string_view kRunId = "01a2051a-4cf8-73b6-880a-4fd837819ddc";
constexpr std::string_view kBuildId = "38109be5452d280b29d5c8e4c4f5eb07";

// One space of JSON text to many: two for each level, lines as the official
// tools break them. `depth` is that of the value.
void AppendIndented(std::string_view json, std::size_t depth,
                    std::string& out) {
  const auto line = [&] {
    out += '\n';
    out.append(2 * depth, ' ');
  };
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && (i == 0 || json[i - 1] != '\\')) in_string = !in_string;
    const bool empty = i + 1 < json.size() && (json[i + 1] == '}');
    if (in_string || c == '"') {
      out += c;
    } else if (c == '{' || c == '[') {
      ++depth;
      out += c;
      if (!empty) line();
    } else if (c == '}' || c == ']') {
      --depth;
      if (json[i - 1] != '{') line();
      out += c;
    } else {
      out += c;
      if (c == ',') line();
      if (c == ':') out += ' ';
    }
  }
}

class HistoryMaker {
 public:
  HistoryMaker(std::string_view workflow, int argument)
      : queue_(fmt::format("q-bench-{}-211218", workflow)) {
    EventDraft draft = Draft(EventType::kWorkflowExecutionStarted);
    draft.text(Text::kName) = workflow;
    draft.text(Text::kId) = fmt::format("bench-{}-211218", workflow);
    draft.text(Text::kControl) = kRunId;
    draft.input = {JsonPayload(fmt::format("{}", argument))};
    draft.attributes = {{"taskQueue.name", queue_},
                        {"taskQueue.kind", "TASK_QUEUE_KIND_NORMAL"},
                        {"workflowExecutionTimeout", std::chrono::seconds(0)},
                        {"workflowRunTimeout", std::chrono::seconds(0)},
                        {"workflowTaskTimeout", std::chrono::seconds(10)},
                        {"identity", "driver"},
                        {"firstExecutionRunId", std::string(kRunId)},
                        {"attempt", std::int64_t{1}},
                        {"firstWorkflowTaskBackoff", std::chrono::seconds(0)}};
    Append(draft);
  }

  void Task() {
    EventDraft scheduled = Draft(EventType::kWorkflowTaskScheduled);
    scheduled.attributes = {{"taskQueue.name", queue_},
                            {"taskQueue.kind", "TASK_QUEUE_KIND_NORMAL"},
                            {"startToCloseTimeout", std::chrono::seconds(10)},
                            {"attempt", std::int64_t{1}}};
    const std::int64_t scheduled_id = Append(scheduled);
    EventDraft started = Draft(EventType::kWorkflowTaskStarted);
    started.attributes = {{"scheduledEventId", scheduled_id}};
    AddWorker(started, 288 * scheduled_id);
    const std::int64_t started_id = Append(started);
    EventDraft completed = Draft(EventType::kWorkflowTaskCompleted);
    completed.attributes = {
        {"scheduledEventId", scheduled_id},
        {"startedEventId", started_id},
        {"identity", "worker-go-g0"},
        {"workerVersion.buildId", std::string(kBuildId)},
    };
    if (task_ == 0) {
      completed.attributes.push_back({"sdkMetadata.sdkName", "temporal-go"});
      completed.attributes.push_back({"sdkMetadata.sdkVersion", "1.50.0"});
    }
    constexpr std::string_view kMetering = ",\"meteringMetadata\":{}";
    constexpr std::string_view kEmpty =
        ",\"sdkMetadata\":{},\"meteringMetadata\":{}";
    task_ = Append(completed, task_ == 0 ? kMetering : kEmpty);
  }

  void Version(std::string_view change) {
    EventDraft marker = Draft(EventType::kMarkerRecorded);
    marker.text(Text::kName) = "Version";
    marker.details["change-id"] = {JsonPayload(fmt::format("\"{}\"", change))};
    marker.details["version"] = {JsonPayload("1")};
    AddTask(marker);
    Append(marker);
    recorded_ +=
        fmt::format("{}\"{}-1\"", recorded_.empty() ? "" : ",", change);
    EventDraft upsert = Draft(EventType::kUpsertWorkflowSearchAttributes);
    cohort::Payload list = JsonPayload("[" + recorded_ + "]");
    list.metadata["type"] = "KeywordList";
    upsert.details["TemporalChangeVersion"] = {std::move(list)};
    AddTask(upsert);
    Append(upsert);
  }

  std::int64_t ScheduleActivity(int argument) {
    EventDraft draft = Draft(EventType::kActivityTaskScheduled);
    draft.text(Text::kName) = "noop";
    draft.text(Text::kId) = fmt::format("{}", id_ + 1);
    draft.input = {JsonPayload(fmt::format("{}", argument))};
    draft.attributes = {
        {"taskQueue.name", queue_},
        {"taskQueue.kind", "TASK_QUEUE_KIND_NORMAL"},
        {"scheduleToCloseTimeout", std::chrono::seconds(0)},
        {"scheduleToStartTimeout", std::chrono::seconds(0)},
        {"startToCloseTimeout", std::chrono::seconds(10)},
        {"heartbeatTimeout", std::chrono::seconds(0)},
        {"retryPolicy.initialInterval", std::chrono::milliseconds(100)},
        {"retryPolicy.backoffCoefficient", 2.0},
        {"retryPolicy.maximumInterval", std::chrono::seconds(10)},
        {"retryPolicy.maximumAttempts", std::int64_t{2}},
        {"useWorkflowBuildId", true}};
    AddTask(draft);
    return Append(draft, ",\"header\":{}");
  }

  void CompleteActivity(std::int64_t scheduled_id, int result) {
    EventDraft started = Draft(EventType::kActivityTaskStarted);
    started.subject = scheduled_id;
    started.attributes = {{"attempt", std::int64_t{1}}};
    AddWorker(started, 0);
    const std::int64_t started_id = Append(started);
    EventDraft completed = Draft(EventType::kActivityTaskCompleted);
    completed.subject = scheduled_id;
    completed.input = {JsonPayload(fmt::format("{}", result))};
    completed.attributes = {{"startedEventId", started_id},
                            {"identity", "worker-go-g0"}};
    Append(completed);
  }

  std::string Complete(int result) {
    EventDraft draft = Draft(EventType::kWorkflowExecutionCompleted);
    draft.input = {JsonPayload(fmt::format("{}", result))};
    AddTask(draft);
    Append(draft);
    return std::move(text_) + "\n  ]\n}\n";
  }

 private:
  EventDraft Draft(EventType type) {
    EventDraft draft;
    draft.type = type;
    draft.id = id_ + 1;
    draft.time = absl::FromUnixSeconds(1795381939) +
                 absl::Nanoseconds(448244803 + 4731907 * id_);
    return draft;
  }

  void AddTask(EventDraft& draft) const {
    draft.attributes.push_back({"workflowTaskCompletedEventId", task_});
  }

  void AddWorker(EventDraft& draft, std::int64_t history_bytes) const {
    std::vector<Attribute>& to = draft.attributes;
    to.push_back({"identity", "worker-go-g0"});
    to.push_back(
        {"requestId", fmt::format("{:08x}-2659-40eb-bf39-898d91639134", id_)});
    if (history_bytes > 0) to.push_back({"historySizeBytes", history_bytes});
    to.push_back({"workerVersion.buildId", std::string(kBuildId)});
  }

  // `more` are fields of the attributes that a draft cannot hold.
  std::int64_t Append(const EventDraft& draft, std::string_view more = "") {
    id_ = draft.id;
    std::string json = cohort::WriteEvent(draft);
    json.insert(json.size() - 2, more);
    // What a server numbers its events with, behind the type.
    const std::size_t comma = json.find(',', json.find("\"eventType\""));
    json.insert(comma, fmt::format(",\"taskId\":\"{}\"", 1064640 + id_));
    text_ += id_ == 1 ? "\n    " : ",\n    ";
    AppendIndented(json, 2, text_);
    return id_;
  }

  std::string queue_;
  std::string recorded_;  // the versions so far, as a list's elements
  std::string text_ = "{\n  \"events\": [";
  std::int64_t id_ = 0;
  std::int64_t task_ = 0;  // the last WorkflowTaskCompleted
};

}  // namespace

std::string MakeLoop(int n) {
  HistoryMaker maker("Loop", n);
  for (int i = 0; i < n; ++i) {
    maker.Task();
    if (i < 8) maker.Version(fmt::format("step-{}", i));
    maker.CompleteActivity(maker.ScheduleActivity(i), i);
  }
  maker.Task();
  return maker.Complete(n);
}

std::string MakeFanout(int n) {
  HistoryMaker maker("Fanout", n);
  maker.Task();
  std::vector<std::int64_t> scheduled;
  for (int i = 0; i < n; ++i) scheduled.push_back(maker.ScheduleActivity(i));
  for (int i = 0; i < n; ++i) {
    maker.CompleteActivity(scheduled[static_cast<std::size_t>(i)], i);
    if (i % 3 == 2 || i + 1 == n) maker.Task();
  }
  return maker.Complete(n);
}

}  // namespace cohort_benchmarks
