// The dialects of version markers: how each SDK records a version.
//
//   const cohort::DialectRow& go = cohort::RowOf(cohort::Dialect::kGo);
//   Use(go.marker_name, go.id_key);  // "Version", "change-id"
//
// This table is the one place that knows names, keys and limits; the codec
// carries it out, docs/markers.md prints it. Sources: the SDKs' own behaviour,
// described byte by byte in docs/markers.md.
// Threads and errors: constants.
#ifndef COHORT_MARKERS_DIALECT_H_
#define COHORT_MARKERS_DIALECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cohort/base/enum_table.h"
#include "cohort/versioning/version.h"

namespace cohort {

enum class Dialect : std::uint8_t {
  kGo,       // Temporal's Go and PHP SDKs
  kJava,     // Temporal's Java SDK
  kCore,     // Python, TypeScript, .NET, Ruby, Rust: all on sdk-core
  kCoreOld,  // the same before March 2023
  kCadence,  // Cadence's Go client
};
inline constexpr std::size_t kDialectCount = 5;

// How the marker's details are laid out.
enum class DetailsForm : std::uint8_t {
  kJsonKeys,    // one json/plain payload under each key
  kJsonObject,  // one json/plain payload that holds an object with the fields
  kBinaryKeys,  // one binary/plain payload under each key
  kBlob,        // no map: JSON string, newline, JSON number, newline
};

// Which markers may stand in a history although the code does not ask. (Those
// of the SDK itself may always: IsSdkPatch.)
enum class Tolerance : std::uint8_t { kAlways, kOnlyDeprecated };

// One element of the search attribute's list.
enum class Element : std::uint8_t { kIdAndVersion, kId };

enum class ListOrder : std::uint8_t {
  kNewFirst,    // the new element, then the others as first seen (Go itself:
                // the others in any order)
  kFirstSeen,   // the new element last
  kByteSorted,  // and each element once
};

// What is measured against kSearchAttributeBytesMax; from that size on the
// upsert is left out.
enum class SizeRule : std::uint8_t {
  kData,     // the payload's data
  kPayload,  // the whole serialized Payload message
  kNone,     // no limit
};

// What the marker says of the upsert.
enum class UpsertFlag : std::uint8_t {
  kFalseIfSkipped,  // no flag: upserted
  kTrueIfUpserted,  // no flag: skipped
  kNone,
};

// How JSON strings are escaped, beyond the quote, the backslash and control
// characters.
enum class Escaping : std::uint8_t {
  kGo,     // < > & U+2028 U+2029 too; \u00xx in lower case
  kPlain,  // nothing else; \u00xx in lower case
  kUpper,  // nothing else; \u00XX in upper case
};

struct DialectRow {
  Dialect dialect;
  std::string_view family_name;  // as reports and EXPECTED.json name it
  Family family;
  std::string_view marker_name;
  DetailsForm form;
  std::string_view id_key;      // of details, or of the object in them
  std::string_view value_key;   // the version, or the deprecated flag
  std::string_view object_key;  // kJsonObject: where the object stands
  UpsertFlag upsert_flag;
  std::string_view flag_key;
  Tolerance tolerance;
  std::string_view attribute;  // the search attribute
  Element element;
  ListOrder order;
  // Are versions that were answered by default, without a marker, listed?
  bool lists_unrecorded;
  SizeRule size_rule;
  // Metadata "type" of the search attribute's payload; "" for none.
  std::string_view attribute_type;
  Escaping escaping;
  // The flag of the task's completion by which the dialect's own SDKs know that
  // markers go with upserts: langUsedFlags, coreUsedFlags; 0 is none.
  std::int64_t lang_flag;
  std::int64_t core_flag;
};

inline constexpr std::string_view kChangeVersionAttribute =
    "TemporalChangeVersion";
inline constexpr std::string_view kCadenceVersionAttribute =
    "CadenceChangeVersion";

// clang-format off
inline constexpr std::array<DialectRow, kDialectCount> kDialects = {{
    {Dialect::kGo, "go", Family::kVersion, "Version", DetailsForm::kJsonKeys,
     "change-id", "version", "",
     UpsertFlag::kFalseIfSkipped, "version-search-attribute-updated",
     Tolerance::kAlways, kChangeVersionAttribute,
     Element::kIdAndVersion, ListOrder::kNewFirst, true,
     SizeRule::kData, "", Escaping::kGo, 1, 0},
    {Dialect::kJava, "java", Family::kVersion, "Version", DetailsForm::kJsonKeys,
     "changeId", "version", "",
     UpsertFlag::kTrueIfUpserted, "versionSearchAttributeUpdated",
     Tolerance::kAlways, kChangeVersionAttribute,
     Element::kIdAndVersion, ListOrder::kFirstSeen, false,
     SizeRule::kPayload, "KeywordList", Escaping::kUpper, 0, 0},
    {Dialect::kCore, "core", Family::kPatch, "core_patch", DetailsForm::kJsonObject,
     "id", "deprecated", "patch-data",
     UpsertFlag::kNone, "",
     Tolerance::kOnlyDeprecated, kChangeVersionAttribute,
     Element::kId, ListOrder::kByteSorted, false,
     SizeRule::kData, "KeywordList", Escaping::kPlain, 0, 2},
    {Dialect::kCoreOld, "core-old", Family::kPatch, "core_patch", DetailsForm::kBinaryKeys,
     "patch_id", "deprecated", "",
     UpsertFlag::kNone, "",
     Tolerance::kOnlyDeprecated, kChangeVersionAttribute,
     Element::kId, ListOrder::kByteSorted, false,
     SizeRule::kData, "KeywordList", Escaping::kPlain, 0, 2},
    {Dialect::kCadence, "cadence-go", Family::kVersion, "Version", DetailsForm::kBlob,
     "", "", "",
     UpsertFlag::kNone, "",
     Tolerance::kAlways, kCadenceVersionAttribute,
     Element::kIdAndVersion, ListOrder::kNewFirst, true,
     SizeRule::kNone, "", Escaping::kGo, 0, 0},
}};
// clang-format on

static_assert(RowsFollowEnum(kDialects, &DialectRow::dialect));

constexpr const DialectRow& RowOf(Dialect dialect) {
  return kDialects[static_cast<std::size_t>(dialect)];
}

// Patches that TypeScript's SDK asks for within itself. Programs do not call
// them: their markers mean nothing to code that is ported.
constexpr bool IsSdkPatch(std::string_view change_id) {
  return change_id.starts_with("__temporal_internal_") ||
         change_id.starts_with("__sdk_internal_patch_number:");
}

// The dialects in which one run writes: Go's for GetVersion and core's for
// Patched, where nothing else is said.
class WriterDialects {
 public:
  constexpr WriterDialects() = default;
  // Implicit: one dialect stands for its own family, beside the other's
  // default.
  constexpr WriterDialects(Dialect dialect) { *this = With(dialect); }

  // With `dialect` for its own family.
  constexpr WriterDialects With(Dialect dialect) const {
    WriterDialects out = *this;
    (RowOf(dialect).family == Family::kVersion ? out.version_ : out.patch_) =
        dialect;
    return out;
  }

  constexpr const DialectRow& RowFor(Family family) const {
    return RowOf(family == Family::kVersion ? version_ : patch_);
  }

 private:
  Dialect version_ = Dialect::kGo;
  Dialect patch_ = Dialect::kCore;
};

namespace markers_internal {

consteval bool RowsStandInOrder() {
  for (std::size_t i = 0; i < kDialects.size(); ++i) {
    if (static_cast<std::size_t>(kDialects[i].dialect) != i) return false;
  }
  return true;
}
static_assert(RowsStandInOrder(), "RowOf() looks rows up by position");

}  // namespace markers_internal

// The table as Markdown: one row for each property, one column for each
// dialect. docs/markers.md holds exactly this.
std::string DialectTable();

}  // namespace cohort

#endif  // COHORT_MARKERS_DIALECT_H_
