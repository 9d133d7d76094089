#include "cohort/worker/retry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

namespace cohort {
namespace {

constexpr std::array<std::string_view, 5> kSpellings = {
    "RETRY_STATE_IN_PROGRESS", "RETRY_STATE_NON_RETRYABLE_FAILURE",
    "RETRY_STATE_TIMEOUT", "RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED",
    "RETRY_STATE_CANCEL_REQUESTED"};

constexpr int kDefaultMaximumFactor = 100;

const Attribute* Find(const std::vector<Attribute>& attributes,
                      std::string_view field) {
  for (const Attribute& a : attributes) {
    if (a.field == field) return &a;
  }
  return nullptr;
}

}  // namespace

std::string_view SpellingOf(RetryState state) {
  return kSpellings[static_cast<std::size_t>(state)];
}

absl::Duration DurationOf(const std::vector<Attribute>& attributes,
                          std::string_view field) {
  const Attribute* a = Find(attributes, field);
  const auto* d = a == nullptr ? nullptr : std::get_if<Nanoseconds>(&a->value);
  return d == nullptr ? absl::ZeroDuration() : absl::FromChrono(*d);
}

RetryRules RetryRulesOf(const std::vector<Attribute>& attributes) {
  RetryRules rules;
  if (Find(attributes, "retryPolicy.initialInterval") != nullptr) {
    rules.initial = DurationOf(attributes, "retryPolicy.initialInterval");
    rules.maximum = DurationOf(attributes, "retryPolicy.maximumInterval");
  }
  if (const auto* a = Find(attributes, "retryPolicy.backoffCoefficient")) {
    if (const auto* factor = std::get_if<double>(&a->value)) {
      rules.factor = *factor;
    }
  }
  if (const auto* a = Find(attributes, "retryPolicy.maximumAttempts")) {
    if (const auto* n = std::get_if<std::int64_t>(&a->value)) {
      rules.attempts_max = *n;
    }
  }
  for (const Attribute& a : attributes) {
    if (a.field != "retryPolicy.nonRetryableErrorTypes[]") continue;
    if (const auto* type = std::get_if<std::string>(&a.value)) {
      rules.non_retryable.push_back(*type);
    }
  }
  return rules;
}

absl::Duration BackoffOf(const RetryRules& rules, std::int64_t attempt) {
  const absl::Duration maximum = rules.maximum > absl::ZeroDuration()
                                     ? rules.maximum
                                     : kDefaultMaximumFactor * rules.initial;
  const double factor =
      std::pow(rules.factor, static_cast<double>(attempt - 1));
  const double nanoseconds = absl::ToDoubleNanoseconds(rules.initial) * factor;
  // Beyond 2^53 a double counts no single nanoseconds any more; no maximum is
  // so long.
  if (!(nanoseconds < absl::ToDoubleNanoseconds(maximum))) return maximum;
  return absl::Nanoseconds(static_cast<std::int64_t>(nanoseconds));
}

bool IsRetryable(const RetryRules& rules, const Failure& failure) {
  if (failure.info == "canceledFailureInfo" ||
      failure.info == "terminatedFailureInfo") {
    return false;
  }
  if (failure.info == "timeoutFailureInfo") {
    return failure.timeout_type == "TIMEOUT_TYPE_START_TO_CLOSE" ||
           failure.timeout_type == "TIMEOUT_TYPE_HEARTBEAT";
  }
  return !failure.non_retryable &&
         std::find(rules.non_retryable.begin(), rules.non_retryable.end(),
                   failure.type) == rules.non_retryable.end();
}

RetryDecision DecideRetry(const RetryRules& rules, std::int64_t attempt,
                          const Failure& failure, absl::Time now,
                          absl::Time expires) {
  if (!IsRetryable(rules, failure)) {
    return {RetryState::kNonRetryableFailure, {}};
  }
  if (rules.attempts_max > 0 && attempt >= rules.attempts_max) {
    return {RetryState::kMaximumAttemptsReached, {}};
  }
  const absl::Duration backoff = BackoffOf(rules, attempt);
  if (now + backoff > expires) return {RetryState::kTimeout, {}};
  return {RetryState::kInProgress, backoff};
}

}  // namespace cohort
