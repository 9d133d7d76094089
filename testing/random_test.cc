// Random programs of up to thirty steps: what the engine records and judges is
// what the oracle says. A failure names its seed:
//
//   COHORT_SEED=17 bazel run //testing:random_test
//
// COHORT_RUNS says how many (`make soak` runs a million).
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "cohort/testing/programs.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

constexpr std::uint64_t kRunsInATest = 3000;
constexpr std::size_t kStepsMax = 30;
constexpr std::size_t kTurnsMax = 200;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// Not a distribution of the standard library: theirs differ.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::size_t Below(std::size_t n) { return random_() % n; }
  char Of(std::string_view letters) { return letters[Below(letters.size())]; }

 private:
  std::mt19937_64 random_;
};

char TagOf(std::size_t i) { return static_cast<char>('0' + i); }

ProgramStep RandomStep(Dice& dice, const Program& program) {
  const char tag = TagOf(program.size());
  const char kind = dice.Of("AATTHNXLLVVSCCC");
  if (kind == 'V') {
    // Some ask for an id once more, with another range.
    const bool again = !program.empty() && dice.Below(4) == 0;
    for (const ProgramStep& s : program) {
      if (again && s.kind == 'V') return {'V', dice.Of("02"), s.tag, '3'};
    }
    return {'V', dice.Of("02"), tag, dice.Of("23")};
  }
  if (kind == 'S') return {'S', '-', tag, '-'};
  if (kind == 'C') {
    const std::size_t target = program.empty() ? 0 : dice.Below(program.size());
    if (!program.empty() && program[target].is_operation()) {
      return {'C', '-', tag, program[target].tag};
    }
    return {'T', 'p', tag, '-'};
  }
  return {kind, dice.Of("spp"), tag, kind == 'T' ? '-' : dice.Of("ab")};
}

Program RandomProgram(Dice& dice) {
  Program program;
  const std::size_t steps = 1 + dice.Below(kStepsMax);
  while (program.size() < steps) program.push_back(RandomStep(dice, program));
  return program;
}

// One step is another one, is gone, or is new.
Program Change(Dice& dice, Program program) {
  const std::size_t i = dice.Below(program.size());
  const auto at = program.begin() + static_cast<std::ptrdiff_t>(i);
  switch (dice.Below(3)) {
    case 0:
      *at = {dice.Of("ATHL"), dice.Of("sp"), at->tag, 'b'};
      break;
    case 1:
      program.erase(at);
      break;
    default:
      program.insert(at, {dice.Of("ATHNXLS"), 'p', TagOf(40), 'a'});
  }
  return program;
}

TEST(RandomTest, EngineAndOracleAgree) {
  const cohort::Registry registry = ProgramRegistry();
  const std::uint64_t first = FromEnvironment("COHORT_SEED", 1);
  const std::uint64_t runs = FromEnvironment(
      "COHORT_RUNS", std::getenv("COHORT_SEED") ? 1 : kRunsInATest);
  std::uint64_t clean = 0;
  std::uint64_t open = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    SCOPED_TRACE("COHORT_SEED=" + std::to_string(seed));
    Dice dice(seed);
    const Program program = RandomProgram(dice);
    const VersionChoice choice =
        dice.Below(4) == 0 ? VersionChoice::kOldest : VersionChoice::kNewest;
    Oracle oracle(program, choice);
    Completions completions;
    oracle.RunTurn();
    // Where the run's own version is out of range there is nothing to hold on.
    while (!oracle.failed() && !oracle.closed() &&
           completions.size() < kTurnsMax && !oracle.open().empty()) {
      completions.emplace_back();
      do {
        const int id = oracle.open()[dice.Below(oracle.open().size())];
        oracle.Complete(id);
        completions.back().push_back(id);
      } while (!oracle.open().empty() && dice.Below(3) == 0);
      oracle.RunTurn();
    }
    if (oracle.failed()) {
      ++open;
      continue;
    }
    const std::string json =
        ExpectAsOracle(registry, program, choice, completions, oracle.events());
    clean += ExpectJudgedAsOracle(registry, program, json, oracle.events(),
                                  Change(dice, program)) == "clean"
                 ? 1
                 : 0;
    if (testing::Test::HasFailure()) return;
  }
  std::cout << runs << " programs from seed " << first << ", " << open
            << " out of range, " << clean << " changes judged clean\n";
  EXPECT_LT(open, runs / 2);
}

}  // namespace
}  // namespace cohort_testing
