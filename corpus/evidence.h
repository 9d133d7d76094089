// What one run says about a branch of a change that somebody wants to delete.
//
//   const Finding finding = Judge(run, {RetireTarget::Kind::kDefault}, rules);
//   RowOf(finding.kind).verdict == RetireVerdict::kUnsafe;
//
// Each kind of evidence is a row of one table: what it proves, its words, and
// what would settle it.
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_EVIDENCE_H_
#define COHORT_CORPUS_EVIDENCE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "cohort/corpus/fleet.h"
#include "cohort/corpus/listing.h"
#include "cohort/corpus/run_status.h"
#include "cohort/versioning/version.h"

namespace cohort {

// In the order in which they win when several are put together.
enum class RetireVerdict : std::uint8_t { kSafe, kNotProvable, kUnsafe };

constexpr std::string_view NameOf(RetireVerdict verdict) {
  constexpr std::array<std::string_view, 3> kNames = {"safe", "not-provable",
                                                      "unsafe"};
  return kNames[static_cast<std::size_t>(verdict)];
}

// What is to be deleted.
struct RetireTarget {
  enum class Kind : std::uint8_t {
    kDefault,   // the code of before the change
    kVersion,   // the branch of a version; of a patch, the code behind "yes"
    kPatchCall  // the call of a patch: what its plain markers need
  };
  Kind kind = Kind::kDefault;
  Version version = kDefaultVersion;  // of kVersion

  bool operator==(const RetireTarget&) const = default;
};

enum class EvidenceKind : std::uint8_t {
  // Unsafe.
  kRecorded,
  kRecordedKept,
  kPassed,
  kPassedKept,
  // Not provable.
  kNoTrace,
  kUnreadableFile,
  kUnmarked,
  kUnmarkedKept,
  kLateMarker,
  kOtherType,
  kUnreadableRun,
  kStale,
  kListed,
  kNotListed,
  kRetentionUnknown,
  // Safe.
  kGone,
  kOtherAnswer,
  kNotReached,
  kNotAsked,
};

struct EvidenceRow {
  EvidenceKind kind;
  std::string_view name;  // in JSON
  RetireVerdict verdict;
  std::string_view says;     // of which runs, before their number
  std::string_view settles;  // what would settle it; "" where nothing has to
};

const EvidenceRow& RowOf(EvidenceKind kind);

// The table as Markdown; docs/retire.md holds exactly this.
std::string EvidenceTable();

// What replay with the code says of a run without a marker.
enum class Resolution : std::uint8_t {
  kPassedByDefault,  // it took the default branch
  kNotYet,           // it has yet to reach the call, or ended before it
  kUnknown,
};

// A run of which nobody can tell without the code whether it took the default
// branch.
struct AmbiguousRun {
  std::string name;  // by which its history is fetched
  std::string run_id;
  std::string workflow_id;
  std::string workflow_type;
  RunStatus status = RunStatus::kOpen;
  EvidenceKind why = EvidenceKind::kUnmarked;
};

using Resolver = std::function<Resolution(const AmbiguousRun&)>;

// A run with what is known of it; one of the two may be missing.
struct KnownRun {
  const FleetRun* history = nullptr;
  const RunListing* listing = nullptr;

  // The listing has seen more of the run than the history holds.
  bool IsStale() const;
  RunStatus status() const;
  absl::Time started() const;
  absl::Time closed() const;  // InfinitePast: not known, or not closed
  std::string_view workflow_type() const;
  std::string_view name() const;
  std::string_view run_id() const;
  std::string_view workflow_id() const;
};

// What is known beside the runs.
struct JudgeRules {
  std::string_view change_id;
  absl::Time now;
  std::optional<absl::Duration> retention;
  // Types whose code asks for the change. If they are not all there are,
  // `types_complete` is false, and every other type may ask too.
  std::set<std::string, std::less<>> types;
  bool types_complete = false;
  // Every version that was recorded stands in the listing.
  bool listing_complete = false;
  Resolver resolve;  // may be empty
};

struct Finding {
  EvidenceKind kind = EvidenceKind::kOtherAnswer;
  // From when on the run counts no more, if it is known to end.
  absl::Time until = absl::InfiniteFuture();
  // Nobody could tell which branch it is on.
  bool ambiguous = false;
};

Finding Judge(const KnownRun& run, const RetireTarget& target,
              const JudgeRules& rules);

}  // namespace cohort

#endif  // COHORT_CORPUS_EVIDENCE_H_
