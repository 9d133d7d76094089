// Engine flags: each change of our own semantics.
//
// A run keeps the rules that it began with: its first task's completion records
// every flag of this table (sdkMetadata.coreUsedFlags; where langUsedFlags has
// it, it counts too), and a changed rule is followed only where its flag is
// recorded. The other SDKs' replayers refuse language flags that they do not
// know, and read past core's. Histories that are not ours are read by their
// profile.
//
//   static_assert(FindEngineFlag(1001)->flag == EngineFlag::kScopes);
//
// A number is never used twice. They begin at 1001: smaller ones are those that
// other SDKs have to see beside the markers of their dialect
// (markers/dialect.h).
#ifndef COHORT_ENGINE_FLAGS_H_
#define COHORT_ENGINE_FLAGS_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "cohort/base/enum_table.h"

namespace cohort {

enum class EngineFlag : std::uint8_t {
  kScopes,
};

struct EngineFlagRow {
  EngineFlag flag;
  std::int64_t number;
  std::string_view since;    // the first version that records it
  std::string_view changes;  // with the flag; without it
};

// clang-format off
inline constexpr std::array<EngineFlagRow, 1> kEngineFlags = {{
    {EngineFlag::kScopes, 1001, "0.1.0",
     "a request to cancel the run cancels what its scope holds; before, it only settled "
     "CancelRequested()"},
}};
// clang-format on

static_assert(RowsFollowEnum(kEngineFlags, &EngineFlagRow::flag));

inline constexpr std::int64_t kEngineFlagFirst = 1001;

constexpr std::int64_t NumberOf(EngineFlag flag) {
  return kEngineFlags[static_cast<std::size_t>(flag)].number;
}

// Null for a number that no version up to this one records.
constexpr const EngineFlagRow* FindEngineFlag(std::int64_t number) {
  for (const EngineFlagRow& row : kEngineFlags) {
    if (row.number == number) return &row;
  }
  return nullptr;
}

}  // namespace cohort

#endif  // COHORT_ENGINE_FLAGS_H_
