// Oracle: what a small program must record, said a second time.
//
//   Oracle oracle(ParseProgram("Ap0aV012"), VersionChoice::kNewest);
//   oracle.RunTurn();
//   oracle.Arrive({oracle.open()[0], 'c'});
//   oracle.RunTurn();                   // oracle.closed(); oracle.run()
//   Judge(other, oracle.run().events);  // may `other` have recorded that?
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
// signal, External cancel, Local activity.
inline constexpr std::string_view kOperationKinds = "ATHNXEL";

// One step, four letters as text: kind, form, tag, argument. Beside operations:
// Version call, Patched (where it is false the next step is left out),
// DeprecatePatch (Q), Side effect, Cancel, memO, Upsert of an attribute,
// Mutable side effect, the next siGnal of a channel, a condition that Waits for
// signals of a handler, the same with a time-out (Y), an upDate that was
// handled, the start of a child or Nexus operation (J), the first of all
// operations and a signal (I: a selector), a cancellation scope opens ({) and
// the innermost one closes (}). The run ends: it Fails, is canceled (K), goes
// on as new (Z).
struct ProgramStep {
  char kind = 'A';
  // Operations: awaited at once (s), at the end (p); these are told to cancel
  // and not waited for. Waited for: w, W; told nothing: b, B; waited for until
  // they have been told: r, R. Capitals are awaited at the end. Scopes:
  // a(ttached), d(etached).
  char form = 's';
  char tag = '0';  // its name, also for Cancel
  // Operations: the type; C (of a scope, too), J: the tag of its target; W, D,
  // Y: how many; M: the value.
  char argument = 'a';
  // Version calls only; the texts of form and argument.
  int min() const { return form - '1'; }
  int max() const { return argument - '1'; }
  bool is_operation() const {
    return kOperationKinds.find(kind) != std::string_view::npos;
  }
  bool at_once() const {
    return form == 's' || form == 'w' || form == 'b' || form == 'r';
  }
  // What a request to cancel does: t(ry), w(ait), a(bandon), r(equested).
  char cancellation() const;
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
  std::string note = {};  // seen live only: no replay compares it
  // In the oracle's own hands: the operation that it opens, or that it cancels
  // before it has an event; the child that it asks to be canceled; an update by
  // the number of its acceptance.
  char tag = 0;
  char cancels = 0;
  char child = 0;
  int update = 0;
  bool operator==(const OracleEvent& other) const {
    return word == other.word && about == other.about;
  }
};
std::string Show(const std::vector<OracleEvent>& events);

// What a turn is known to record.
struct Recorded {
  std::map<char, int> versions;  // by tag; 1 for a patch
  int side_effects = 0;
};

// Runs a program's code, turn by turn.
class Interpreter {
 public:
  explicit Interpreter(Program program) : program_(std::move(program)) {}

  // Forgets what it has put out.
  void EndTurn() {
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
  // Takes what is put out for the marker of a patch, if it stands in front;
  // else, where it may, takes it and its upsert from wherever they stand.
  bool TakePatch(char tag, bool anywhere);
  // The operation of that tag was recorded by this event.
  void Record(char tag, int event_id) { operations_[tag].event_id = event_id; }
  int EventOf(char tag) const { return operations_.at(tag).event_id; }

  // What comes in. The operation that this event recorded has ended:
  // c(ompleted), k (it was canceled), f(ailed in any way).
  void Settle(int event_id, char result);
  // It has started.
  void Start(int event_id);
  // The request to cancel that this event recorded (a Nexus operation: the
  // operation's) has arrived, or not.
  void CancelArrived(int event_id, bool arrived);
  void ExpectArrival(int event_id, char child) { requests_[event_id] = child; }
  void CancelRun();
  void Signal(char name);
  // False: nobody handles it.
  bool Update(int behind);
  // The step that it waits in.
  int at() const { return static_cast<int>(at_); }

  // Answered by default, or recorded, in an earlier turn.
  bool Knows(char tag) const { return book_.contains(tag); }
  void Learn(char tag, int version) { book_.emplace(tag, version); }
  bool out_of_range() const { return out_of_range_; }
  bool diverged() const { return diverged_; }
  bool closed() const { return closed_; }

 private:
  struct Operation {
    bool done = false;       // for the code
    bool canceling = false;  // told to cancel, and waited for
    int event_id = 0;
    int number = 0;  // of a local activity, among those of the run
    int issued = 0;  // among the operations of the run
    std::size_t scope = 0;
    char result = 0;
    char start = 0;  // what its start gave
    bool selected = false;
  };
  struct Scope {
    char tag = 0;
    bool attached = false;
    bool canceled = false;
  };
  std::string MarkerOf(char tag) const;
  // False: the program waits, or is at its end.
  bool Step(const ProgramStep& step, const Recorded* recorded,
            VersionChoice choice);
  // What needs no waiting.
  void Do(const ProgramStep& step);
  void Issue(const ProgramStep& step);
  bool Begin(const ProgramStep& step);
  bool AwaitStart(char target) const;
  bool WaitWithin(const ProgramStep& step);
  bool Select(char tag);
  bool Ask(const ProgramStep& step, const Recorded* recorded,
           VersionChoice choice);
  bool AskPatch(const ProgramStep& step, const Recorded* recorded,
                VersionChoice choice);
  bool AskSideEffect(const Recorded* recorded);
  bool Receive();
  bool canceled() const { return scopes_.back().canceled; }
  void CancelScope(std::size_t scope);
  void CloseScope();
  void CancelTarget(char target);
  void Cancel(char target);
  void CancelSent(char target, Operation& operation);
  void End(Operation& operation, char result);
  void Close(const std::string& word);
  const ProgramStep& StepOf(char tag) const;
  bool Has(char kind) const;

  Program program_;
  std::size_t at_ = 0;
  std::map<char, Operation> operations_;
  std::map<int, char> requests_;  // to cancel a child, by their events
  std::vector<char> locals_;      // that run, by tag
  std::vector<char> canceled_locals_;
  int locals_begun_ = 0;
  int operations_begun_ = 0;
  std::deque<OracleEvent> out_;
  std::map<char, int> book_;
  // That are open, each in the one before it; the first is the run's.
  std::vector<Scope> scopes_{1};
  std::map<char, char> notes_;  // what steps gave, by tag
  int side_effects_ = 0;        // asked for in this turn
  char mutable_value_ = 0;
  int unread_ = 0;
  bool receiving_ = false;
  bool received_ = false;  // or failed: what it waited for is settled
  int noted_ = 0;
  int updates_ = 0;
  bool closed_ = false;
  bool out_of_range_ = false;
  bool diverged_ = false;
};

// What comes in before a turn: about the operation of that event s(tarted),
// c(ompleted), f(ailed), t(imed out), k (canceled), z (a child is terminated),
// n (a child cannot start), q, l (the request to cancel a Nexus operation has
// arrived, is lost); or about the run (0): x (cancel it), g (a signal for a
// channel), w (for a handler), u (an update).
struct Arrival {
  int event_id = 0;
  char what = 'c';
};

// A live run, from outside.
struct OracleRun {
  Program program;
  VersionChoice choice = VersionChoice::kNewest;
  // Before each turn but the first.
  std::vector<std::vector<Arrival>> arrivals;
  std::vector<int> steps;  // where it waits after each turn
  std::vector<OracleEvent> events;
};
std::string ToText(const OracleRun& run);

// A live run of one program.
class Oracle {
 public:
  Oracle(Program program, VersionChoice choice);

  void RunTurn();
  void Arrive(Arrival arrival);
  // Operations that history has not ended; canceled ones included.
  const std::vector<int>& open() const { return open_; }
  // What can arrive about an operation, first its completion.
  std::string PossibleEnds(int event_id) const;
  // What can arrive about the run.
  std::string PossibleMessages() const;
  bool closed() const { return code_.closed(); }
  // A version was asked for that is out of its range.
  bool failed() const { return code_.out_of_range(); }
  const OracleRun& run() const { return run_; }

 private:
  int Append(OracleEvent event);
  void ArriveAtRun(char what);
  int Count(char kind) const;

  Interpreter code_;
  OracleRun run_;
  std::vector<Arrival> arrived_;  // before the next turn
  std::map<char, int> messages_;  // by letter
  std::map<int, int> accepted_;   // events, by number
  std::vector<int> started_;
  std::vector<int> told_;  // Nexus operations whose cancel was answered
  std::vector<int> open_;
};

// "clean", "divergent" or "failed": `program` against a closed history.
struct Judgement {
  std::string verdict;
  // Of the first event that does not fit, where it is known: 0 where history
  // has too few.
  int event_id = -1;
};
Judgement Judge(const Program& program, const std::vector<OracleEvent>& events);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_ORACLE_H_
