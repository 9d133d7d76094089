// All programs of up to four steps, in all orders of completion: what the
// engine records is what a plain oracle says, and what it says of changed code
// is what the oracle says.
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

constexpr std::size_t kStepsMax = 4;
constexpr std::size_t kStepsOfAllKindsMax = 3;
constexpr int kShards = 8;
// One changed program in so many is replayed: all would take minutes.
constexpr std::uint64_t kChangedOneIn = 8;

// Steps that can follow `program`: the few kinds on which all else stands, or
// all.
enum class Alphabet { kSmall, kWhole };

std::vector<ProgramStep> NextSteps(const Program& program, Alphabet alphabet) {
  const char tag = static_cast<char>('0' + program.size());
  std::vector<ProgramStep> next = {{'V', '0', tag, '2'},   // [-1, 1]
                                   {'V', '2', tag, '3'}};  // [1, 2]
  const bool whole = alphabet == Alphabet::kWhole;
  for (char kind : whole ? kOperationKinds : std::string_view("AT")) {
    const char type = kind == 'T' ? '-' : 'a';
    next.push_back({kind, 's', tag, type});
    next.push_back({kind, 'p', tag, type});
  }
  if (whole) next.push_back({'S', '-', tag, '-'});
  for (const ProgramStep& s : program) {
    if (s.is_operation()) next.push_back({'C', '-', tag, s.tag});
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
  const std::vector<ProgramStep> added = {{'A', 'p', '9', 'b'},
                                          {'A', 's', '9', 'a'},
                                          {'T', 'p', '9', '-'},
                                          {'V', '0', '9', '2'},
                                          {'V', '2', '9', '3'}};
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
    for (const ProgramStep& s : {ProgramStep{'A', 's', old.tag, 'a'},
                                 ProgramStep{'A', 'p', old.tag, 'b'},
                                 ProgramStep{'T', 's', old.tag, '-'},
                                 ProgramStep{'H', 'p', old.tag, 'a'},
                                 ProgramStep{'L', 's', old.tag, 'a'},
                                 ProgramStep{'S', '-', old.tag, '-'},
                                 ProgramStep{'V', '0', old.tag, '2'},
                                 ProgramStep{'V', '2', old.tag, '3'},
                                 ProgramStep{'V', '3', old.tag, '4'}}) {
      all.push_back(p);
      all.back()[i] = s;
    }
  }
  return all;
}

class Exhaustive {
 public:
  explicit Exhaustive(int shard) : shard_(shard) {}

  void Run() {
    std::vector<Program> programs;
    Program empty;
    for (std::size_t n = 0; n <= kStepsMax; ++n) {
      AddPrograms(empty, n, Alphabet::kSmall, programs);
    }
    for (std::size_t n = 1; n <= kStepsOfAllKindsMax; ++n) {
      AddPrograms(empty, n, Alphabet::kWhole, programs);
    }
    for (std::size_t i = 0; i < programs.size(); ++i) {
      if (static_cast<int>(i % kShards) != shard_) continue;
      ++programs_;
      const bool asks =
          std::any_of(programs[i].begin(), programs[i].end(),
                      [](const auto& s) { return s.kind == 'V'; });
      Explore(programs[i], VersionChoice::kNewest);
      if (asks) Explore(programs[i], VersionChoice::kOldest);
    }
    std::cout << "programs " << programs_ << ", runs " << runs_
              << ", changed programs " << changed_ << " (clean " << clean_
              << ")\n";
  }

 private:
  void Explore(const Program& program, VersionChoice choice) {
    Oracle oracle(program, choice);
    oracle.RunTurn();
    Completions completions;
    Go(program, choice, oracle, completions);
  }

  // All continuations: one more completion, and a turn behind it or not.
  void Go(const Program& program, VersionChoice choice, const Oracle& oracle,
          Completions& completions) {
    if (oracle.closed()) {
      ExpectRecorded(program, choice, oracle, completions);
      return;
    }
    completions.emplace_back();
    Deliver(program, choice, oracle, completions);
    completions.pop_back();
  }

  void Deliver(const Program& program, VersionChoice choice,
               const Oracle& oracle, Completions& completions) {
    for (int id : oracle.open()) {
      Oracle next = oracle;
      next.Complete(id);
      completions.back().push_back(id);
      Deliver(program, choice, next, completions);
      next.RunTurn();
      Go(program, choice, next, completions);
      completions.back().pop_back();
    }
  }

  void ExpectRecorded(const Program& program, VersionChoice choice,
                      const Oracle& oracle, const Completions& completions) {
    ++runs_;
    const std::string json = ExpectAsOracle(registry_, program, choice,
                                            completions, oracle.events());
    for (const Program& changed : Changed(program)) {
      if (cohort::StableHash(ToText(changed) + Show(oracle.events())) %
          kChangedOneIn) {
        continue;
      }
      ++changed_;
      clean_ += ExpectJudgedAsOracle(registry_, program, json, oracle.events(),
                                     changed) == "clean"
                    ? 1
                    : 0;
    }
  }

  int shard_;
  const cohort::Registry registry_ = ProgramRegistry();
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
