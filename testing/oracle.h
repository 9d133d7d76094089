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

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cohort_testing {

// The operations of programs: Activity, Timer, cHild, Nexus operation, eXternal
// signal, Local activity.
inline constexpr std::string_view kOperationKinds = "ATHNXL";

// One step, four letters as text: kind, form, tag, argument. Beside operations:
// Version call, Side effect, Cancel.
struct ProgramStep {
  char kind = 'A';
  char form = 's';      // operations: awaited at once (s), at the end (p)
  char tag = '0';       // its name, also for Cancel
  char argument = 'a';  // operations: the type; Cancel: the tag of its target
  // Version calls only; the texts of form and argument.
  int min() const { return form - '1'; }
  int max() const { return argument - '1'; }
  bool is_operation() const {
    return kOperationKinds.find(kind) != std::string_view::npos;
  }
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
  // In the oracle's own hands: the operation that it opens, or that it cancels
  // before it has an event.
  char tag = 0;
  char cancels = 0;
  bool operator==(const OracleEvent& other) const {
    return word == other.word && about == other.about;
  }
};
std::string Show(const std::vector<OracleEvent>& events);

// What a turn is known to record.
struct Recorded {
  std::map<char, int> versions;  // by tag
  int side_effects = 0;
};

// Runs a program's code, turn by turn.
class Interpreter {
 public:
  explicit Interpreter(Program program) : program_(std::move(program)) {}

  // Forgets what it put out in the turn before.
  void BeginTurn() {
    out_.clear();
    side_effects_ = 0;
  }
  // Goes on until it has to wait. `recorded` is null in a live turn.
  void Run(const Recorded* recorded, VersionChoice choice);
  // What the turn has put out and nobody has taken yet, in order.
  std::deque<OracleEvent>& out() { return out_; }
  // Ends the local activity that the marker ("Local b 3", or "" for the first
  // that runs) is about, and gives its own marker; "" if there is none. The one
  // of that type and number; else the first that runs of that type; else one
  // that was canceled.
  std::string EndLocal(const std::string& marker);
  // The operation of that tag was recorded by this event.
  void Record(char tag, int event_id) { operations_[tag].event_id = event_id; }
  int EventOf(char tag) const { return operations_.at(tag).event_id; }
  void Settle(int event_id);

  // Answered by default, or recorded, in an earlier turn.
  bool Knows(char tag) const { return book_.contains(tag); }
  void Learn(char tag, int version) { book_.emplace(tag, version); }
  bool out_of_range() const { return out_of_range_; }
  bool diverged() const { return diverged_; }
  bool closed() const { return closed_; }

 private:
  struct Operation {
    bool done = false;
    int event_id = 0;
    int number = 0;  // of a local activity, among those of the run
  };
  std::string MarkerOf(char tag) const;
  // False: the program waits, or is at its end.
  bool Step(const ProgramStep& step, const Recorded* recorded,
            VersionChoice choice);
  bool Begin(const ProgramStep& step);
  bool Ask(const ProgramStep& step, const Recorded* recorded,
           VersionChoice choice);
  void Cancel(char target);
  const ProgramStep& StepOf(char tag) const;

  Program program_;
  std::size_t at_ = 0;
  std::map<char, Operation> operations_;
  std::vector<char> locals_;  // that run, by tag
  std::vector<char> canceled_locals_;
  int locals_begun_ = 0;
  std::deque<OracleEvent> out_;
  std::map<char, int> book_;
  int side_effects_ = 0;  // asked for in this turn
  bool closed_ = false;
  bool out_of_range_ = false;
  bool diverged_ = false;
};

// A live run of one program.
class Oracle {
 public:
  Oracle(Program program, VersionChoice choice);

  void RunTurn();
  void Complete(int event_id);
  // Operations that history has not ended; canceled ones included.
  const std::vector<int>& open() const { return open_; }
  bool closed() const { return code_.closed(); }
  // A version was asked for that is out of its range.
  bool failed() const { return code_.out_of_range(); }
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
