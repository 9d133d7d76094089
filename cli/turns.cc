#include "cohort/cli/turns.h"

#include <algorithm>
#include <utility>

#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/corpus/event_words.h"
#include "cohort/history/event_table.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

// Of the workflow task's own events only what went wrong is news.
bool IsQuiet(const Event& event) {
  return event.type == EventType::kWorkflowTaskScheduled ||
         event.type == EventType::kWorkflowTaskStarted;
}

TurnLine LineOf(const Turn& turn, EventWords& words) {
  TurnLine line;
  line.number = turn.number;
  line.failures = turn.failures;
  std::vector<Event> news;
  for (const Event& event : turn.inbound) {
    if (event.type == EventType::kWorkflowTaskScheduled) {
      line.scheduled = event.id;
    }
    if (!IsQuiet(event)) news.push_back(event);
  }
  if (turn.started != nullptr) line.started = turn.started->id;
  if (turn.completed != nullptr) line.completed = turn.completed->id;
  line.inbound = words.OfAll(news);
  line.outputs = words.OfAll(turn.outputs);
  return line;
}

absl::Status AddTurns(std::span<const Event> events, TurnList& list) {
  EventWords words(events);
  TurnReader reader;
  COHORT_RETURN_IF_ERROR(reader.Add(events, PageEnd::kLast));
  while (true) {
    COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, reader.Next());
    if (!turn) return absl::OkStatus();
    list.turns.push_back(LineOf(*turn, words));
  }
}

std::string IdText(std::int64_t id) {
  return id == 0 ? "-" : std::to_string(id);
}

std::string Joined(const std::vector<std::string>& words) {
  if (words.empty()) return "-";
  std::string text;
  for (const std::string& word : words) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", Printable(word));
  }
  return text;
}

}  // namespace

TurnList ListTurns(const History& history) {
  TurnList list;
  list.source = history.source();
  list.status = Annotate(AddTurns(history.events(), list), history.source());
  return list;
}

std::string TurnsText(const TurnList& list) {
  struct Cells {
    std::string task;
    std::string inbound;
  };
  std::vector<Cells> rows;
  std::size_t task_width = 4;
  std::size_t inbound_width = 7;
  // One overlong turn does not push all outputs off the screen.
  constexpr std::size_t kInboundWidthMax = 72;
  for (const TurnLine& line : list.turns) {
    Cells& row = rows.emplace_back();
    row.task = fmt::format("{}/{}/{}", IdText(line.scheduled),
                           IdText(line.started), IdText(line.completed));
    row.inbound = Joined(line.inbound);
    task_width = std::max(task_width, row.task.size());
    inbound_width =
        std::max(inbound_width, std::min(row.inbound.size(), kInboundWidthMax));
  }
  std::string text =
      fmt::format("{:>5}  {:<{}}  {:<{}}  {}\n", "turn", "task", task_width,
                  "inbound", inbound_width, "outputs");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TurnLine& line = list.turns[i];
    text +=
        fmt::format("{:>5}  {:<{}}  {:<{}}  {}\n", line.number, rows[i].task,
                    task_width, rows[i].inbound, inbound_width,
                    line.completed == 0 ? "(open)" : Joined(line.outputs));
  }
  return text;
}

nlohmann::ordered_json TurnsJson(const TurnList& list) {
  auto turns = nlohmann::ordered_json::array();
  for (const TurnLine& line : list.turns) {
    nlohmann::ordered_json task = {
        {"scheduled", nullptr}, {"started", nullptr}, {"completed", nullptr}};
    if (line.scheduled != 0) task["scheduled"] = line.scheduled;
    if (line.started != 0) task["started"] = line.started;
    if (line.completed != 0) task["completed"] = line.completed;
    turns.push_back({{"number", line.number},
                     {"task", std::move(task)},
                     {"failures", line.failures},
                     {"inbound", line.inbound},
                     {"outputs", line.outputs}});
  }
  return {{"file", list.source}, {"turns", std::move(turns)}};
}

}  // namespace cohort
