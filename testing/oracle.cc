#include "cohort/testing/oracle.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace cohort_testing {
namespace {

// How an operation's life is spelled.
struct Words {
  char kind;
  std::string opened;    // the type follows, but for timers
  std::string canceled;  // its cancel command; "" for none
  std::string started;   // before it ends; "" for none
  std::string completed;
};
const Words kWords[] = {
    {'A', "Schedule", "CancelActivity", "ActivityStarted", "ActivityCompleted"},
    {'T', "Timer", "CancelTimer", "", "Fired"},
    {'H', "Child", "CancelChild", "ChildStarted", "ChildCompleted"},
    {'N', "Nexus", "CancelNexus", "", "NexusCompleted"},
    {'X', "Signal", "", "", "Signaled"},
};
// The request that cancels a child is an operation of its own.
const Words kChildCancel = {'H', "CancelChild", "", "", "ChildCancelRequested"};

const Words* WordsOf(char kind) {
  for (const Words& w : kWords) {
    if (w.kind == kind) return &w;
  }
  return nullptr;
}
const Words* OpenedBy(const std::string& word) {
  if (word == kChildCancel.opened) return &kChildCancel;
  for (const Words& w : kWords) {
    if (word == w.opened || word.starts_with(w.opened + " ")) return &w;
  }
  return nullptr;
}

bool IsVersion(const OracleEvent& e) { return e.word.starts_with("Version "); }
bool IsLocal(const OracleEvent& e) { return e.word.starts_with("Local "); }
bool IsCancel(const OracleEvent& e) {
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&e](const Words& w) { return e.word == w.canceled; });
}
bool IsOutput(const OracleEvent& e) {
  return IsVersion(e) || IsLocal(e) || IsCancel(e) || e.word == "Upsert" ||
         e.word == "SideEffect" || e.word == "Complete" ||
         OpenedBy(e.word) != nullptr;
}
bool IsEnd(const OracleEvent& e) {
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&e](const Words& w) { return e.word == w.completed; });
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

std::string Show(const std::vector<OracleEvent>& events) {
  std::string out;
  for (const OracleEvent& e : events) {
    out += e.word + (e.about != 0 ? " #" + std::to_string(e.about) : "") + "\n";
  }
  return out;
}

const ProgramStep& Interpreter::StepOf(char tag) const {
  return *std::find_if(
      program_.begin(), program_.end(),
      [tag](const ProgramStep& s) { return s.tag == tag && s.is_operation(); });
}

void Interpreter::Cancel(char target) {
  const auto found = operations_.find(target);
  if (found == operations_.end() || found->second.done) return;
  Operation& operation = found->second;
  operation.done = true;
  if (std::erase(locals_, target) > 0) canceled_locals_.push_back(target);
  const Words* words = WordsOf(StepOf(target).kind);
  if (words == nullptr) return;
  const bool named = words->canceled != kChildCancel.opened;
  if (operation.event_id != 0) {
    if (words->canceled.empty()) return;
    out_.push_back({words->canceled, named ? operation.event_id : 0});
    return;
  }
  const auto mine =
      std::find_if(out_.begin(), out_.end(),
                   [target](const auto& e) { return e.tag == target; });
  if (std::find_if(mine, out_.end(), IsLocal) == out_.end()) {
    out_.erase(mine);  // not sent yet: its command is taken back
  } else if (!words->canceled.empty()) {
    // A local activity ended behind it: a replay finds it recorded.
    out_.push_back({words->canceled, 0, 0, named ? target : char{0}});
  }
}

bool Interpreter::Begin(const ProgramStep& step) {
  if (!operations_.contains(step.tag)) {
    operations_[step.tag];
    if (step.kind == 'L') {
      locals_.push_back(step.tag);
      operations_[step.tag].number = ++locals_begun_;
    } else {
      const std::string& word = WordsOf(step.kind)->opened;
      const bool typed = step.kind != 'T';
      out_.push_back({typed ? word + " " + step.argument : word, 0, step.tag});
    }
  }
  return step.form != 's' || operations_[step.tag].done;
}

bool Interpreter::Ask(const ProgramStep& step, const Recorded* recorded,
                      VersionChoice choice) {
  if (!book_.contains(step.tag)) {
    int version = -1;
    if (recorded == nullptr) {
      version = choice == VersionChoice::kNewest ? step.max() : step.min();
      out_.push_back(
          {std::string("Version ") + step.tag + "=" + std::to_string(version)});
      out_.push_back({"Upsert"});
    } else if (recorded->versions.contains(step.tag)) {
      version = recorded->versions.at(step.tag);
    }
    book_[step.tag] = version;
  }
  const int version = book_[step.tag];
  out_of_range_ = version < step.min() || version > step.max();
  return !out_of_range_;
}

bool Interpreter::Step(const ProgramStep& step, const Recorded* recorded,
                       VersionChoice choice) {
  if (step.is_operation()) return Begin(step);
  if (step.kind == 'V') return Ask(step, recorded, choice);
  if (step.kind == 'C') {
    Cancel(step.argument);
    return true;
  }
  diverged_ = recorded != nullptr && side_effects_ == recorded->side_effects;
  if (diverged_) return false;
  ++side_effects_;
  out_.push_back({"SideEffect"});
  return true;
}

void Interpreter::Run(const Recorded* recorded, VersionChoice choice) {
  while (!closed_ && !out_of_range_ && !diverged_) {
    if (at_ < program_.size()) {
      if (!Step(program_[at_], recorded, choice)) return;
      ++at_;
      continue;
    }
    for (const auto& [tag, operation] : operations_) {
      if (!operation.done) return;
    }
    out_.push_back({"Complete"});
    closed_ = true;
  }
}

std::string Interpreter::MarkerOf(char tag) const {
  return std::string("Local ") + StepOf(tag).argument + " " +
         std::to_string(operations_.at(tag).number);
}

std::string Interpreter::EndLocal(const std::string& marker) {
  const auto exactly = [&](char tag) { return MarkerOf(tag) == marker; };
  const auto by_type = [&](char tag) {
    return marker.empty() || marker[6] == StepOf(tag).argument;
  };
  std::vector<char>* list = &locals_;
  auto found = std::find_if(list->begin(), list->end(), exactly);
  if (found == list->end()) {
    found = std::find_if(list->begin(), list->end(), by_type);
  }
  if (found == list->end() && !marker.empty()) {
    list = &canceled_locals_;
    found = std::find_if(list->begin(), list->end(), by_type);
  }
  if (found == list->end()) return "";
  const char tag = *found;
  list->erase(found);
  operations_[tag].done = true;
  return MarkerOf(tag);
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
  code_.BeginTurn();
  code_.Run(nullptr, choice_);
  while (!code_.closed()) {
    const std::string marker = code_.EndLocal("");
    if (marker.empty()) break;
    code_.out().push_back({marker});
    code_.Run(nullptr, choice_);
  }
  for (const OracleEvent& e : code_.out()) {
    const int about = e.cancels != 0 ? code_.EventOf(e.cancels) : e.about;
    const int id = Append(e.word, about);
    if (e.tag != 0) code_.Record(e.tag, id);
    if (OpenedBy(e.word) != nullptr) open_.push_back(id);
    if (e.word == "CancelTimer") std::erase(open_, about);
  }
}

void Oracle::Complete(int event_id) {
  const Words& words =
      *OpenedBy(events_[static_cast<std::size_t>(event_id - 1)].word);
  if (!words.started.empty()) Append(words.started, event_id);
  Append(words.completed, event_id);
  code_.Settle(event_id);
  std::erase(open_, event_id);
}

namespace {

// One completed turn of another program's history. "" where it agrees.
std::string JudgeTurn(Interpreter& code, const std::vector<OracleEvent>& events,
                      std::size_t first, std::size_t end) {
  Recorded recorded;
  for (std::size_t k = first; k < end; ++k) {
    if (events[k].word == "SideEffect") ++recorded.side_effects;
    if (!IsVersion(events[k])) continue;
    const char tag = events[k].word[8];
    // Asked too early: it was answered without this marker.
    if (code.Knows(tag)) return "divergent";
    recorded.versions[tag] = std::stoi(events[k].word.substr(10));
  }
  const auto run = [&]() -> std::string {
    code.Run(&recorded, VersionChoice::kNewest);
    if (code.out_of_range()) return "failed";
    return code.diverged() ? "divergent" : "";
  };
  code.BeginTurn();
  std::string found = run();
  for (std::size_t k = first; k < end && found.empty(); ++k) {
    const OracleEvent& e = events[k];
    if (IsVersion(e) || e.word == "Upsert") continue;
    if (IsLocal(e)) {
      found = code.EndLocal(e.word).empty() ? "divergent" : run();
      continue;
    }
    if (code.out().empty() || !(code.out().front() == e)) return "divergent";
    const char tag = code.out().front().tag;
    code.out().pop_front();
    if (tag != 0) code.Record(tag, static_cast<int>(k) + 1);
  }
  if (found.empty() && !code.out().empty()) found = "divergent";
  for (const auto& [tag, version] : recorded.versions) code.Learn(tag, version);
  return found;
}

}  // namespace

std::string Judge(const Program& program,
                  const std::vector<OracleEvent>& events) {
  Interpreter code(program);
  std::size_t i = 0;
  while (i < events.size()) {
    const OracleEvent& e = events[i++];
    if (IsEnd(e)) code.Settle(e.about);
    if (e.word != "TaskCompleted") continue;
    const std::size_t first = i;
    while (i < events.size() && IsOutput(events[i])) ++i;
    const std::string found = JudgeTurn(code, events, first, i);
    if (!found.empty()) return found;
  }
  return "clean";
}

}  // namespace cohort_testing
