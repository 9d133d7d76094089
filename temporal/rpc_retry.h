// When a failed call to the server is tried again.
//
//   RpcRetry retry;
//   std::optional<absl::Duration> wait = retry.Next(code, elapsed, random01);
//   if (!wait) return status;
//
// By status code (kRetriedCodes), with waits that grow from `initial` by
// `factor` up to `maximum`, spread by up to a fifth either way, until a call
// has taken `patience` in all. After kResourceExhausted the first wait is ten
// times as long: the server asks for less. Threads: one for one call. Errors:
// none.
#ifndef COHORT_TEMPORAL_RPC_RETRY_H_
#define COHORT_TEMPORAL_RPC_RETRY_H_

#include <array>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace cohort {

struct RpcRetryOptions {
  absl::Duration initial = absl::Milliseconds(100);
  double factor = 1.7;
  absl::Duration maximum = absl::Seconds(5);
  absl::Duration patience = absl::Seconds(10);
};

// Everything else says something about the call, and not about the moment.
inline constexpr std::array kRetriedCodes = {
    absl::StatusCode::kUnavailable, absl::StatusCode::kResourceExhausted,
    absl::StatusCode::kAborted,     absl::StatusCode::kInternal,
    absl::StatusCode::kUnknown,     absl::StatusCode::kDataLoss,
};

bool IsRetried(absl::StatusCode code);

class RpcRetry {
 public:
  explicit RpcRetry(const RpcRetryOptions& options = {});

  // How long to wait before the next attempt; nullopt: give up. `random01` is
  // in [0, 1).
  std::optional<absl::Duration> Next(absl::StatusCode code,
                                     absl::Duration elapsed, double random01);

 private:
  RpcRetryOptions options_;
  absl::Duration wait_;
};

}  // namespace cohort

#endif  // COHORT_TEMPORAL_RPC_RETRY_H_
