#include "cohort/benchmarks/made_history.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/base/version.h"
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

// As the next element of a list of events: what a server numbers its events
// with goes behind the type.
void AppendEvent(std::string json, std::int64_t id, std::string& out) {
  const std::size_t comma = json.find(',', json.find("\"eventType\""));
  json.insert(comma, fmt::format(",\"taskId\":\"{}\"", 1064640 + id));
  out += id == 1 ? "\n    " : ",\n    ";
  AppendIndented(json, 2, out);
}

constexpr std::string_view kBegin = "{\n  \"events\": [";
constexpr std::string_view kEnd = "\n  ]\n}\n";

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
    return std::move(text_.append(kEnd));
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
    AppendEvent(std::move(json), id_, text_);
    return id_;
  }

  std::string queue_;
  std::string recorded_;  // the versions so far, as a list's elements
  std::string text_{kBegin};
  std::int64_t id_ = 0;
  std::int64_t task_ = 0;  // the last WorkflowTaskCompleted
};

// What a server and a worker add to an event, that a recorder has no use for.
struct Added {
  EventType type;
  std::string_view fields;
};
constexpr std::string_view kWorker =
    R"("identity":"worker-go-g0","requestId":"4ef3190e-634e-44f7-99a8-3e4685129fbf",)"
    R"("workerVersion":{"buildId":"38109be5452d280b29d5c8e4c4f5eb07"})";
constexpr std::string_view kTaskWorker =
    R"("identity":"worker-go-g0","requestId":"4ef3190e-634e-44f7-99a8-3e4685129fbf",)"
    R"("historySizeBytes":"10407",)"
    R"("workerVersion":{"buildId":"38109be5452d280b29d5c8e4c4f5eb07"})";
constexpr std::string_view kIdentity = R"("identity":"worker-go-g0")";
constexpr std::array<Added, 14> kAdded = {{
    {EventType::kWorkflowTaskScheduled,
     R"("taskQueue":{"name":"q-bench-211218","kind":"TASK_QUEUE_KIND_NORMAL"},)"
     R"("startToCloseTimeout":"10s","attempt":1)"},
    {EventType::kWorkflowTaskStarted, kTaskWorker},
    {EventType::kWorkflowTaskCompleted, kWorker},
    {EventType::kActivityTaskScheduled,
     R"("taskQueue":{"name":"q-bench-211218","kind":"TASK_QUEUE_KIND_NORMAL"},)"
     R"("header":{},"useWorkflowBuildId":true)"},
    {EventType::kActivityTaskStarted, kWorker},
    {EventType::kActivityTaskCompleted, kIdentity},
    {EventType::kActivityTaskFailed, kIdentity},
    {EventType::kActivityTaskCanceled, kIdentity},
    {EventType::kWorkflowExecutionSignaled,
     R"("identity":"driver","header":{})"},
    {EventType::kStartChildWorkflowExecutionInitiated,
     R"("namespace":"default","namespaceId":"f61ac3d1-9a9f-4c9c-9a4b-0f1d2a3b4c5d",)"
     R"("taskQueue":{"name":"q-bench-211218","kind":"TASK_QUEUE_KIND_NORMAL"},)"
     R"("header":{})"},
    {EventType::kChildWorkflowExecutionStarted,
     R"("namespace":"default","header":{})"},
    {EventType::kChildWorkflowExecutionCompleted, R"("namespace":"default")"},
    {EventType::kChildWorkflowExecutionCanceled, R"("namespace":"default")"},
    {EventType::kNexusOperationScheduled,
     R"("requestId":"4ef3190e-634e-44f7-99a8-3e4685129fbf")"},
}};

// Of the recorder's own text of an event. The version that wrote it is one that
// never changes: the same bytes, and the same checksums, after each release.
std::string WithServerFields(EventType type, std::string json) {
  const std::size_t version = json.find(cohort::kSdkVersion);
  if (type == EventType::kWorkflowTaskCompleted && version != json.npos) {
    json.replace(version, cohort::kSdkVersion.size(), "1.0.0");
  }
  for (const Added& added : kAdded) {
    if (added.type != type) continue;
    const std::size_t end = json.size() - 2;
    const bool first = json[end - 1] == '{';
    json.insert(end, first ? std::string(added.fields)
                           : fmt::format(",{}", added.fields));
  }
  return json;
}

}  // namespace

std::string InOfficialLayout(const cohort::History& live) {
  std::string out(kBegin);
  for (const cohort::Event& event : live.events()) {
    AppendEvent(WithServerFields(event.type, std::string(event.json)), event.id,
                out);
  }
  return out.append(kEnd);
}

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
