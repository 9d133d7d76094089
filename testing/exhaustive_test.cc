// All programs of up to four steps, in all orders of what comes in: what the
// engine records is what a plain oracle says, and what it says of changed code
// is what the oracle says, down to the event.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/base/stable_hash.h"
#include "cohort/testing/programs.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

constexpr int kShards = 8;
// One changed program in so many is replayed: all would take half an hour.
constexpr std::uint64_t kChangedOneIn = 20;

// Steps that can follow a program: the few kinds on which all else stands; all
// kinds of operations; all there is, in every form.
enum class Alphabet { kSmall, kOperations, kAll };

// Which programs: all of so many steps over an alphabet, and how much their
// runs may have beside completions and signals (another outcome, a start in a
// turn of its own, a request to cancel the run). One run in so many is made.
struct Part {
  Alphabet alphabet;
  std::size_t steps;
  int rarities;
  std::uint64_t one_in;
};
constexpr Part kParts[] = {
    {Alphabet::kSmall, 0, 0, 1},      {Alphabet::kSmall, 1, 0, 1},
    {Alphabet::kSmall, 2, 0, 1},      {Alphabet::kSmall, 3, 0, 1},
    {Alphabet::kSmall, 4, 0, 1},      {Alphabet::kOperations, 1, 0, 1},
    {Alphabet::kOperations, 2, 0, 1}, {Alphabet::kOperations, 3, 0, 1},
    {Alphabet::kAll, 1, 3, 1},        {Alphabet::kAll, 2, 1, 4},
    {Alphabet::kAll, 2, 2, 64},
};

// How an operation of this kind can be told to cancel, in its form's letters.
std::string_view FormsOf(char kind, Alphabet alphabet) {
  if (alphabet != Alphabet::kAll) return "sp";
  switch (kind) {
    case 'A':
      return "spwWbB";
    case 'H':
    case 'N':
      return "spwWbBrR";
    default:
      return "sp";
  }
}

std::vector<ProgramStep> NextSteps(const Program& program, Alphabet alphabet) {
  const char tag = static_cast<char>('0' + program.size());
  std::vector<ProgramStep> next = {{'V', '0', tag, '2'},   // [-1, 1]
                                   {'V', '2', tag, '3'}};  // [1, 2]
  std::string_view kinds = "AT";
  if (alphabet == Alphabet::kOperations) kinds = "ATHNXL";
  if (alphabet == Alphabet::kAll) kinds = kOperationKinds;
  for (char kind : kinds) {
    const char type = kind == 'T' ? '-' : 'a';
    for (char form : FormsOf(kind, alphabet)) {
      next.push_back({kind, form, tag, type});
    }
  }
  if (alphabet != Alphabet::kSmall) next.push_back({'S', '-', tag, '-'});
  if (alphabet == Alphabet::kAll) {
    for (char kind : std::string_view("OUMGWDYIPQFKZ}")) {
      next.push_back({kind, '-', tag, '1'});
    }
    next.push_back({'{', 'a', tag, '-'});
    next.push_back({'{', 'd', tag, '-'});
  }
  for (const ProgramStep& s : program) {
    if (s.is_operation() || s.kind == '{') {
      next.push_back({'C', '-', tag, s.tag});
    }
    if (s.kind == 'H' || s.kind == 'N') next.push_back({'J', '-', tag, s.tag});
  }
  return next;
}

// Every program of `steps` more steps behind `program`.
void AddPrograms(Program& program, std::size_t steps, Alphabet alphabet,
                 std::vector<Program>& all) {
  if (steps == 0) {
    all.push_back(program);
    return;
  }
  for (const ProgramStep& s : NextSteps(program, alphabet)) {
    program.push_back(s);
    AddPrograms(program, steps - 1, alphabet, all);
    program.pop_back();
  }
}

// One step changed, added, removed, or two swapped.
std::vector<Program> Changed(const Program& p) {
  std::vector<Program> all;
  const std::vector<ProgramStep> added = {
      {'A', 'p', '9', 'b'}, {'A', 's', '9', 'a'}, {'T', 'p', '9', '-'},
      {'V', '0', '9', '2'}, {'V', '2', '9', '3'}, {'P', '-', '9', '1'},
      {'Q', '-', '9', '1'}};
  for (std::size_t i = 0; i <= p.size(); ++i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    for (const ProgramStep& s : added) {
      all.push_back(p);
      all.back().insert(all.back().begin() + at, s);
    }
    if (i == p.size()) break;
    all.push_back(p);
    all.back().erase(all.back().begin() + at);
    if (i + 1 < p.size()) {
      all.push_back(p);
      std::swap(all.back()[i], all.back()[i + 1]);
    }
    const ProgramStep& old = p[i];
    if (old.kind == 'C') continue;
    // One change id belongs to one kind of call.
    const bool is_patch = old.kind == 'P' || old.kind == 'Q';
    for (const ProgramStep& s : {ProgramStep{'A', 's', old.tag, 'a'},
                                 ProgramStep{'A', 'p', old.tag, 'b'},
                                 ProgramStep{'T', 's', old.tag, '-'},
                                 ProgramStep{'H', 'p', old.tag, 'a'},
                                 ProgramStep{'L', 's', old.tag, 'a'},
                                 ProgramStep{'N', 'W', old.tag, 'a'},
                                 ProgramStep{'E', 's', old.tag, 'a'},
                                 ProgramStep{'O', '-', old.tag, '1'},
                                 ProgramStep{'U', '-', old.tag, '1'},
                                 ProgramStep{'G', '-', old.tag, '1'},
                                 ProgramStep{'D', '-', old.tag, '1'},
                                 ProgramStep{'Z', '-', old.tag, '1'},
                                 ProgramStep{'F', '-', old.tag, '-'},
                                 ProgramStep{'K', '-', old.tag, '-'},
                                 ProgramStep{'Y', '-', old.tag, '1'},
                                 ProgramStep{'S', '-', old.tag, '-'},
                                 ProgramStep{'V', '0', old.tag, '2'},
                                 ProgramStep{'V', '2', old.tag, '3'},
                                 ProgramStep{'V', '3', old.tag, '4'},
                                 ProgramStep{'P', '-', old.tag, '1'},
                                 ProgramStep{'Q', '-', old.tag, '1'}}) {
      if (s.kind == 'V' && is_patch) continue;
      if ((s.kind == 'P' || s.kind == 'Q') && old.kind == 'V') continue;
      all.push_back(p);
      all.back()[i] = s;
    }
  }
  return all;
}

bool Has(const Program& program, char kind) {
  return std::any_of(program.begin(), program.end(),
                     [kind](const ProgramStep& s) { return s.kind == kind; });
}

class Exhaustive {
 public:
  explicit Exhaustive(int shard) : shard_(shard) {}

  void Run() {
    for (const Part& part : kParts) {
      std::vector<Program> programs;
      Program empty;
      AddPrograms(empty, part.steps, part.alphabet, programs);
      for (std::size_t i = 0; i < programs.size(); ++i) {
        if (static_cast<int>(i % kShards) == shard_) Run(part, programs[i]);
      }
    }
    std::cout << "programs " << programs_ << ", runs " << runs_
              << ", changed programs " << changed_ << " (clean " << clean_
              << ")\n";
    // A shard is no smaller than this, and some changes are seen, others not.
    EXPECT_GT(programs_, 1200);
    EXPECT_GT(runs_, 2000);
    EXPECT_GT(clean_, changed_ / 20);
    EXPECT_GT(changed_ - clean_, changed_ / 2);
  }

 private:
  void Run(const Part& part, const Program& program) {
    ++programs_;
    one_in_ = part.one_in;
    Explore(program, VersionChoice::kNewest, part.rarities);
    if (Has(program, 'V'))
      Explore(program, VersionChoice::kOldest, part.rarities);
  }

  // `rarities`: how much a run may have beside completions.
  void Explore(const Program& program, VersionChoice choice, int rarities) {
    Oracle oracle(program, choice);
    oracle.RunTurn();
    Go(oracle, rarities);
  }

  void Go(const Oracle& oracle, int rarities) {
    if (oracle.closed()) {
      ExpectRecorded(oracle.run());
    } else {
      ArriveEveryWay(oracle, rarities);
    }
  }

  // One more arrival, and a turn behind it, or more arrivals before that.
  void ArriveEveryWay(const Oracle& oracle, int rarities) {
    for (int id : oracle.open()) {
      for (char what : oracle.PossibleEnds(id)) {
        Arrive(oracle, {id, what}, what == 'c' ? 0 : 1, rarities);
      }
    }
    for (char what : oracle.PossibleMessages()) {
      Arrive(oracle, {0, what}, what == 'x' ? 1 : 0, rarities);
    }
  }

  void Arrive(Oracle oracle, Arrival arrival, int rare, int rarities) {
    if (rare > rarities) return;
    oracle.Arrive(arrival);
    ArriveEveryWay(oracle, rarities - rare);
    oracle.RunTurn();
    Go(oracle, rarities - rare);
  }

  void ExpectRecorded(const OracleRun& run) {
    if (cohort::StableHash(ToText(run)) % one_in_ != 0) return;
    ++runs_;
    const std::string json = ExpectAsOracle(registry_, run).json;
    // Where a mutable side effect is called is not compared.
    if (Has(run.program, 'M')) return;
    for (const Program& changed : Changed(run.program)) {
      if (cohort::StableHash(ToText(changed) + Show(run.events)) %
          kChangedOneIn) {
        continue;
      }
      ++changed_;
      clean_ += ExpectJudgedAsOracle(registry_, run, json, changed) == "clean"
                    ? 1
                    : 0;
    }
  }

  int shard_;
  const cohort::Registry registry_ = ProgramRegistry();
  std::uint64_t one_in_ = 1;
  std::int64_t programs_ = 0;
  std::int64_t runs_ = 0;
  std::int64_t changed_ = 0;
  std::int64_t clean_ = 0;
};

class ExhaustiveTest : public testing::TestWithParam<int> {};

TEST_P(ExhaustiveTest, EngineAndOracleAgree) { Exhaustive(GetParam()).Run(); }

INSTANTIATE_TEST_SUITE_P(Shards, ExhaustiveTest, testing::Range(0, kShards));

}  // namespace
}  // namespace cohort_testing
