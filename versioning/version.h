// The words of versioning: version, change, family.
//
//   inline constexpr cohort::Change kStep1{"Step1", 1, 2};
//   if (cohort::GetVersion(ctx, kStep1) == 1) co_await OldWay(ctx);
//
// A *change* is a place where workflow code was changed while runs are in
// flight; its *id* names it in histories; the *version* that a run took there
// is recorded once and answered for ever after.
#ifndef COHORT_VERSIONING_VERSION_H_
#define COHORT_VERSIONING_VERSION_H_

#include <cstdint>
#include <string_view>

namespace cohort {

// Versions are small integers. -1 is the code before the change.
using Version = int;
inline constexpr Version kDefaultVersion = -1;

// Which of the two call families an answer belongs to: GetVersion with a range
// (Go, Java), or Patched / DeprecatePatch with yes and no (1 and -1; core).
enum class Family : std::uint8_t { kVersion, kPatch };

// A change, declared once beside the workflow that makes it: an id and the
// versions that today's code supports, min and max included.
struct Change {
  std::string_view id;
  Version min = kDefaultVersion;
  Version max = 1;
};

// What a call decided. The host turns it into a marker, or expects one.
struct VersionRecord {
  std::string_view change_id;
  Version version = kDefaultVersion;
  Family family = Family::kVersion;
  bool deprecated = false;  // DeprecatePatch
};

// A version marker of the turn that is being replayed.
struct RecordedVersion {
  Version version = kDefaultVersion;
  Family family = Family::kVersion;
  bool deprecated = false;
  bool upserted = false;  // the outputs show the upsert right behind the marker
};

}  // namespace cohort

#endif  // COHORT_VERSIONING_VERSION_H_
