// The one adapter between std text types and Debian's abseil.
//
// Abseil 20220623 is built there with its own `absl::string_view`. Every
// interface of this project takes std types; what has to cross crosses here.
#ifndef COHORT_BASE_TEXT_H_
#define COHORT_BASE_TEXT_H_

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace cohort {

inline absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

inline std::string_view ToStd(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

}  // namespace cohort

#endif  // COHORT_BASE_TEXT_H_
