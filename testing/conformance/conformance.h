// Conformance: our verdicts on recorded histories beside those of the SDKs'
// own replayers.
//
//   const Sdk* sdk = FindSdk("go");
//   absl::StatusOr<std::vector<Pair>> pairs = ReadPairs("verdicts.tsv");
//   auto judged = JudgePairs(*sdk, Family::kOrder, folder, *pairs, {});
//   std::cout << Summary(Count(*judged)) << "\n";
//
// A pair is a history and a generation of the code. Every difference is put
// down to a rule over the history's content: a strict rule of ours, or a quirk
// of the writer's replayer (docs/strictness.md).
//
// Threads: the functions are pure. Errors: those of reading a history; no
// verdict is one.
#ifndef COHORT_TESTING_CONFORMANCE_CONFORMANCE_H_
#define COHORT_TESTING_CONFORMANCE_CONFORMANCE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/engine/profile.h"
#include "cohort/engine/strictness.h"
#include "cohort/examples/order.h"
#include "cohort/history/history.h"
#include "cohort/testing/conformance/pairs.h"
#include "cohort/testing/report.h"
#include "cohort/workflow/registry.h"

namespace cohort_testing {

struct Sdk {
  std::string_view name;  // the profile's as well
  cohort_examples::OrderStyle style;
};

inline constexpr std::array<Sdk, 4> kSdks = {{
    {"go", cohort_examples::OrderStyle::kGo},
    {"java", cohort_examples::OrderStyle::kJava},
    {"python", cohort_examples::OrderStyle::kPython},
    {"typescript", cohort_examples::OrderStyle::kPython},
}};

const Sdk* FindSdk(std::string_view name);

// Histories that a replayer refuses whatever the code is. `cannot_judge` looks
// at nothing but the history.
struct Quirk {
  std::string_view name;
  std::string_view sdk;
  bool (*cannot_judge)(const cohort::History& history);
};
extern const std::array<Quirk, 2> kQuirks;

// Which programs the histories are of.
enum class ProgramFamily : std::uint8_t {
  kOrder,
  kLoop,
  kFanout,
  kMade,      // Order, and the small programs of made_programs.h
  kPrefixes,  // Order
};
std::optional<ProgramFamily> FindFamily(std::string_view name);

// The workflows of one generation; an empty registry for one that the family
// does not have. Loop and Fanout have one, of any name.
cohort::Registry ProgramOf(const Sdk& sdk, ProgramFamily family,
                           std::string_view generation);

enum class Agreement : std::uint8_t { kAgree, kStricter, kLooser, kQuirk };
std::string_view NameOf(Agreement agreement);

struct Judged {
  Pair pair;
  cohort::Verdict ours = cohort::Verdict::kNotJudged;
  Agreement agreement = Agreement::kAgree;
  // The strict rule or quirk that a difference rests on.
  std::string_view rule;
  std::string finding;  // ours, for people; "" where both say ok
};

struct JudgeOptions {
  cohort::Strictness strictness;
  // Null: the SDK's own.
  const cohort::Profile* profile = nullptr;
};

// In the order of the pairs. A history is looked for under its name in
// `folder`, with ".json", and without the folders before its name.
absl::StatusOr<std::vector<Judged>> JudgePairs(const Sdk& sdk,
                                               ProgramFamily family,
                                               const std::string& folder,
                                               std::span<const Pair> pairs,
                                               const JudgeOptions& options);

struct Counts {
  int pairs = 0;
  int agree = 0;
  int stricter = 0;
  int looser = 0;
  int quirk = 0;
  int unnamed = 0;  // of the stricter: those without a rule

  bool operator==(const Counts&) const = default;
};
Counts Count(std::span<const Judged> judged);

// "1635 pairs, 1605 agree, 0 stricter, 0 looser, 30 quirk".
std::string Summary(const Counts& counts);

// A line for each pair: history, generation, official, ours, class, rule.
std::string ToTsv(std::span<const Judged> judged);

// The first `events` events as a history that ends there.
absl::StatusOr<cohort::History> PrefixOf(const cohort::History& history,
                                         std::size_t events);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_CONFORMANCE_CONFORMANCE_H_
