// The parameters of workflow functions and handlers: what they may be, and how
// they are filled from a recorded input.
//
//   std::tuple<std::string, int> arguments;
//   absl::Status status = ReadArguments(input, arguments);
//
// Threads: functions of their arguments. Errors: kInvalidArgument that names
// the argument; arguments that the input lacks keep their default value.
#ifndef COHORT_WORKFLOW_PARAMETERS_H_
#define COHORT_WORKFLOW_PARAMETERS_H_

#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "cohort/workflow/convert.h"

namespace cohort::workflow_internal {

template <typename T>
inline constexpr bool kIsView = false;
template <typename C, typename Tr>
inline constexpr bool kIsView<std::basic_string_view<C, Tr>> = true;
template <typename T, std::size_t N>
inline constexpr bool kIsView<std::span<T, N>> = true;

template <typename T>
constexpr void CheckParameter() {
  static_assert(!std::is_reference_v<T>,
                "workflow functions take their arguments by value: a reference "
                "dangles at the first co_await");
  static_assert(!std::is_pointer_v<T>,
                "workflow functions take their arguments by value, not by "
                "pointer");
  static_assert(!kIsView<std::remove_cvref_t<T>>,
                "workflow functions take std::string or std::vector, not a "
                "view: nothing would own what it shows");
}

absl::Status BadArgument(std::size_t index, const absl::Status& cause);

template <typename T>
absl::Status ReadArgument(const Payloads& input, std::size_t index, T& value) {
  if (index >= input.size()) return absl::OkStatus();  // missing: default
  absl::Status status = FromPayload(input[index], value);
  return status.ok() ? status : BadArgument(index, status);
}

template <typename... Args>
absl::Status ReadArguments(const Payloads& input, std::tuple<Args...>& values) {
  absl::Status status;
  std::size_t index = 0;
  std::apply(
      [&](auto&... value) {
        (status.Update(ReadArgument(input, index++, value)), ...);
      },
      values);
  return status;
}

}  // namespace cohort::workflow_internal

#endif  // COHORT_WORKFLOW_PARAMETERS_H_
