// The words of the oracle's events: one table for the code that it interprets
// and for what it brings in. For oracle*.cc alone.
#ifndef COHORT_TESTING_ORACLE_WORDS_H_
#define COHORT_TESTING_ORACLE_WORDS_H_

#include <algorithm>
#include <string>
#include <string_view>

#include "cohort/testing/oracle.h"

namespace cohort_testing {

// How an operation's life is spelled.
struct Words {
  char kind;
  std::string opened;    // the type follows, but for timers
  std::string canceled;  // its cancel command; "" for none
  std::string started;   // "" for none
};
inline const Words kWords[] = {
    {'A', "Schedule", "CancelActivity", "ActivityStarted"},
    {'T', "Timer", "CancelTimer", ""},
    {'Y', "Timer", "CancelTimer", ""},
    {'H', "Child", "CancelChild", "ChildStarted"},
    {'N', "Nexus", "CancelNexus", "NexusStarted"},
    {'X', "Signal", "", ""},
    {'E', "CancelOther", "", ""},
};
// The request that cancels a child is an operation of its own.
inline const Words kChildCancel = {'R', "CancelChild", "", ""};

struct EndWord {
  char kind;
  char what;  // arrives
  std::string word;
  char result;
  bool starts;  // it has to have started
};
inline const EndWord kEnds[] = {
    {'A', 'c', "ActivityCompleted", 'c', true},
    {'A', 'f', "ActivityFailed", 'f', true},
    {'A', 't', "ActivityTimedOut", 'f', false},
    {'A', 'k', "ActivityCanceled", 'k', true},
    {'T', 'c', "Fired", 'c', false},
    {'H', 'c', "ChildCompleted", 'c', true},
    {'H', 'f', "ChildFailed", 'f', true},
    {'H', 't', "ChildTimedOut", 'f', true},
    {'H', 'k', "ChildCanceled", 'k', true},
    {'H', 'z', "ChildTerminated", 'f', true},
    {'H', 'n', "ChildNotStarted", 'f', false},
    {'N', 'c', "NexusCompleted", 'c', false},
    {'N', 'f', "NexusFailed", 'f', false},
    {'N', 't', "NexusTimedOut", 'f', false},
    {'N', 'k', "NexusCanceled", 'k', true},
    {'X', 'c', "Signaled", 'c', false},
    {'X', 'f', "SignalLost", 'f', false},
    {'E', 'c', "CancelArrived", 'c', false},
    {'E', 'f', "CancelLost", 'f', false},
    {'R', 'c', "CancelArrived", 'c', false},
    {'R', 'f', "CancelLost", 'f', false},
};

inline const Words* WordsOf(char kind) {
  for (const Words& w : kWords) {
    if (w.kind == kind) return &w;
  }
  return nullptr;
}
inline const Words* OpenedBy(const std::string& word) {
  if (word == kChildCancel.opened) return &kChildCancel;
  for (const Words& w : kWords) {
    if (word == w.opened || word.starts_with(w.opened + " ")) return &w;
  }
  return nullptr;
}
inline const EndWord* EndOf(const std::string& word) {
  for (const EndWord& end : kEnds) {
    if (end.word == word) return &end;
  }
  return nullptr;
}

inline bool IsVersion(const OracleEvent& e) {
  return e.word.starts_with("Version ");
}
inline bool IsPatch(const OracleEvent& e) {
  return e.word.starts_with("Patch ") || e.word.starts_with("Deprecated ");
}
inline bool IsLocal(const OracleEvent& e) {
  return e.word.starts_with("Local ");
}
inline bool IsCancel(const OracleEvent& e) {
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&e](const Words& w) { return e.word == w.canceled; });
}
inline bool IsOutput(const OracleEvent& e) {
  static constexpr std::string_view kOthers[] = {
      "Upsert",    "SideEffect", "Complete",       "ContinuedAsNew",  "Memo",
      "Attribute", "Mutable",    "UpdateAccepted", "UpdateCompleted", "Failed",
      "Canceled"};
  return IsVersion(e) || IsPatch(e) || IsLocal(e) || IsCancel(e) ||
         std::find(std::begin(kOthers), std::end(kOthers), e.word) !=
             std::end(kOthers) ||
         OpenedBy(e.word) != nullptr;
}

}  // namespace cohort_testing

#endif  // COHORT_TESTING_ORACLE_WORDS_H_
