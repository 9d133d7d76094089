// GetVersion, Patched, DeprecatePatch: the calls of workflow code.
//
//   if (cohort::GetVersion(ctx, "Step1", cohort::kDefaultVersion, 1) == 1) {
//     co_await ctx.Activity<void>("NewWay");
//   } else {
//     co_await ctx.Activity<void>("OldWay");
//   }
//
// The first call for a change id decides for the whole run: on replay by what
// history records, live by the cohort policy (the newest version by default),
// and then it is recorded. Every later call answers the same at the cost of a
// lookup. The calls never suspend.
//
// Life of a change: GetVersion(id, kDefaultVersion, 1) while runs from before
// it are in flight; GetVersion(id, 1, 1) when they are gone; then remove it.
// Life of a patch: Patched(id); DeprecatePatch(id) when the old runs are gone;
// remove it when the runs that recorded it are gone too.
//
// Threads: the run's own. Errors: none are returned. The host's Refuse() fails
// the run with
//   kInvalidArgument     an empty, overlong or non-UTF-8 id, min > max, both
//                        families for one id, a call where the run may not be
//                        changed
//   kOutOfRange          the run's version is outside [min, max]
//   kFailedPrecondition  history holds the other family's marker for the id
// Where Refuse() returns, the answer is the bound nearest to the run's version.
#ifndef COHORT_VERSIONING_GET_VERSION_H_
#define COHORT_VERSIONING_GET_VERSION_H_

#include <algorithm>
#include <cstdint>
#include <source_location>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/base/utf8.h"
#include "cohort/versioning/decision.h"
#include "cohort/versioning/host.h"
#include "cohort/versioning/policy.h"
#include "cohort/versioning/version.h"
#include "cohort/versioning/version_book.h"

namespace cohort {

namespace versioning_internal {

// One call, whichever of the three it was.
struct VersionCall {
  std::string_view name;  // "GetVersion", ...
  std::string_view change_id;
  Version min = kDefaultVersion;
  Version max = 1;
  Family family = Family::kVersion;
  bool deprecated = false;
};

absl::Status CheckCall(const VersionCall& call, std::string_view read_only);
absl::Status CheckFamily(const VersionCall& call, Family family, bool asked);
absl::Status CheckRange(const VersionCall& call, Version version);

template <VersionHost H>
Version Answer(H& host, const VersionCall& call, std::source_location site);

}  // namespace versioning_internal

// The version of this run at the change `change_id`: within [min, max], the
// versions that this code supports. `site` is for messages.
template <VersionHost H>
Version GetVersion(
    H& host, std::string_view change_id, Version min, Version max,
    std::source_location site = std::source_location::current()) {
  const VersionBook::Entry* entry = host.versions().Find(change_id);
  if (entry != nullptr && entry->family == Family::kVersion &&
      entry->version >= min && entry->version <= max && entry->asked &&
      host.read_only().empty()) [[likely]] {
    return entry->version;
  }
  return versioning_internal::Answer(
      host,
      {"GetVersion", change_id, min, max, Family::kVersion,
       /*deprecated=*/false},
      site);
}

// The same for a change that was declared once.
template <VersionHost H>
Version GetVersion(
    H& host, const Change& change,
    std::source_location site = std::source_location::current()) {
  return GetVersion(host, change.id, change.min, change.max, site);
}

// Does this run take the patched path? True for every live first call, unless
// the cohort policy says no.
template <VersionHost H>
bool Patched(H& host, std::string_view change_id,
             std::source_location site = std::source_location::current()) {
  const VersionBook::Entry* entry = host.versions().Find(change_id);
  if (entry != nullptr && entry->family == Family::kPatch && entry->asked &&
      host.read_only().empty()) [[likely]] {
    return entry->version > 0;
  }
  return versioning_internal::Answer(host,
                                     {"Patched", change_id, kDefaultVersion, 1,
                                      Family::kPatch, /*deprecated=*/false},
                                     site) > 0;
}

// Says that only the patched path is left in the code, while runs that
// recorded the patch are still in flight. Records a marker that later code may
// lack.
template <VersionHost H>
void DeprecatePatch(
    H& host, std::string_view change_id,
    std::source_location site = std::source_location::current()) {
  const VersionBook::Entry* entry = host.versions().Find(change_id);
  if (entry != nullptr && entry->family == Family::kPatch && entry->asked &&
      host.read_only().empty()) [[likely]] {
    return;
  }
  versioning_internal::Answer(host,
                              {"DeprecatePatch", change_id, kDefaultVersion, 1,
                               Family::kPatch, /*deprecated=*/true},
                              site);
}

namespace versioning_internal {

inline absl::Status CheckCall(const VersionCall& call,
                              std::string_view read_only) {
  if (!read_only.empty()) {
    return InvalidArgument(
        "{} called in {}: it may record a marker, so only code that may change "
        "the run can call it (change id \"{}\"); ask in the workflow and keep "
        "the answer",
        call.name, read_only, call.change_id.substr(0, kNameBytesMax));
  }
  if (call.change_id.empty()) {
    return InvalidArgument("{}: the change id is empty; name the change",
                           call.name);
  }
  if (call.change_id.size() > kNameBytesMax) {
    return InvalidArgument(
        "{}: the change id \"{}...\" has {} bytes; at most {} are allowed",
        call.name, call.change_id.substr(0, 40), call.change_id.size(),
        kNameBytesMax);
  }
  if (!IsUtf8(call.change_id)) {
    return InvalidArgument(
        "{}: the change id is not UTF-8, so its marker would not read back",
        call.name);
  }
  if (call.min > call.max) {
    return InvalidArgument(
        "{}: change id \"{}\" supports [{}, {}]: no version at all; min must "
        "not be above max",
        call.name, call.change_id, call.min, call.max);
  }
  return absl::OkStatus();
}

inline std::string_view FamilyCalls(Family family) {
  return family == Family::kVersion ? "GetVersion" : "Patched";
}

// `family` is that of the answer; `asked` says that an earlier call gave it.
inline absl::Status CheckFamily(const VersionCall& call, Family family,
                                bool asked) {
  if (family == call.family) return absl::OkStatus();
  if (!asked) {
    return FailedPrecondition(
        "[TMPRL1100] {}: history records \"{}\" as a marker of {}; keep that "
        "call for this id, and choose a new id for the new one",
        call.name, call.change_id, FamilyCalls(family));
  }
  return InvalidArgument(
      "{}: this run asked for \"{}\" with {} before; one change id belongs to "
      "one kind of call",
      call.name, call.change_id, FamilyCalls(family));
}

inline absl::Status CheckRange(const VersionCall& call, Version version) {
  if (version < call.min) {
    return OutOfRange(
        "[TMPRL1100] change id \"{}\": this run is on version {}, which the "
        "code no longer supports: it supports [{}, {}]. Put the path of "
        "version {} back and lower min until such runs are gone",
        call.change_id, version, call.min, call.max, version);
  }
  if (version > call.max) {
    return OutOfRange(
        "[TMPRL1100] change id \"{}\": this run is on version {}, but the code "
        "is too old for it: it supports [{}, {}]. Run it on a worker with the "
        "newer code; do not roll back below a version that runs have recorded",
        call.change_id, version, call.min, call.max);
  }
  return absl::OkStatus();
}

template <VersionHost H>
absl::StatusOr<Version> AskPolicy(H& host, const VersionCall& call) {
  // A deprecated patch has one path only: there is nothing to choose.
  const CohortPolicy* policy = host.policy();
  if (call.deprecated || policy == nullptr) return call.max;
  // A policy answers in live turns only: what it throws may not be caught by
  // workflow code, which would take another path than its own replay.
  try {
    return policy->Choose({call.change_id, call.min, call.max, call.family,
                           host.workflow_id(), host.start_time()});
  } catch (const std::exception& e) {
    return InvalidArgument("{}: the cohort policy threw for \"{}\": {}",
                           call.name, call.change_id, e.what());
  }
}

// The effects of an answer that is not in the book yet.
template <VersionHost H>
void Apply(H& host, const Decision& decision, const VersionRecord& record,
           std::source_location site) {
  if (decision.remember) {
    host.versions().Record(record,
                           decision.issue_marker || decision.expect_marker
                               ? Standing::kRecorded
                               : Standing::kAnswered);
  }
  if (decision.expect_marker) host.ExpectMarker(record, site);
  if (decision.issue_marker) host.IssueMarker(record, site);
}

template <VersionHost H>
[[gnu::noinline]] Version Answer(H& host, const VersionCall& call,
                                 std::source_location site) {
  const auto refuse = [&](absl::Status status, Version version) -> Version {
    host.Refuse(std::move(status), site);
    return call.min > call.max ? call.max
                               : std::clamp(version, call.min, call.max);
  };
  if (absl::Status status = CheckCall(call, host.read_only()); !status.ok()) {
    return refuse(std::move(status), kDefaultVersion);
  }
  const VersionBook::Entry* entry = host.versions().Find(call.change_id);
  const bool completed = entry == nullptr && host.turn_completed();
  const RecordedVersion* recorded =
      completed ? host.recorded(call.change_id) : nullptr;
  VersionFacts facts{.in_book = entry != nullptr,
                     .turn_completed = completed,
                     .recorded = recorded != nullptr};
  const VersionSource source = Decide(facts).source;

  VersionRecord record{call.change_id, kDefaultVersion, call.family,
                       call.deprecated};
  Family family = call.family;
  switch (source) {
    case VersionSource::kBook:
      record.version = entry->version;
      family = entry->family;
      break;
    case VersionSource::kRecorded:
      record.version = recorded->version;
      record.deprecated = recorded->deprecated;
      family = recorded->family;
      break;
    case VersionSource::kDefault:
      break;
    case VersionSource::kPolicy: {
      absl::StatusOr<Version> chosen = AskPolicy(host, call);
      if (!chosen.ok()) {
        return refuse(std::move(chosen).status(), kDefaultVersion);
      }
      record.version = *chosen;
      break;
    }
  }
  absl::Status status =
      CheckFamily(call, family, entry != nullptr && entry->asked);
  if (status.ok()) status = CheckRange(call, record.version);
  if (!status.ok()) return refuse(std::move(status), record.version);
  facts.says_no = record.family == Family::kPatch && record.version <= 0;
  facts.forgets_no =
      host.versions().unrecorded_patch() == UnrecordedPatch::kForget;
  Apply(host, Decide(facts), record, site);
  host.versions().NoteAsked({.change_id = std::string(call.change_id),
                             .min = call.min,
                             .max = call.max,
                             .version = record.version,
                             .family = call.family,
                             .source = source,
                             .site = site});
  return record.version;
}

}  // namespace versioning_internal
}  // namespace cohort

#endif  // COHORT_VERSIONING_GET_VERSION_H_
