// Cohort policies: what a live first call answers.
//
//   // Runs started before the switch keep version 1, even if they reach the
//   // call later.
//   cohort::CohortPolicy policy =
//       cohort::CohortPolicy::ByStartTime(1, {{switch_time, 2}})
//           .For("Step7", cohort::CohortPolicy::Percent(1, {10, 2}));
//
// A policy is asked at most once per run and change id, only when the answer
// is about to be recorded for the first time. It is never asked on replay, so
// it may change with every deployment.
// Threads: a value; const calls may come from any thread (a Callback's
// function must allow that itself).
// Errors: kOutOfRange for an answer that the calling code does not support,
// unless the policy is Clamped().
#ifndef COHORT_VERSIONING_POLICY_H_
#define COHORT_VERSIONING_POLICY_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/base/stable_hash.h"
#include "cohort/base/status.h"
#include "cohort/versioning/version.h"

namespace cohort {

// The call that wants an answer. Patched asks with min = -1 and max = 1 and
// understands -1 (no) and 1 (yes).
struct VersionRequest {
  std::string_view change_id;
  Version min = kDefaultVersion;
  Version max = 1;
  Family family = Family::kVersion;
  std::string_view workflow_id;
  absl::Time start_time;  // of the run's own WorkflowExecutionStarted
};

// A part of all runs: 0 to 100 percent, in steps of 1/10,000 percent.
struct Share {
  double percent = 0;
  Version version = kDefaultVersion;
};

// The version of runs that start at the instant or later.
struct StartingAt {
  absl::Time instant;
  Version version = kDefaultVersion;
};

// The number in [0, 1,000,000) that `Percent` compares with the share:
//
//   StableHash(change_id + '\n' + workflow_id) mod 1,000,000
//
// with the hash of base/stable_hash.h. It stays as it is for ever, so that any
// program can tell to which part a run belongs:
//
//   PercentBucket("Step1", "order-1") == 954130
//   PercentBucket("Step1", "order-2") == 281855
inline std::uint32_t PercentBucket(std::string_view change_id,
                                   std::string_view workflow_id) {
  std::string text;
  text.reserve(change_id.size() + 1 + workflow_id.size());
  text.append(change_id).append(1, '\n').append(workflow_id);
  return static_cast<std::uint32_t>(StableHash(text) % 1'000'000u);
}

class CohortPolicy {
 public:
  using Pins = std::vector<std::pair<std::string, Version>>;
  using Function = std::function<std::optional<Version>(const VersionRequest&)>;

  // The newest supported version: what the other SDKs answer by default.
  CohortPolicy() = default;
  static CohortPolicy Newest() { return CohortPolicy(); }

  // Always the version.
  static CohortPolicy Pinned(Version version) {
    return CohortPolicy(Fixed{version});
  }
  // These versions by change id; the newest for other ids. Where an id stands
  // twice, the later one counts.
  static CohortPolicy Pinned(Pins pins) {
    CohortPolicy policy;
    for (auto& [id, version] : pins) {
      policy = std::move(policy).For(std::move(id), Pinned(version));
    }
    return policy;
  }

  // The version of the last instant that is not after the run's start; `base`
  // for runs that started before all instants. Their order does not matter; of
  // equal instants the later in the list counts.
  static CohortPolicy ByStartTime(Version base, std::vector<StartingAt> steps) {
    std::stable_sort(steps.begin(), steps.end(),
                     [](const StartingAt& a, const StartingAt& b) {
                       return a.instant < b.instant;
                     });
    return CohortPolicy(Steps{base, std::move(steps)});
  }

  // share.version for share.percent of all workflow ids, `base` for the rest:
  // see PercentBucket. Who is in stays in when the percentage is raised, and
  // different change ids draw different runs.
  static CohortPolicy Percent(Version base, Share share) {
    return CohortPolicy(Part{base, share});
  }

  // Whatever the function answers; the newest for nullopt. It may look at
  // anything (its answer is recorded), but must not call workflow functions.
  static CohortPolicy Callback(Function function) {
    return CohortPolicy(std::move(function));
  }

  // The same policy, with answers out of range moved to the nearest bound. So
  // "pinned to 2" still runs on code that supports only 3 and 4.
  CohortPolicy Clamped() && {
    clamped_ = true;
    return std::move(*this);
  }
  CohortPolicy Clamped() const& { return CohortPolicy(*this).Clamped(); }

  // The same policy, but `other` decides for the change id. Clamped() of
  // either one counts.
  CohortPolicy For(std::string change_id, CohortPolicy other) && {
    override_ids_.push_back(std::move(change_id));
    overrides_.push_back(std::move(other));
    return std::move(*this);
  }
  CohortPolicy For(std::string change_id, CohortPolicy other) const& {
    return CohortPolicy(*this).For(std::move(change_id), std::move(other));
  }

  // The answer, within [min, max]; for Patched -1 or 1.
  absl::StatusOr<Version> Choose(const VersionRequest& request) const {
    return Choose(request, Bounds::kStrict);
  }

 private:
  struct NewestRule {};
  struct Fixed {
    Version version;
  };
  struct Steps {
    Version base;
    std::vector<StartingAt> steps;  // by instant
  };
  struct Part {
    Version base;
    Share share;
  };
  using Rule = std::variant<NewestRule, Fixed, Steps, Part, Function>;
  enum class Bounds : std::uint8_t { kStrict, kClamped };

  explicit CohortPolicy(Rule rule) : rule_(std::move(rule)) {}

  absl::StatusOr<Version> Choose(const VersionRequest& request,
                                 Bounds bounds) const;
  Version Preferred(const VersionRequest& request) const;

  static Version Answer(const NewestRule&, const VersionRequest& request) {
    return request.max;
  }
  static Version Answer(const Fixed& rule, const VersionRequest&) {
    return rule.version;
  }
  static Version Answer(const Steps& rule, const VersionRequest& request) {
    Version version = rule.base;
    for (const StartingAt& step : rule.steps) {
      if (step.instant > request.start_time) break;
      version = step.version;
    }
    return version;
  }
  static Version Answer(const Part& rule, const VersionRequest& request) {
    // Written so that NaN is 0 percent.
    const double percent =
        rule.share.percent > 0 ? std::min(rule.share.percent, 100.0) : 0.0;
    const auto limit = static_cast<std::uint32_t>(std::lround(percent * 1e4));
    return PercentBucket(request.change_id, request.workflow_id) < limit
               ? rule.share.version
               : rule.base;
  }
  static Version Answer(const Function& rule, const VersionRequest& request) {
    return rule ? rule(request).value_or(request.max) : request.max;
  }

  Rule rule_;
  bool clamped_ = false;
  std::vector<std::string> override_ids_;  // override_ids_[i]: overrides_[i]
  std::vector<CohortPolicy> overrides_;
};

inline Version CohortPolicy::Preferred(const VersionRequest& request) const {
  return std::visit(
      [&request](const auto& rule) { return Answer(rule, request); }, rule_);
}

inline absl::StatusOr<Version> CohortPolicy::Choose(
    const VersionRequest& request, Bounds bounds) const {
  if (clamped_) bounds = Bounds::kClamped;
  for (std::size_t i = override_ids_.size(); i > 0; --i) {
    if (override_ids_[i - 1] == request.change_id) {
      return overrides_[i - 1].Choose(request, bounds);
    }
  }
  const Version version = Preferred(request);
  const bool half_patched = request.family == Family::kPatch && version == 0;
  if (version >= request.min && version <= request.max && !half_patched) {
    return version;
  }
  if (bounds == Bounds::kClamped) {
    return version >= request.max ? request.max : request.min;
  }
  if (request.family == Family::kPatch) {
    return OutOfRange(
        "[TMPRL1100] the cohort policy answers {} for the patch \"{}\", which "
        "knows only 1 (yes) and -1 (no); correct the policy or make it "
        "Clamped()",
        version, request.change_id);
  }
  return OutOfRange(
      "[TMPRL1100] the cohort policy answers version {} for change id \"{}\", "
      "but the code supports [{}, {}]; correct the policy, widen the range, or "
      "make the policy Clamped()",
      version, request.change_id, request.min, request.max);
}

}  // namespace cohort

#endif  // COHORT_VERSIONING_POLICY_H_
