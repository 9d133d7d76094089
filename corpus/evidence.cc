#include "cohort/corpus/evidence.h"

#include <algorithm>

#include "cohort/markers/dialect.h"
#include "fmt/core.h"

namespace cohort {
namespace {

using enum EvidenceKind;
using enum RetireVerdict;

// In the order of the enumeration.
constexpr std::array kRows = {
    EvidenceRow{kRecorded, "recorded", kUnsafe, "open runs that recorded it",
                ""},
    EvidenceRow{kRecordedKept, "recorded-closed", kUnsafe,
                "closed runs that recorded it; queries and resets replay them "
                "until they leave retention",
                ""},
    EvidenceRow{kPassed, "passed", kUnsafe,
                "open runs that went by the call before they could record an "
                "answer: they are on this branch",
                ""},
    EvidenceRow{kPassedKept, "passed-closed", kUnsafe,
                "closed runs that were on this branch; queries and resets "
                "replay them until they leave retention",
                ""},
    EvidenceRow{kNoTrace, "no-trace", kNotProvable,
                "runs that name the change, by a marker or in a listing",
                "check the id, and give histories of runs that recorded it"},
    EvidenceRow{kUnreadableFile, "unreadable-file", kNotProvable,
                "histories that could not be read",
                "mend them, or fetch them again"},
    EvidenceRow{kUnmarked, "unmarked", kNotProvable,
                "open runs of a type that asks for the change, without a "
                "marker for it: they are on this branch, or have yet to reach "
                "the call",
                "replay them with the code, or wait until they have ended"},
    EvidenceRow{kUnmarkedKept, "unmarked-closed", kNotProvable,
                "closed runs of a type that asks for the change, without a "
                "marker for it: they were on this branch, or ended before the "
                "call",
                "replay them with the code, or wait until they leave "
                "retention"},
    EvidenceRow{kLateMarker, "late-marker", kNotProvable,
                "runs that recorded another answer behind their first turn, "
                "with an SDK that forgets a \"no\" (TypeScript's does): "
                "earlier calls may have taken this branch",
                "replay them with the code"},
    EvidenceRow{kOtherType, "other-type", kNotProvable,
                "runs of types of which none has a marker for the change; "
                "their code may ask for it too",
                "say which types ask for the change (--type)"},
    EvidenceRow{kUnreadableRun, "unreadable-run", kNotProvable,
                "runs with something that cannot be read; it may be a marker",
                "mend these histories, or fetch them again"},
    EvidenceRow{kStale, "stale", kNotProvable,
                "runs that went on behind the end of their history, as the "
                "listing says",
                "fetch these histories again"},
    EvidenceRow{kListed, "listed", kNotProvable,
                "runs known from a listing only, which names the answer; it "
                "may be inherited, as continue-as-new passes the list on",
                "fetch their histories"},
    EvidenceRow{kNotListed, "not-listed", kNotProvable,
                "runs known from a listing only; that it does not name the "
                "answer proves nothing",
                "fetch their histories"},
    EvidenceRow{kRetentionUnknown, "retention-unknown", kNotProvable,
                "closed runs that need it, if they are still kept",
                "say the namespace's retention (--retention)"},
    EvidenceRow{kGone, "left-retention", kSafe,
                "closed runs that are kept no more", ""},
    EvidenceRow{kOtherAnswer, "other-answer", kSafe,
                "runs that recorded another answer, or need none", ""},
    EvidenceRow{kNotReached, "not-reached", kSafe,
                "runs that have yet to reach the call, or ended before it", ""},
    EvidenceRow{kNotAsked, "not-asked", kSafe,
                "runs of types that do not ask for the change", ""},
};

consteval bool RowsStandInOrder() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
  }
  return true;
}
static_assert(RowsStandInOrder(), "RowOf() looks rows up by position");

// SDKs of the core that remember a "no" for the whole run, so that a marker is
// the run's only answer. (engine/profile.h has the same of whole profiles.)
constexpr std::array<std::string_view, 4> kRemembers = {
    "cohort-cpp", "temporal-python", "temporal-dotnet", "temporal-ruby"};

bool RemembersNo(std::string_view sdks) {
  if (sdks.empty()) return false;
  while (!sdks.empty()) {
    const std::size_t end = std::min(sdks.find(", "), sdks.size());
    const std::string_view sdk = sdks.substr(0, end);
    if (std::none_of(
            kRemembers.begin(), kRemembers.end(),
            [&](std::string_view name) { return sdk.starts_with(name); })) {
      return false;
    }
    sdks.remove_prefix(std::min(end + 2, sdks.size()));
  }
  return true;
}

bool IsPatch(const FleetAnswer& answer) {
  return RowOf(answer.dialect).family == Family::kPatch;
}

bool IsRecorded(const FleetAnswer& answer, const RetireTarget& target) {
  switch (target.kind) {
    case RetireTarget::Kind::kDefault:
      return answer.version == kDefaultVersion;
    case RetireTarget::Kind::kVersion:
      return answer.version == target.version;
    case RetireTarget::Kind::kPatchCall:
      return IsPatch(answer) && !answer.deprecated;
  }
  return false;
}

bool IsListed(std::string_view element, std::string_view change_id,
              const RetireTarget& target) {
  const auto version = VersionInElement(element, change_id);
  if (!version) return false;
  switch (target.kind) {
    case RetireTarget::Kind::kDefault:
      return *version == kDefaultVersion;
    case RetireTarget::Kind::kVersion:
      return *version == target.version;
    case RetireTarget::Kind::kPatchCall:
      return element == change_id;
  }
  return false;
}

bool IsListed(const RunListing& run, std::string_view change_id,
              const RetireTarget& target) {
  if (!run.change_versions) return false;
  return std::any_of(run.change_versions->begin(), run.change_versions->end(),
                     [&](const std::string& element) {
                       return IsListed(element, change_id, target);
                     });
}

// The judgement of one run, one question at a time.
class RunJudge {
 public:
  RunJudge(const KnownRun& run, const RetireTarget& target,
           const JudgeRules& rules)
      : run_(run), target_(target), rules_(rules) {}

  Finding Say() const {
    if (run_.status() != RunStatus::kOpen && Until() <= rules_.now) {
      return {.kind = kGone};
    }
    if (run_.history == nullptr) return SayOfListing();
    for (const FleetAnswer& answer : run_.history->answers) {
      if (answer.change_id == rules_.change_id && IsRecorded(answer, target_)) {
        return Blocked(kRecorded, kRecordedKept);
      }
    }
    if (target_.kind == RetireTarget::Kind::kDefault && IsListedAsDefault()) {
      return Blocked(kPassed, kPassedKept);
    }
    if (!run_.history->problem.empty()) return Missing(kUnreadableRun);
    if (run_.IsStale()) return Missing(kStale);
    if (target_.kind != RetireTarget::Kind::kDefault)
      return {.kind = kOtherAnswer};
    return SayOfDefault();
  }

 private:
  // When the run leaves retention; InfiniteFuture if nobody knows.
  absl::Time Until() const {
    if (!rules_.retention) return absl::InfiniteFuture();
    if (run_.status() == RunStatus::kOpen) {
      if (run_.history == nullptr) return absl::InfiniteFuture();
      return run_.history->ends_by + *rules_.retention;
    }
    if (run_.closed() == absl::InfinitePast()) return absl::InfiniteFuture();
    return run_.closed() + *rules_.retention;
  }

  Finding Blocked(EvidenceKind open, EvidenceKind kept) const {
    if (run_.status() == RunStatus::kOpen) {
      return {.kind = open, .until = Until()};
    }
    const absl::Time until = Until();
    if (until == absl::InfiniteFuture()) return {.kind = kRetentionUnknown};
    return {.kind = kept, .until = until};
  }

  Finding Missing(EvidenceKind kind) const {
    return {.kind = kind, .until = Until()};
  }

  // Go lists what it answered by default, with the next upsert. Elements that
  // markers of the run explain are not among these.
  bool IsListedAsDefault() const {
    const auto& elements = run_.history->listed_unrecorded;
    return std::any_of(elements.begin(), elements.end(),
                       [&](std::string_view element) {
                         return IsListed(element, rules_.change_id, target_);
                       });
  }

  Finding SayOfDefault() const {
    const FleetAnswer* answer = nullptr;
    for (const FleetAnswer& a : run_.history->answers) {
      if (a.change_id == rules_.change_id) answer = &a;
    }
    if (answer != nullptr) {
      if (!IsPatch(*answer) || answer->turn <= 1 ||
          RemembersNo(run_.history->sdk)) {
        return {.kind = kOtherAnswer};
      }
      return Resolved(kLateMarker);
    }
    if (run_.history->turns == 0) return {.kind = kNotReached};
    return SayOfUnmarked();
  }

  Finding SayOfUnmarked() const {
    if (!rules_.types.contains(run_.workflow_type())) {
      if (rules_.types_complete) return {.kind = kNotAsked};
      return Resolved(kOtherType);
    }
    return Resolved(run_.status() == RunStatus::kOpen ? kUnmarked
                                                      : kUnmarkedKept);
  }

  Finding SayOfListing() const {
    const bool of_default = target_.kind == RetireTarget::Kind::kDefault;
    if (IsListed(*run_.listing, rules_.change_id, target_)) {
      return of_default ? Resolved(kListed) : Missing(kListed);
    }
    if (!of_default) {
      const bool known =
          rules_.listing_complete && run_.listing->change_versions.has_value();
      return known ? Finding{.kind = kOtherAnswer} : Missing(kNotListed);
    }
    // Whoever is on the default branch has nothing to list.
    if (rules_.types_complete && !rules_.types.contains(run_.workflow_type())) {
      return {.kind = kNotAsked};
    }
    return Resolved(kNotListed);
  }

  Finding Resolved(EvidenceKind why) const {
    Resolution resolution = Resolution::kUnknown;
    if (rules_.resolve) {
      resolution =
          rules_.resolve({.name = std::string(run_.name()),
                          .run_id = std::string(run_.run_id()),
                          .workflow_id = std::string(run_.workflow_id()),
                          .workflow_type = std::string(run_.workflow_type()),
                          .status = run_.status(),
                          .why = why});
    }
    switch (resolution) {
      case Resolution::kPassedByDefault:
        return Blocked(kPassed, kPassedKept);
      case Resolution::kNotYet:
        return {.kind = kNotReached};
      case Resolution::kUnknown:
        break;
    }
    return {.kind = why, .until = Until(), .ambiguous = true};
  }

  const KnownRun& run_;
  const RetireTarget& target_;
  const JudgeRules& rules_;
};

}  // namespace

const EvidenceRow& RowOf(EvidenceKind kind) {
  return kRows[static_cast<std::size_t>(kind)];
}

std::string EvidenceTable() {
  std::string text =
      "| Evidence | Proves | What it is | What settles it |\n"
      "|---|---|---|---|\n";
  for (const EvidenceRow& row : kRows) {
    text +=
        fmt::format("| `{}` | {} | {} | {} |\n", row.name, NameOf(row.verdict),
                    row.says, row.settles.empty() ? "-" : row.settles);
  }
  return text;
}

bool KnownRun::IsStale() const {
  if (history == nullptr || listing == nullptr) return false;
  if (listing->events > history->events) return true;
  if (listing->status != RunStatus::kOpen &&
      history->status == RunStatus::kOpen) {
    return true;
  }
  // Servers often leave the length of an open run out; its list tells, too.
  return listing->change_versions &&
         !std::all_of(listing->change_versions->begin(),
                      listing->change_versions->end(),
                      [&](const std::string& element) {
                        return history->Explains(element);
                      });
}

RunStatus KnownRun::status() const {
  const bool from_listing = history == nullptr || IsStale();
  return from_listing ? listing->status : history->status;
}

absl::Time KnownRun::started() const {
  return history != nullptr ? history->started : listing->started;
}

absl::Time KnownRun::closed() const {
  if (status() == RunStatus::kOpen) return absl::InfinitePast();
  if (history != nullptr && history->status != RunStatus::kOpen) {
    return history->latest;
  }
  const bool known = listing->closed != absl::InfiniteFuture();
  return known ? listing->closed : absl::InfinitePast();
}

std::string_view KnownRun::workflow_type() const {
  return history != nullptr ? history->workflow_type
                            : std::string_view(listing->workflow_type);
}

std::string_view KnownRun::name() const {
  return history != nullptr ? history->name : listing->name;
}

std::string_view KnownRun::run_id() const {
  return history != nullptr ? history->run_id
                            : std::string_view(listing->run_id);
}

std::string_view KnownRun::workflow_id() const {
  return history != nullptr ? history->workflow_id : listing->workflow_id;
}

Finding Judge(const KnownRun& run, const RetireTarget& target,
              const JudgeRules& rules) {
  return RunJudge(run, target, rules).Say();
}

}  // namespace cohort
