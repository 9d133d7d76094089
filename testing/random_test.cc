// Random programs of up to thirty steps: what the engine records and judges is
// what the oracle says. A failure names its seed:
//
//   COHORT_SEED=17 bazel run //testing:random_test
//
// COHORT_RUNS says how many (`make soak` runs millions).
#include <algorithm>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "cohort/engine/kinds.h"
#include "cohort/testing/programs.h"
#include "cohort/testing/recorder.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

// Each part takes more than a minute of a core without optimisation.
constexpr std::uint64_t kRunsInATest = 50000;
constexpr std::uint64_t kParts = 2;
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

// A version call or a patch. Some ask for an id once more, with another range.
ProgramStep RandomVersion(Dice& dice, const Program& program, char kind) {
  const char first = kind == 'Q' ? 'P' : kind;
  const bool again = dice.Below(4) == 0;
  const auto before = std::find_if(
      program.begin(), program.end(),
      [&](const ProgramStep& s) { return again && s.kind == first; });
  const bool has = before != program.end();
  const char tag = has ? before->tag : TagOf(program.size());
  if (kind != 'V') return {kind, '-', tag, '1'};
  return {'V', dice.Of("02"), tag, has ? '3' : dice.Of("23")};
}

// A step about another one: what can be canceled, or what has a start.
ProgramStep RandomTarget(Dice& dice, const Program& program, char kind) {
  const char tag = TagOf(program.size());
  if (!program.empty()) {
    const ProgramStep& target = program[dice.Below(program.size())];
    const bool starts = target.kind == 'H' || target.kind == 'N';
    const bool cancels = target.is_operation() || target.kind == '{';
    if (kind == 'J' ? starts : cancels) return {kind, '-', tag, target.tag};
  }
  return {'T', 'p', tag, '-'};
}

ProgramStep RandomStep(Dice& dice, const Program& program) {
  const char tag = TagOf(program.size());
  const char kind = dice.Of("AATTHHNNXELLVVPPQSCCCJJOUGWYID{}");
  switch (kind) {
    case 'V':
    case 'P':
    case 'Q':
      return RandomVersion(dice, program, kind);
    case 'C':
    case 'J':
      return RandomTarget(dice, program, kind);
    case '{':
      return {'{', dice.Of("aad"), tag, '-'};
    default:
      break;
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
  // Few: with such a step changed code is not judged.
  if (dice.Below(10) == 0) {
    ProgramStep& step = program[dice.Below(program.size())];
    step = {'M', '-', step.tag, '1'};
  }
  // Some do not complete.
  if (dice.Below(8) == 0) {
    program.back() = {dice.Of("FKZ"), '-', program.back().tag, '-'};
  }
  return program;
}

bool Has(const Program& program, char kind) {
  return std::any_of(program.begin(), program.end(),
                     [kind](const ProgramStep& s) { return s.kind == kind; });
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
      program.insert(at, {dice.Of("ATHNXELSOUGDPQYI"), 'p', TagOf(40), '1'});
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

// A live run, until it closes or nothing can come. False: its own version is
// out of range, and there is nothing to hold on.
bool RunSomehow(Dice& dice, Oracle& oracle) {
  oracle.RunTurn();
  while (!oracle.failed() && !oracle.closed() &&
         oracle.run().arrivals.size() < kTurnsMax) {
    if (!ArriveSomehow(dice, oracle)) break;
    while (dice.Below(3) == 0 && ArriveSomehow(dice, oracle)) {
    }
    oracle.RunTurn();
  }
  return !oracle.failed();
}

class RandomPrograms {
 public:
  void Run(std::uint64_t seed) {
    SCOPED_TRACE("COHORT_SEED=" + std::to_string(seed));
    ++runs_;
    Dice dice(seed);
    const Program program = RandomProgram(dice);
    const VersionChoice choice =
        dice.Below(4) == 0 ? VersionChoice::kOldest : VersionChoice::kNewest;
    Oracle oracle(program, choice);
    if (!RunSomehow(dice, oracle)) {
      ++out_of_range_;
      return;
    }
    const LiveProgram live = ExpectAsOracle(registry_, oracle.run());
    kinds_ |= live.kinds;
    // Where a mutable side effect is called is not compared.
    if (Has(program, 'M')) return;
    const std::string said = ExpectJudgedAsOracle(
        registry_, oracle.run(), live.json, Change(dice, program));
    ++(said == "clean" ? clean_ : other_);
  }

  // Many programs are a test of something; one is there to be looked at.
  void ExpectManyToTell() const {
    std::cout << runs_ << " programs, " << out_of_range_ << " out of range, "
              << clean_ << " changes judged clean, " << other_ << " not\n";
    if (runs_ < kRunsThatTell) return;
    EXPECT_LT(out_of_range_, runs_ / 2);
    EXPECT_GT(clean_, runs_ / 20);
    EXPECT_GT(other_, runs_ / 20);
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
      EXPECT_TRUE(kinds_.test(kind))
          << "no program made "
          << NameOf(static_cast<cohort::CommandKind>(kind));
    }
  }

 private:
  const cohort::Registry registry_ = ProgramRegistry();
  std::uint64_t runs_ = 0;
  std::uint64_t out_of_range_ = 0;
  std::uint64_t clean_ = 0;  // verdicts on changed programs
  std::uint64_t other_ = 0;
  std::bitset<cohort::kCommandKindCount> kinds_;
};

class PartsTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PartsTest, EngineAndOracleAgree) {
  const std::uint64_t first = FromEnvironment("COHORT_SEED", 1);
  const std::uint64_t runs = FromEnvironment(
      "COHORT_RUNS", std::getenv("COHORT_SEED") ? 1 : kRunsInATest);
  RandomPrograms programs;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    if (seed % kParts == GetParam()) programs.Run(seed);
    if (HasFailure()) return;
  }
  programs.ExpectManyToTell();
}

INSTANTIATE_TEST_SUITE_P(Random, PartsTest,
                         testing::Range(std::uint64_t{0}, kParts));

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
