// The code of the oracle's programs.
#include <algorithm>
#include <utility>

#include "cohort/testing/oracle.h"
#include "cohort/testing/oracle_words.h"

namespace cohort_testing {

const ProgramStep& Interpreter::StepOf(char tag) const {
  return *std::find_if(
      program_.begin(), program_.end(),
      [tag](const ProgramStep& s) { return s.tag == tag && s.is_operation(); });
}

bool Interpreter::Has(char kind) const {
  return std::any_of(program_.begin(), program_.end(),
                     [kind](const ProgramStep& s) { return s.kind == kind; });
}

void Interpreter::End(Operation& operation, char result) {
  operation.done = true;
  operation.canceling = false;
  operation.result = result;
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

bool Interpreter::Begin(const ProgramStep& step) {
  if (!operations_.contains(step.tag)) {
    Operation& operation = operations_[step.tag];
    operation.issued = ++operations_begun_;
    if (canceled_) {
      End(operation, 'k');
    } else if (step.kind == 'L') {
      locals_.push_back(step.tag);
      operation.number = ++locals_begun_;
    } else {
      const std::string& word = WordsOf(step.kind)->opened;
      const bool typed = step.kind != 'T';
      OracleEvent begun{typed ? word + " " + step.argument : word};
      begun.tag = step.tag;
      out_.push_back(begun);
    }
  }
  return !step.at_once() || operations_[step.tag].done;
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
  if (book_.contains(step.tag)) return true;
  const bool deprecated = step.kind == 'Q';
  bool patched = deprecated || choice == VersionChoice::kNewest;
  if (recorded != nullptr) patched = recorded->versions.contains(step.tag);
  book_[step.tag] = patched ? 1 : -1;
  if (!patched) return true;
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
  receiving_ = !canceled_;
  return canceled_;
}

bool Interpreter::Step(const ProgramStep& step, const Recorded* recorded,
                       VersionChoice choice) {
  if (step.is_operation()) return Begin(step);
  switch (step.kind) {
    case 'V':
      return Ask(step, recorded, choice);
    case 'P':
    case 'Q':
      return AskPatch(step, recorded, choice);
    case 'C':
      Cancel(step.argument);
      return true;
    case 'S':
      return AskSideEffect(recorded);
    case 'O':
      out_.push_back({"Memo"});
      return true;
    case 'U':
      out_.push_back({"Attribute"});
      return true;
    case 'M':
      if (std::exchange(mutable_value_, step.argument) != step.argument) {
        out_.push_back({"Mutable"});
      }
      return true;
    case 'G':
      return Receive();
    case 'W':
      return canceled_ || noted_ >= step.argument - '0';
    case 'D':
      return canceled_ || updates_ >= step.argument - '0';
    case 'F':
      Close("Failed");
      return false;
    case 'K':
      Close("Canceled");
      return false;
    default:
      Close("ContinuedAsNew");
      return false;
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
    std::string results;
    for (const auto& [tag, operation] : operations_) {
      if (!operation.done) return;
      results += operation.result;
    }
    Close("Complete");
    out_.back().note = results;
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

void Interpreter::CancelRun() {
  if (std::exchange(canceled_, true)) return;
  if (std::exchange(receiving_, false)) received_ = true;
  std::vector<std::pair<int, char>> all;
  for (const auto& [tag, operation] : operations_) {
    all.emplace_back(operation.issued, tag);
  }
  std::sort(all.begin(), all.end());
  for (const auto& [issued, tag] : all) Cancel(tag);
}

void Interpreter::Signal(char name) {
  if (name == 'w') {
    if (Has('W')) ++noted_;
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
