#include "cohort/temporal/rpc_retry.h"

#include <algorithm>

namespace cohort {
namespace {

constexpr double kSpread = 0.2;
constexpr int kExhaustedFactor = 10;

}  // namespace

bool IsRetried(absl::StatusCode code) {
  return std::find(kRetriedCodes.begin(), kRetriedCodes.end(), code) !=
         kRetriedCodes.end();
}

RpcRetry::RpcRetry(const RpcRetryOptions& options)
    : options_(options), wait_(options.initial) {}

std::optional<absl::Duration> RpcRetry::Next(absl::StatusCode code,
                                             absl::Duration elapsed,
                                             double random01) {
  if (!IsRetried(code)) return std::nullopt;
  absl::Duration wait = wait_;
  wait_ = std::min(wait_ * options_.factor, options_.maximum);
  if (code == absl::StatusCode::kResourceExhausted) {
    wait = std::max(wait, options_.initial * kExhaustedFactor);
  }
  wait *= 1 - kSpread + 2 * kSpread * random01;
  if (elapsed + wait > options_.patience) return std::nullopt;
  return wait;
}

}  // namespace cohort
