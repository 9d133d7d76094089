#include "cohort/testing/oracle.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace cohort_testing {
namespace {

bool IsMarker(const OracleEvent& e) { return e.word.starts_with("Version "); }
bool IsUpsert(const OracleEvent& e) { return e.word == "Upsert"; }
bool Opens(const OracleEvent& e) {
  return e.word.starts_with("Schedule ") || e.word == "Timer";
}
bool IsOutput(const OracleEvent& e) {
  return IsMarker(e) || IsUpsert(e) || Opens(e) || e.word == "CancelActivity" ||
         e.word == "CancelTimer" || e.word == "Complete";
}

}  // namespace

Program ParseProgram(const std::string& text) {
  Program program;
  for (std::size_t i = 0; i + 4 <= text.size(); i += 4) {
    program.push_back({text[i], text[i + 1], text[i + 2], text[i + 3]});
  }
  return program;
}

std::string ToText(const Program& program) {
  std::string text;
  for (const ProgramStep& s : program) {
    text += {s.kind, s.form, s.tag, s.argument};
  }
  return text;
}

void Interpreter::Cancel(char target, std::vector<OracleEvent>& out) {
  const auto found = operations_.find(target);
  if (found == operations_.end() || found->second.done) return;
  Operation& operation = found->second;
  operation.done = true;
  bool timer = false;
  for (const ProgramStep& s : program_) {
    if (s.tag == target) timer = s.kind == 'T';
  }
  if (operation.event_id != 0) {
    out.push_back(
        {timer ? "CancelTimer" : "CancelActivity", operation.event_id});
    return;
  }
  // Not sent yet: its command is taken back.
  std::size_t n = 0;
  while (issued_[n] != target) ++n;
  issued_.erase(issued_.begin() + static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0;; ++i) {
    if (!Opens(out[i]) || n-- > 0) continue;
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

std::vector<OracleEvent> Interpreter::RunTurn(
    const std::map<char, int>* recorded, VersionChoice choice) {
  std::vector<OracleEvent> out;
  issued_.clear();
  while (!closed_) {
    if (at_ == program_.size()) {
      for (const auto& [tag, operation] : operations_) {
        if (!operation.done) return out;
      }
      out.push_back({"Complete"});
      closed_ = true;
      return out;
    }
    const ProgramStep& step = program_[at_];
    if (step.is_operation()) {
      if (!operations_.contains(step.tag)) {
        operations_[step.tag];
        issued_.push_back(step.tag);
        out.push_back({step.kind == 'T'
                           ? "Timer"
                           : std::string("Schedule ") + step.argument});
      }
      if (step.form == 's' && !operations_[step.tag].done) return out;
    } else if (step.kind == 'C') {
      Cancel(step.argument, out);
    } else if (!book_.contains(step.tag)) {
      int version = -1;
      if (recorded == nullptr) {
        version = choice == VersionChoice::kNewest ? step.max() : step.min();
        out.push_back({std::string("Version ") + step.tag + "=" +
                       std::to_string(version)});
        out.push_back({"Upsert"});
      } else if (recorded->contains(step.tag)) {
        version = recorded->at(step.tag);
      }
      book_[step.tag] = version;
      if (version < step.min() || version > step.max()) {
        out_of_range_ = true;
        return out;
      }
    } else if (book_[step.tag] < step.min() || book_[step.tag] > step.max()) {
      out_of_range_ = true;
      return out;
    }
    ++at_;
  }
  return out;
}

void Interpreter::Record(std::size_t n, int event_id) {
  operations_[issued_[n]].event_id = event_id;
}

void Interpreter::Settle(int event_id) {
  for (auto& [tag, operation] : operations_) {
    if (operation.event_id == event_id) operation.done = true;
  }
}

Oracle::Oracle(Program program, VersionChoice choice)
    : code_(std::move(program)), choice_(choice) {
  Append("Start");
}

int Oracle::Append(const std::string& word, int about) {
  events_.push_back({word, about});
  return static_cast<int>(events_.size());
}

void Oracle::RunTurn() {
  const int scheduled = Append("TaskScheduled");
  const int started = Append("TaskStarted", scheduled);
  Append("TaskCompleted", started);
  std::size_t operations = 0;
  for (const OracleEvent& e : code_.RunTurn(nullptr, choice_)) {
    const int id = Append(e.word, e.about);
    if (Opens(e)) {
      code_.Record(operations++, id);
      open_.push_back(id);
    }
    if (e.word == "CancelTimer") std::erase(open_, e.about);
  }
}

void Oracle::Complete(int event_id) {
  const OracleEvent& opened = events_[static_cast<std::size_t>(event_id - 1)];
  if (opened.word == "Timer") {
    Append("Fired", event_id);
  } else {
    Append("ActivityStarted", event_id);
    Append("ActivityCompleted", event_id);
  }
  code_.Settle(event_id);
  std::erase(open_, event_id);
}

std::string Judge(const Program& program,
                  const std::vector<OracleEvent>& events) {
  Interpreter code(program);
  std::size_t i = 0;
  while (i < events.size()) {
    const OracleEvent& e = events[i++];
    if (e.word == "Fired" || e.word == "ActivityCompleted") {
      code.Settle(e.about);
    }
    if (e.word != "TaskCompleted") continue;
    const std::size_t first = i;
    while (i < events.size() && IsOutput(events[i])) ++i;
    std::map<char, int> recorded;
    for (std::size_t k = first; k < i; ++k) {
      if (!IsMarker(events[k])) continue;
      const char tag = events[k].word[8];
      // Asked too early: it was answered without this marker.
      if (code.Knows(tag)) return "divergent";
      recorded[tag] = std::stoi(events[k].word.substr(10));
    }
    const std::vector<OracleEvent> issued =
        code.RunTurn(&recorded, VersionChoice::kNewest);
    if (code.out_of_range()) return "failed";
    std::vector<OracleEvent> wanted;
    std::size_t operations = 0;
    std::vector<int> ids;
    for (std::size_t k = first; k < i; ++k) {
      if (IsMarker(events[k]) || IsUpsert(events[k])) continue;
      wanted.push_back(events[k]);
      if (Opens(events[k])) ids.push_back(static_cast<int>(k) + 1);
    }
    if (wanted != issued) return "divergent";
    for (int id : ids) code.Record(operations++, id);
    for (const auto& [tag, version] : recorded) code.Learn(tag, version);
  }
  return "clean";
}

}  // namespace cohort_testing
