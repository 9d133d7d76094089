// Every kind of command and every construct of the language beside every other
// one, in both orders, in all orders of what comes in: what the engine records
// is what the plain oracle says, and what it says of the same code with the two
// the other way round.
//
// A kind without a row in kKindUses does not compile; a row whose steps do not
// make its command fails.
//
//   COHORT_RUNS=1 bazel run --config=opt //testing:pairs_test
//
// leaves no run out, as `make soak` does.
#include <array>
#include <bitset>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/base/enum_table.h"
#include "cohort/base/stable_hash.h"
#include "cohort/engine/kinds.h"
#include "cohort/testing/programs.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using cohort::CommandKind;

constexpr int kShards = 8;
// Of the runs in which something fails or is asked to cancel from outside, one
// in so many is made in a test.
constexpr std::uint64_t kRareOneIn = 16;
// A run's operations fail, or start in a turn of their own, and the run is
// canceled, at most so often.
constexpr int kRaritiesMax = 1;

// Steps that make a command of the kind, tags counted from 0.
struct KindUse {
  CommandKind kind;
  std::string_view steps;
};
using enum CommandKind;
// clang-format off
constexpr std::array<KindUse, cohort::kCommandKindCount> kKindUses = {{
    {kScheduleActivity,       "Ap0a"},
    {kRequestCancelActivity,  "AW0aG-1-C-20"},
    {kStartTimer,             "Tp0-"},
    {kCancelTimer,            "Tp0-G-1-C-20"},
    {kStartChild,             "Hp0a"},
    {kSignalExternal,         "Xp0a"},
    {kCancelExternal,         "Ep0a"},
    {kScheduleNexus,          "Np0a"},
    {kRequestCancelNexus,     "NR0aG-1-C-20"},
    {kRecordVersion,          "V002"},
    {kRecordSideEffect,       "S-0-"},
    {kRecordMutableSideEffect, "M-01"},
    {kRecordLocalActivity,    "Ls0a"},
    {kUpsertSearchAttributes, "U-01"},
    {kModifyProperties,       "O-01"},
    {kAcceptUpdate,           "D-01"},
    {kCompleteUpdate,         "D-01O-11"},
    {kCompleteWorkflow,       ""},
    {kFailWorkflow,           "F-0-"},
    {kCancelWorkflow,         "K-0-"},
    {kContinueAsNew,          "Z-0-"},
}};
// clang-format on
static_assert(cohort::RowsFollowEnum(kKindUses, &KindUse::kind),
              "every kind of command needs steps that make one");

// What has no command of its own.
constexpr std::string_view kConstructUses[] = {
    "P-0-As1a",                  // patched: else the activity is left out
    "Q-0-",                      // a deprecated patch
    "Hp0aJ-10",                  // a child's start
    "NR0aJ-10",                  // a Nexus operation's
    "HR0aG-1-C-20",              // a child that is waited for until it is told
    "{a0-AW1aC-20}-3-",          // a scope, canceled in the turn that opens it
    "{a0-Hp1aG-2-C-30}-4-",      // and later
    "{a0-HR1aG-2-C-31C-40}-5-",  // and a child in it before, in one turn
    "{a0-C-10{a2-I-3-}-4-}-5-",  // one that is canceled when it opens
    "{d0-Tp1-G-2-}-3-",          // one that is not canceled with the run
    "Y-01",                      // a condition with a time-out
    "W-01",                      // without
    "G-0-",                      // a signal of a channel
    "Lp0a",                      // a local activity that is awaited at the end
    "Tp0-I-1-",                  // a selector
};

constexpr std::size_t IndexOf(CommandKind kind) {
  return static_cast<std::size_t>(kind);
}

// Nothing can follow it.
bool Closes(const KindUse& use) {
  return cohort::RowOf(use.kind).on_record == cohort::OnRecord::kCloses;
}

// The steps, with tags counted from `first`.
Program Uses(std::string_view steps, int first) {
  Program program = ParseProgram(std::string(steps));
  for (ProgramStep& s : program) {
    s.tag = static_cast<char>(s.tag + first);
    const bool names_another = s.kind == 'C' || s.kind == 'J';
    if (names_another) s.argument = static_cast<char>(s.argument + first);
  }
  return program;
}

Program Joined(std::string_view one, std::string_view other) {
  Program program = Uses(one, 0);
  const Program rest = Uses(other, static_cast<int>(program.size()));
  program.insert(program.end(), rest.begin(), rest.end());
  return program;
}

class Pairs {
 public:
  using Kinds = std::bitset<cohort::kCommandKindCount>;

  // In all orders of what comes in. The kinds of all commands that were issued.
  Kinds Explore(std::string_view one, std::string_view other) {
    const Program program = Joined(one, other);
    swapped_ = Joined(other, one);
    ++programs_;
    kinds_.reset();
    for (const VersionChoice choice :
         {VersionChoice::kNewest, VersionChoice::kOldest}) {
      Oracle oracle(program, choice);
      oracle.RunTurn();
      Go(oracle, 0);
    }
    return kinds_;
  }

  std::int64_t programs() const { return programs_; }
  std::int64_t runs() const { return runs_; }
  // Verdicts on the swapped code.
  std::int64_t clean() const { return clean_; }
  std::int64_t other() const { return other_; }

 private:
  void Go(const Oracle& oracle, int rarities) {
    if (!oracle.closed()) return ArriveEveryWay(oracle, rarities);
    const OracleRun& run = oracle.run();
    if (rarities > 0 && cohort::StableHash(ToText(run)) % rare_one_in_ != 0) {
      return;
    }
    ++runs_;
    const LiveProgram live = ExpectAsOracle(registry_, run);
    kinds_ |= live.kinds;
    // Where a mutable side effect is called is not compared.
    if (live.kinds.test(IndexOf(kRecordMutableSideEffect))) {
      return;
    }
    const std::string said =
        ExpectJudgedAsOracle(registry_, run, live.json, swapped_);
    ++(said == "clean" ? clean_ : other_);
  }

  // One more arrival, and a turn behind it, or more arrivals before that.
  void ArriveEveryWay(const Oracle& oracle, int rarities) {
    for (const int id : oracle.open()) {
      for (const char what : oracle.PossibleEnds(id)) {
        Arrive(oracle, {id, what}, rarities + (what == 'c' ? 0 : 1));
      }
    }
    for (const char what : oracle.PossibleMessages()) {
      Arrive(oracle, {0, what}, rarities + (what == 'x' ? 1 : 0));
    }
  }

  void Arrive(Oracle oracle, Arrival arrival, int rarities) {
    if (rarities > kRaritiesMax) return;
    oracle.Arrive(arrival);
    ArriveEveryWay(oracle, rarities);
    oracle.RunTurn();
    Go(oracle, rarities);
  }

  const cohort::Registry registry_ = ProgramRegistry();
  const std::uint64_t rare_one_in_ =
      std::getenv("COHORT_RUNS") == nullptr ? kRareOneIn : 1;
  Program swapped_;
  Kinds kinds_;
  std::int64_t programs_ = 0;
  std::int64_t runs_ = 0;
  std::int64_t clean_ = 0;
  std::int64_t other_ = 0;
};

std::vector<std::string_view> AllUses() {
  std::vector<std::string_view> all;
  for (const KindUse& use : kKindUses) all.push_back(use.steps);
  all.insert(all.end(), std::begin(kConstructUses), std::end(kConstructUses));
  return all;
}

// Alone: beside others, their steps could be what makes it.
TEST(KindsTest, EveryKindIsMadeByItsOwnSteps) {
  Pairs pairs;
  for (const KindUse& use : kKindUses) {
    EXPECT_TRUE(pairs.Explore(use.steps, "").test(IndexOf(use.kind)))
        << NameOf(use.kind) << " is not made by '" << use.steps << "'";
  }
}

class PairsTest : public testing::TestWithParam<int> {};

TEST_P(PairsTest, EngineAndOracleAgree) {
  const std::vector<std::string_view> uses = AllUses();
  const auto shard = static_cast<std::size_t>(GetParam());
  Pairs pairs;
  for (std::size_t pair = shard; pair < uses.size() * uses.size();
       pair += kShards) {
    const std::size_t i = pair / uses.size();
    const std::size_t j = pair % uses.size();
    if (i < kKindUses.size() && Closes(kKindUses[i])) continue;
    const Pairs::Kinds issued = pairs.Explore(uses[i], uses[j]);
    for (const std::size_t k : {i, j}) {
      EXPECT_TRUE(k >= kKindUses.size() || issued.test(k))
          << NameOf(kKindUses[k].kind) << " is not made by '" << uses[i]
          << "' before '" << uses[j] << "'";
    }
    if (HasFailure()) return;
  }
  std::cout << "programs " << pairs.programs() << ", runs " << pairs.runs()
            << ", swapped: clean " << pairs.clean() << ", not " << pairs.other()
            << "\n";
  EXPECT_GT(pairs.clean(), 0);
  EXPECT_GT(pairs.other(), pairs.runs() / 4);
}

INSTANTIATE_TEST_SUITE_P(Shards, PairsTest, testing::Range(0, kShards));

}  // namespace
}  // namespace cohort_testing
