// Status construction by format string, and the two propagation macros.
//
//   absl::Status Check(int min, int max) {
//     if (min > max) return InvalidArgument("min {} > max {}", min, max);
//     return absl::OkStatus();
//   }
//
// Which code is used when is docs/architecture.md's table "Errors".
#ifndef COHORT_BASE_STATUS_H_
#define COHORT_BASE_STATUS_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/base/text.h"
#include "fmt/core.h"

namespace cohort {

template <typename... Args>
absl::Status MakeStatus(absl::StatusCode code,
                        fmt::format_string<Args...> format, Args&&... args) {
  return absl::Status(code,
                      ToAbsl(fmt::format(format, std::forward<Args>(args)...)));
}

// Malformed bytes, or a history that contradicts itself.
template <typename... Args>
absl::Status DataLoss(fmt::format_string<Args...> format, Args&&... args) {
  return MakeStatus(absl::StatusCode::kDataLoss, format,
                    std::forward<Args>(args)...);
}

// An event or marker not understood that may not be skipped.
template <typename... Args>
absl::Status Unimplemented(fmt::format_string<Args...> format, Args&&... args) {
  return MakeStatus(absl::StatusCode::kUnimplemented, format,
                    std::forward<Args>(args)...);
}

// Code and history disagree.
template <typename... Args>
absl::Status FailedPrecondition(fmt::format_string<Args...> format,
                                Args&&... args) {
  return MakeStatus(absl::StatusCode::kFailedPrecondition, format,
                    std::forward<Args>(args)...);
}

// A recorded version outside [min, max].
template <typename... Args>
absl::Status OutOfRange(fmt::format_string<Args...> format, Args&&... args) {
  return MakeStatus(absl::StatusCode::kOutOfRange, format,
                    std::forward<Args>(args)...);
}

// A limit of base/limits.h was passed.
template <typename... Args>
absl::Status ResourceExhausted(fmt::format_string<Args...> format,
                               Args&&... args) {
  return MakeStatus(absl::StatusCode::kResourceExhausted, format,
                    std::forward<Args>(args)...);
}

// The caller's nonsense.
template <typename... Args>
absl::Status InvalidArgument(fmt::format_string<Args...> format,
                             Args&&... args) {
  return MakeStatus(absl::StatusCode::kInvalidArgument, format,
                    std::forward<Args>(args)...);
}

template <typename... Args>
absl::Status NotFound(fmt::format_string<Args...> format, Args&&... args) {
  return MakeStatus(absl::StatusCode::kNotFound, format,
                    std::forward<Args>(args)...);
}

template <typename... Args>
absl::Status AlreadyExists(fmt::format_string<Args...> format, Args&&... args) {
  return MakeStatus(absl::StatusCode::kAlreadyExists, format,
                    std::forward<Args>(args)...);
}

template <typename... Args>
absl::Status Internal(fmt::format_string<Args...> format, Args&&... args) {
  return MakeStatus(absl::StatusCode::kInternal, format,
                    std::forward<Args>(args)...);
}

// `status` with "prefix: " before its message; code and payloads are kept.
inline absl::Status Annotate(const absl::Status& status,
                             std::string_view prefix) {
  if (status.ok()) return status;
  absl::Status out(status.code(), ToAbsl(fmt::format("{}: {}", prefix,
                                                     ToStd(status.message()))));
  status.ForEachPayload([&out](absl::string_view url, const absl::Cord& value) {
    out.SetPayload(url, value);
  });
  return out;
}

}  // namespace cohort

#define COHORT_CONCAT_INNER_(a, b) a##b
#define COHORT_CONCAT_(a, b) COHORT_CONCAT_INNER_(a, b)

#define COHORT_RETURN_IF_ERROR(expression)                                \
  do {                                                                    \
    if (absl::Status cohort_status_ = (expression); !cohort_status_.ok()) \
        [[unlikely]] {                                                    \
      return cohort_status_;                                              \
    }                                                                     \
  } while (false)

#define COHORT_ASSIGN_OR_RETURN_INNER_(temporary, target, expression) \
  auto temporary = (expression);                                      \
  if (!temporary.ok()) [[unlikely]] {                                 \
    return std::move(temporary).status();                             \
  }                                                                   \
  target = *std::move(temporary)

#define COHORT_ASSIGN_OR_RETURN(target, expression)                          \
  COHORT_ASSIGN_OR_RETURN_INNER_(COHORT_CONCAT_(cohort_statusor_, __LINE__), \
                                 target, expression)

#endif  // COHORT_BASE_STATUS_H_
