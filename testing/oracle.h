// Oracle: what a small program must record, said a second time.
//
//   Oracle oracle(ParseProgram("Ap0aV012C-20"), VersionChoice::kNewest);
//   oracle.RunTurn();
//   oracle.Complete(oracle.open()[0]);
//   oracle.RunTurn();               // oracle.closed(); oracle.events()
//   Judge(other, oracle.events());  // may `other` have recorded that?
//
// It shares no code with the engine: programs of a few steps, interpreted step
// by step in the slowest and plainest way. Rules are those of our own profile.
//
// Threads: one. Errors: none; programs are made by tests.
#ifndef COHORT_TESTING_ORACLE_H_
#define COHORT_TESTING_ORACLE_H_

#include <map>
#include <string>
#include <vector>

namespace cohort_testing {

// One step, four letters as text: kind, form, tag, argument.
struct ProgramStep {
  char kind = 'A';      // Activity, Timer, Version call, Cancel
  char form = 's';      // operations: awaited at once (s), at the end (p)
  char tag = '0';       // its name, also for Cancel
  char argument = 'a';  // activity: its type; Cancel: the tag of its target
  // Version calls only; the texts of form and argument.
  int min() const { return form - '1'; }
  int max() const { return argument - '1'; }
  bool is_operation() const { return kind == 'A' || kind == 'T'; }
};

using Program = std::vector<ProgramStep>;
Program ParseProgram(const std::string& text);
std::string ToText(const Program& program);

// What a live first version call answers: its newest version, or its oldest.
enum class VersionChoice { kNewest, kOldest };

// An event in short words; `about` is the id of an earlier event, or 0.
struct OracleEvent {
  std::string word;
  int about = 0;
  bool operator==(const OracleEvent&) const = default;
};

// Runs a program's code, turn by turn.
class Interpreter {
 public:
  explicit Interpreter(Program program) : program_(std::move(program)) {}

  // What the code puts out in one turn. `recorded` is what the turn is known
  // to record by tag; null when it is live.
  std::vector<OracleEvent> RunTurn(const std::map<char, int>* recorded,
                                   VersionChoice choice);
  // The turn's n-th operation was recorded by this event.
  void Record(std::size_t n, int event_id);
  void Settle(int event_id);

  // Answered by default, or recorded, in an earlier turn.
  bool Knows(char tag) const { return book_.contains(tag); }
  void Learn(char tag, int version) { book_.emplace(tag, version); }
  bool out_of_range() const { return out_of_range_; }
  bool closed() const { return closed_; }

 private:
  struct Operation {
    bool done = false;
    int event_id = 0;
  };
  void Cancel(char target, std::vector<OracleEvent>& out);

  Program program_;
  std::size_t at_ = 0;
  std::map<char, Operation> operations_;
  std::vector<char> issued_;  // this turn, in order
  std::map<char, int> book_;
  bool closed_ = false;
  bool out_of_range_ = false;
};

// A live run of one program.
class Oracle {
 public:
  Oracle(Program program, VersionChoice choice);

  void RunTurn();
  void Complete(int event_id);
  // Operations that history has not ended; canceled activities included.
  const std::vector<int>& open() const { return open_; }
  bool closed() const { return code_.closed(); }
  const std::vector<OracleEvent>& events() const { return events_; }

 private:
  int Append(const std::string& word, int about = 0);

  Interpreter code_;
  VersionChoice choice_;
  std::vector<int> open_;
  std::vector<OracleEvent> events_;
};

// "clean", "divergent" or "failed": `program` against a closed history.
std::string Judge(const Program& program,
                  const std::vector<OracleEvent>& events);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_ORACLE_H_
