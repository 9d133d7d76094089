// Random programs of up to thirty steps: what the engine records and judges is
// what the oracle says. A failure names its seed:
//
//   COHORT_SEED=17 bazel run //testing:random_test
//
// COHORT_RUNS says how many (`make soak` runs millions).
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "cohort/testing/programs.h"
#include "cohort/testing/recorder.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

// About a minute of one core without optimisation.
constexpr std::uint64_t kRunsInATest = 20000;
constexpr std::uint64_t kRunsThatTell = 1000;
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
  const char kind = dice.Of("AATTHHNNXELLVVPPQSCCCOUGWD");
  if (kind == 'V') {
    // Some ask for an id once more, with another range.
    const bool again = !program.empty() && dice.Below(4) == 0;
    for (const ProgramStep& s : program) {
      if (again && s.kind == 'V') return {'V', dice.Of("02"), s.tag, '3'};
    }
    return {'V', dice.Of("02"), tag, dice.Of("23")};
  }
  if (kind == 'P' || kind == 'Q') {
    const bool again = !program.empty() && dice.Below(4) == 0;
    for (const ProgramStep& s : program) {
      if (again && s.kind == 'P') return {kind, '-', s.tag, '1'};
    }
    return {kind, '-', tag, '1'};
  }
  if (kind == 'S') return {'S', '-', tag, '-'};
  if (kind == 'C') {
    const std::size_t target = program.empty() ? 0 : dice.Below(program.size());
    if (!program.empty() && program[target].is_operation()) {
      return {'C', '-', tag, program[target].tag};
    }
    return {'T', 'p', tag, '-'};
  }
  if (kOperationKinds.find(kind) == std::string_view::npos) {
    return {kind, '-', tag, '1'};
  }
  const std::string_view forms = kind == 'H' || kind == 'N' ? "spwWbBrR"
                                 : kind == 'A'              ? "sppwWbB"
                                                            : "spp";
  return {kind, dice.Of(forms), tag, kind == 'T' ? '-' : dice.Of("ab")};
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
      program.insert(at, {dice.Of("ATHNXELSOUGDPQ"), 'p', TagOf(40), '1'});
  }
  return program;
}

// Mostly a completion. False: nothing can come.
bool ArriveSomehow(Dice& dice, Oracle& oracle) {
  const std::string messages = oracle.PossibleMessages();
  // The run is canceled now and then.
  const bool only_cancel = messages == "x";
  const bool cancel = dice.Below(30) == 0;
  const std::size_t choices =
      oracle.open().size() + messages.size() - (only_cancel && !cancel ? 1 : 0);
  if (choices == 0) return false;
  const std::size_t i = dice.Below(choices);
  if (i >= oracle.open().size()) {
    const char what = messages[i - oracle.open().size()];
    if (what == 'x' && !cancel) return true;
    oracle.Arrive({0, what});
    return true;
  }
  const int id = oracle.open()[i];
  const char what = dice.Below(2) == 0 ? dice.Of(oracle.PossibleEnds(id)) : 'c';
  oracle.Arrive({id, what});
  return true;
}

TEST(RandomTest, EngineAndOracleAgree) {
  const cohort::Registry registry = ProgramRegistry();
  const std::uint64_t first = FromEnvironment("COHORT_SEED", 1);
  const std::uint64_t runs = FromEnvironment(
      "COHORT_RUNS", std::getenv("COHORT_SEED") ? 1 : kRunsInATest);
  std::uint64_t clean = 0;
  std::uint64_t other = 0;  // verdicts on changed programs
  std::uint64_t open = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    SCOPED_TRACE("COHORT_SEED=" + std::to_string(seed));
    Dice dice(seed);
    const Program program = RandomProgram(dice);
    const VersionChoice choice =
        dice.Below(4) == 0 ? VersionChoice::kOldest : VersionChoice::kNewest;
    Oracle oracle(program, choice);
    oracle.RunTurn();
    // Where the run's own version is out of range there is nothing to hold on.
    while (!oracle.failed() && !oracle.closed() &&
           oracle.run().arrivals.size() < kTurnsMax) {
      if (!ArriveSomehow(dice, oracle)) break;
      while (dice.Below(3) == 0 && ArriveSomehow(dice, oracle)) {
      }
      oracle.RunTurn();
    }
    if (oracle.failed()) {
      ++open;
      continue;
    }
    const std::string json = ExpectAsOracle(registry, oracle.run()).json;
    const std::string said = ExpectJudgedAsOracle(registry, oracle.run(), json,
                                                  Change(dice, program));
    ++(said == "clean" ? clean : other);
    if (testing::Test::HasFailure()) return;
  }
  std::cout << runs << " programs from seed " << first << ", " << open
            << " out of range, " << clean << " changes judged clean, " << other
            << " not\n";
  // Many programs are a test of something; one is there to be looked at.
  if (runs < kRunsThatTell) return;
  EXPECT_LT(open, runs / 2);
  EXPECT_GT(clean, runs / 20);
  EXPECT_GT(other, runs / 20);
}

// An activity and a timer in each step, now and then a marker.
cohort::Task<void> Long(cohort::Context& ctx, int steps) {
  for (int i = 0; i < steps; ++i) {
    if (i % 10 == 0) {
      const std::string change = "change-" + std::to_string(i);
      cohort::GetVersion(ctx, change, cohort::kDefaultVersion, 1);
    }
    if (i % 5 == 0) (void)ctx.SideEffect([i] { return i; });
    const auto beside = ctx.Timer(std::chrono::seconds(1));
    co_await ctx.Activity<void>("work", i);
    co_await beside;
  }
}

std::string RunLong(const cohort::Registry& registry, int steps,
                    cohort::Recorder::Mode mode) {
  cohort::Recorder r({.registry = &registry}, "Long", cohort::ToPayloads(steps),
                     mode);
  while (!r.closed() && r.status().ok()) {
    (void)r.RunTurn();
    if (!r.Open().empty()) r.Complete(r.Open().back());
  }
  EXPECT_TRUE(r.status().ok()) << r.status();
  return r.ToJson();
}

// However long it is; `make soak` makes it longer.
TEST(RandomTest, ALongRunIsRebuiltAtEveryTurn) {
  const std::size_t events = std::getenv("COHORT_RUNS") ? 2000 : 500;
  const int steps = static_cast<int>(events / 11);
  cohort::Registry registry;
  registry.Workflow("Long", Long);
  using enum cohort::Recorder::Mode;
  const std::string json = RunLong(registry, steps, kEvictedEachTurn);
  const auto history = cohort::History::FromJson(json);
  ASSERT_TRUE(history.ok()) << history.status();
  EXPECT_GT(history->events().size(), events);
  EXPECT_EQ(json, RunLong(registry, steps, kCached));
}

}  // namespace
}  // namespace cohort_testing
