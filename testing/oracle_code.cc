// The code of the oracle's programs.
#include <algorithm>
#include <utility>

#include "cohort/testing/oracle.h"
#include "cohort/testing/oracle_words.h"

namespace cohort_testing {

const ProgramStep& Interpreter::StepOf(char tag) const {
  return *std::find_if(
      program_.begin(), program_.end(), [tag](const ProgramStep& s) {
        return s.tag == tag && (s.is_operation() || s.kind == 'Y');
      });
}

bool Interpreter::Has(char kind) const {
  return std::any_of(program_.begin(), program_.end(),
                     [kind](const ProgramStep& s) { return s.kind == kind; });
}

void Interpreter::End(Operation& operation, char result) {
  operation.done = true;
  operation.canceling = false;
  operation.result = result;
  if (operation.start == 0) operation.start = result;
}

void Interpreter::Cancel(char target) {
  const auto found = operations_.find(target);
  if (found == operations_.end() || found->second.done) return;
  Operation& operation = found->second;
  if (operation.canceling) return;
  if (std::erase(locals_, target) > 0) {
    canceled_locals_.push_back(target);
    return End(operation, 'k');
  }
  if (operation.event_id != 0) return CancelSent(target, operation);
  const auto mine =
      std::find_if(out_.begin(), out_.end(),
                   [target](const auto& e) { return e.tag == target; });
  if (std::find_if(mine, out_.end(), IsLocal) == out_.end()) {
    out_.erase(mine);  // not sent yet: its command is taken back
    return End(operation, 'k');
  }
  // A local activity ended behind it: a replay finds it recorded.
  CancelSent(target, operation);
}

// Its command is beyond recall.
void Interpreter::CancelSent(char target, Operation& operation) {
  const ProgramStep& step = StepOf(target);
  const Words& words = *WordsOf(step.kind);
  const char how = step.cancellation();
  if (how != 'a') {
    OracleEvent request{words.canceled};
    if (step.kind == 'H') request.child = target;
    if (operation.event_id != 0) {
      request.about = operation.event_id;
    } else {
      request.cancels = target;
    }
    out_.push_back(request);
  }
  if (how == 'w' || how == 'r') {
    operation.canceling = true;
  } else {
    End(operation, 'k');
  }
}

void Interpreter::Issue(const ProgramStep& step) {
  if (operations_.contains(step.tag)) return;
  Operation& operation = operations_[step.tag];
  operation.issued = ++operations_begun_;
  operation.scope = scopes_.size() - 1;
  if (canceled()) return End(operation, 'k');
  if (step.kind == 'L') {
    locals_.push_back(step.tag);
    operation.number = ++locals_begun_;
    return;
  }
  const std::string& word = WordsOf(step.kind)->opened;
  const bool typed = word != "Timer";
  OracleEvent begun{typed ? word + " " + step.argument : word};
  begun.tag = step.tag;
  out_.push_back(begun);
}

bool Interpreter::Begin(const ProgramStep& step) {
  Issue(step);
  return !step.at_once() || operations_[step.tag].done;
}

bool Interpreter::AwaitStart(char target) const {
  const auto found = operations_.find(target);
  if (found == operations_.end() || found->second.start != 0) return true;
  const char kind = StepOf(target).kind;
  return kind != 'H' && kind != 'N';  // others have no start of their own
}

// A time-out that came has the last word, else a cancellation.
bool Interpreter::WaitWithin(const ProgramStep& step) {
  Issue(step);
  const Operation& timer = operations_[step.tag];
  const bool holds = noted_ >= step.argument - '0';
  if (!holds && !timer.done && !canceled()) return false;
  const bool fired = timer.result == 'c';
  notes_[step.tag] = canceled() && !fired ? 'k' : holds ? 'y' : 'n';
  Cancel(step.tag);
  return true;
}

// The first operation that has ended and was not selected before, else a
// signal, else a cancellation.
bool Interpreter::Select(char tag) {
  for (auto& [name, operation] : operations_) {
    const bool timer = StepOf(name).kind == 'Y';
    if (timer || !operation.done || operation.selected) continue;
    operation.selected = true;
    notes_[tag] = name;
    return true;
  }
  if (unread_ == 0 && !canceled()) return false;
  notes_[tag] = unread_ > 0 ? 'g' : 'k';
  if (unread_ > 0) --unread_;
  return true;
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

// The oldest path of a patch is the one without it, which nothing records. A
// deprecated one has no other path.
bool Interpreter::AskPatch(const ProgramStep& step, const Recorded* recorded,
                           VersionChoice choice) {
  if (book_.contains(step.tag)) return book_[step.tag] == 1;
  const bool deprecated = step.kind == 'Q';
  bool patched = deprecated || choice == VersionChoice::kNewest;
  if (recorded != nullptr) patched = recorded->versions.contains(step.tag);
  book_[step.tag] = patched ? 1 : -1;
  if (!patched) return false;
  const std::string word = deprecated ? "Deprecated " : "Patch ";
  out_.push_back({word + step.tag});
  out_.push_back({"Upsert"});
  return true;
}

bool Interpreter::TakePatch(char tag, bool anywhere) {
  const auto mine =
      std::find_if(out_.begin(), out_.end(), [tag](const OracleEvent& e) {
        return IsPatch(e) && e.word.back() == tag;
      });
  if (mine == out_.begin() && mine != out_.end()) {
    out_.pop_front();
    return true;
  }
  if (anywhere && mine != out_.end()) out_.erase(mine, mine + 2);
  return false;
}

bool Interpreter::AskSideEffect(const Recorded* recorded) {
  diverged_ = recorded != nullptr && side_effects_ == recorded->side_effects;
  if (diverged_) return false;
  ++side_effects_;
  out_.push_back({"SideEffect"});
  return true;
}

// Signals wait for receivers, receivers for signals.
bool Interpreter::Receive() {
  if (received_) {
    received_ = false;
    return true;
  }
  if (unread_ > 0) {
    --unread_;
    return true;
  }
  receiving_ = !canceled();
  return canceled();
}

bool Interpreter::Step(const ProgramStep& step, const Recorded* recorded,
                       VersionChoice choice) {
  if (step.is_operation()) return Begin(step);
  const int count = step.argument - '0';
  switch (step.kind) {
    case 'V':
      return Ask(step, recorded, choice);
    case 'P':
      if (!AskPatch(step, recorded, choice)) ++at_;
      return true;
    case 'Q':
      (void)AskPatch(step, recorded, choice);
      return true;
    case 'S':
      return AskSideEffect(recorded);
    case 'G':
      return Receive();
    case 'W':
      return canceled() || noted_ >= count;
    case 'Y':
      return WaitWithin(step);
    case 'D':
      return canceled() || updates_ >= count;
    case 'J':
      return AwaitStart(step.argument);
    case 'I':
      return Select(step.tag);
    default:
      Do(step);
      return !closed_;
  }
}

void Interpreter::Do(const ProgramStep& step) {
  switch (step.kind) {
    case 'C':
      return CancelTarget(step.argument);
    case 'O':
      out_.push_back({"Memo"});
      return;
    case 'U':
      out_.push_back({"Attribute"});
      return;
    case 'M':
      if (std::exchange(mutable_value_, step.argument) != step.argument) {
        out_.push_back({"Mutable"});
      }
      return;
    case '{':
      scopes_.push_back({step.tag, step.form == 'a'});
      scopes_.back().canceled = step.form == 'a' && scopes_.end()[-2].canceled;
      return;
    case '}':
      return CloseScope();
    case 'F':
      return Close("Failed");
    case 'K':
      return Close("Canceled");
    default:
      return Close("ContinuedAsNew");
  }
}

void Interpreter::Close(const std::string& word) {
  out_.push_back({word});
  closed_ = true;
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
      // Of a wait with a time-out it is the wait that tells.
      notes_.emplace(tag, operation.result);
    }
    Close("Complete");
    for (const auto& [tag, note] : notes_) out_.back().note += note;
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
  if (!operations_[tag].done) End(operations_[tag], 'c');
  return MarkerOf(tag);
}

void Interpreter::Settle(int event_id, char result) {
  for (auto& [tag, operation] : operations_) {
    if (operation.event_id != event_id) continue;
    if (!operation.done) End(operation, result);
    // There is nothing left to cancel.
    std::erase_if(out_, [&, t = tag](const OracleEvent& e) {
      return e.child == t || (IsCancel(e) && e.about == event_id);
    });
  }
}

void Interpreter::CancelArrived(int event_id, bool arrived) {
  const auto request = requests_.find(event_id);
  const bool of_child = request != requests_.end();
  for (auto& [tag, operation] : operations_) {
    const bool meant =
        of_child ? tag == request->second : operation.event_id == event_id;
    if (!meant || !operation.canceling) continue;
    if (StepOf(tag).cancellation() != 'r') continue;
    if (arrived) {
      End(operation, 'k');
    } else if (!of_child) {
      End(operation, 'f');
    }
  }
}

void Interpreter::Start(int event_id) {
  for (auto& [tag, operation] : operations_) {
    if (operation.event_id == event_id && operation.start == 0) {
      operation.start = 'c';
    }
  }
}

void Interpreter::CancelRun() { CancelScope(0); }

// The scope and the attached ones in it, from the outside.
void Interpreter::CancelScope(std::size_t scope) {
  const std::size_t first = scope;
  for (; scope < scopes_.size() && !scopes_[scope].canceled; ++scope) {
    if (scope != first && !scopes_[scope].attached) return;
    scopes_[scope].canceled = true;
    std::vector<std::pair<int, char>> all;
    for (const auto& [tag, operation] : operations_) {
      if (operation.scope == scope) all.emplace_back(operation.issued, tag);
    }
    std::sort(all.begin(), all.end());
    for (const auto& [issued, tag] : all) Cancel(tag);
  }
  if (canceled() && std::exchange(receiving_, false)) received_ = true;
}

// What it still holds belongs to the scope around it.
void Interpreter::CloseScope() {
  if (scopes_.size() == 1) return;
  scopes_.pop_back();
  for (auto& [tag, operation] : operations_) {
    operation.scope = std::min(operation.scope, scopes_.size() - 1);
  }
}

void Interpreter::CancelTarget(char target) {
  Cancel(target);
  for (std::size_t scope = 1; scope < scopes_.size(); ++scope) {
    if (scopes_[scope].tag == target) CancelScope(scope);
  }
}

void Interpreter::Signal(char name) {
  if (name == 'w') {
    if (Has('W') || Has('Y')) ++noted_;
  } else if (std::exchange(receiving_, false)) {
    received_ = true;
  } else {
    ++unread_;
  }
}

bool Interpreter::Update(int behind) {
  if (!Has('D')) return false;
  OracleEvent accepted{"UpdateAccepted", behind};
  OracleEvent completed{"UpdateCompleted"};
  accepted.update = completed.update = ++updates_;
  out_.push_back(accepted);
  out_.push_back(completed);
  return true;
}

}  // namespace cohort_testing
