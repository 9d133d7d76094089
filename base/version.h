// The library's own version, as recorded in histories (sdkName, sdkVersion).
#ifndef COHORT_BASE_VERSION_H_
#define COHORT_BASE_VERSION_H_

#include <string_view>

namespace cohort {

inline constexpr std::string_view kSdkName = "cohort-cpp";
inline constexpr std::string_view kSdkVersion = "0.1.0";

}  // namespace cohort

#endif  // COHORT_BASE_VERSION_H_
