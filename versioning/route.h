// Route: the branches of a change, exhaustive at compile time.
//
//   inline constexpr cohort::Change kStep1{"Step1", 1, 2};
//   co_await cohort::Route<kStep1>(ctx)
//       .To(cohort::Case<1>([&] { return OldWay(ctx); }),
//           cohort::Case<2>([&] { return NewWay(ctx); }));
//
//   co_await cohort::Route<kStep1>(ctx).To(
//       cohort::Case<1>([&] { return OldWay(ctx); }),
//       cohort::Case<2>([&] { return NewWay(ctx); }));
//
// or, without a declared change, `cohort::Route<1, 2>(ctx, "Step1").To(...)`.
// Leaving out a version in [min, max], naming one twice, or naming one outside
// does not build. So whoever raises max is shown every place that has to know
// the new version, and whoever raises min every branch that is now dead.
//
// Versions that share a branch share a Case. 0 is a version like every other:
// in Go's family [-1, 0] is a range, and a policy may answer 0. Where nobody
// ever did, it goes with the old path:
//
//   inline constexpr cohort::Change kLabel{"label", kDefaultVersion, 2};
//
//   co_await cohort::Route<kLabel>(ctx).To(
//       cohort::Case<kDefaultVersion, 0>([&] { return PrintLabel(ctx); }),
//       cohort::Case<1>([&] { return MailLabel(ctx); }),
//       cohort::Case<2>([&] { return CodeLabel(ctx); }));
//
// The branches are functions without arguments that all return the same type
// (a value, void, or a Task); one is called, and To() returns what it returns.
// They live until the end of the full expression, which includes the co_await.
//
// Threads and errors: those of GetVersion.
#ifndef COHORT_VERSIONING_ROUTE_H_
#define COHORT_VERSIONING_ROUTE_H_

#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

#include "cohort/versioning/get_version.h"
#include "cohort/versioning/host.h"
#include "cohort/versioning/version.h"

namespace cohort {

template <typename F, Version... kVersions>
struct CaseOf {
  static constexpr bool Serves(Version version) {
    return (0 + ... + (kVersions == version)) > 0;
  }
  F function;
};

// The branch of one version, or of several.
template <Version... kVersions, typename F>
constexpr CaseOf<std::decay_t<F>, kVersions...> Case(F&& function) {
  static_assert(sizeof...(kVersions) > 0, "Route: a Case for no version");
  return {std::forward<F>(function)};
}

namespace versioning_internal {

template <Version kVersion, typename Case>
inline constexpr int kTimesIn = 0;
template <Version kVersion, typename F, Version... kVersions>
inline constexpr int kTimesIn<kVersion, CaseOf<F, kVersions...>> =
    (0 + ... + (kVersions == kVersion));

// How many of the cases are for the version.
template <Version kVersion, typename... Cases>
inline constexpr int kCasesFor = (0 + ... + kTimesIn<kVersion, Cases>);

template <Version kMin, Version kMax, typename Case>
inline constexpr bool kIsInRange = false;

// Instantiated for each version of the range, so that the compiler's "in
// instantiation of RequireCase<2, ...>" names the version.
template <Version kVersion, typename... Cases>
struct RequireCase {
  static_assert(kCasesFor<kVersion, Cases...> > 0,
                "Route: no Case for a version in [min, max]");
  static_assert(kCasesFor<kVersion, Cases...> < 2,
                "Route: two Cases for one version");
  static constexpr bool value = true;
};

template <Version kMin, Version kMax, Version kVersion>
struct RequireInRange {
  static_assert(kVersion >= kMin && kVersion <= kMax,
                "Route: a Case for a version outside [min, max]");
  static constexpr bool value = true;
};

template <Version kMin, Version kMax, typename F, Version... kVersions>
inline constexpr bool kIsInRange<kMin, kMax, CaseOf<F, kVersions...>> =
    (RequireInRange<kMin, kMax, kVersions>::value && ...);

template <Version kMin, typename... Cases, Version... kOffsets>
constexpr bool RequireAll(std::integer_sequence<Version, kOffsets...>) {
  return (RequireCase<kMin + kOffsets, Cases...>::value && ...);
}

template <typename Result, typename First, typename... Rest>
Result CallCase(Version version, First& first, Rest&... rest) {
  if constexpr (sizeof...(Rest) > 0) {
    if (!First::Serves(version)) return CallCase<Result>(version, rest...);
  }
  return first.function();
}

template <Version kMin, Version kMax>
class Router {
 public:
  static_assert(kMin <= kMax, "Route: min is above max: no version at all");

  explicit Router(Version version) : version_(version) {}

  // Calls the case of the run's version and returns what it returns.
  template <typename... Cases>
  decltype(auto) To(Cases... cases) const {
    static_assert((kIsInRange<kMin, kMax, Cases> && ...),
                  "Route: To() takes Cases");
    static_assert(RequireAll<kMin, Cases...>(
        std::make_integer_sequence<Version, kMax - kMin + 1>()));
    return Dispatch(cases...);
  }

  Version version() const { return version_; }

 private:
  template <typename First, typename... Rest>
  decltype(auto) Dispatch(First& first, Rest&... rest) const {
    using Result = decltype(first.function());
    static_assert((std::is_same_v<Result, decltype(rest.function())> && ...),
                  "Route: all Cases must return the same type");
    return CallCase<Result>(version_, first, rest...);
  }

  Version version_;
};

}  // namespace versioning_internal

// Asks GetVersion(host, change_id, kMin, kMax); To() then takes the branch.
template <Version kMin, Version kMax, VersionHost H>
[[nodiscard]] versioning_internal::Router<kMin, kMax> Route(
    H& host, std::string_view change_id,
    std::source_location site = std::source_location::current()) {
  return versioning_internal::Router<kMin, kMax>(
      GetVersion(host, change_id, kMin, kMax, site));
}

// The same for a declared change, which must be `inline constexpr` (or static)
// at namespace scope.
template <const Change& kChange, VersionHost H>
[[nodiscard]] versioning_internal::Router<kChange.min, kChange.max> Route(
    H& host, std::source_location site = std::source_location::current()) {
  return versioning_internal::Router<kChange.min, kChange.max>(
      GetVersion(host, kChange, site));
}

}  // namespace cohort

#endif  // COHORT_VERSIONING_ROUTE_H_
