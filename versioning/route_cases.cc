// Built with and without each of the lines that must not build.
#include <optional>

#include "cohort/versioning/versioning.h"

namespace {

struct Host {
  cohort::VersionBook book;
  cohort::VersionBook& versions() { return book; }
  bool turn_completed() { return false; }
  const cohort::RecordedVersion* recorded(std::string_view) { return nullptr; }
  std::string_view read_only() { return {}; }
  const cohort::CohortPolicy* policy() { return nullptr; }
  absl::Time start_time() { return {}; }
  std::string_view workflow_id() { return {}; }
  void ExpectMarker(const cohort::VersionRecord&, std::source_location) {}
  void IssueMarker(const cohort::VersionRecord&, std::source_location) {}
  void Refuse(absl::Status, std::source_location) {}
};

inline constexpr cohort::Change kStep1{"Step1", 1, 2};

}  // namespace

int Use(Host& host) {
  return cohort::Route<kStep1>(host).To(
#ifndef BAD_MISSING
      cohort::Case<2>([] { return 2; }),
#endif
#ifdef BAD_TWICE
      cohort::Case<2>([] { return 2; }),
#endif
#ifdef BAD_OUTSIDE
      cohort::Case<3>([] { return 3; }),
#endif
#ifdef BAD_TYPE
      cohort::Case<1>([] { return 1.0; }));
#else
      cohort::Case<1>([] { return 1; }));
#endif
}

int UseSeveral(Host& host) {
  return cohort::Route<cohort::kDefaultVersion, 2>(host, "Step2")
      .To(
#ifdef BAD_LEFT_OUT
          cohort::Case<cohort::kDefaultVersion>([] { return 0; }),
#else
          cohort::Case<cohort::kDefaultVersion, 0>([] { return 0; }),
#endif
#ifdef BAD_IN_BOTH
          cohort::Case<1, 2>([] { return 1; }),
#else
          cohort::Case<1>([] { return 1; }),
#endif
#ifdef BAD_OUTSIDE_TOO
          cohort::Case<2, 3>([] { return 2; }));
#else
          cohort::Case<2>([] { return 2; }));
#endif
}

int UseHost() {
  Host host;
  return Use(host) + UseSeveral(host);
}
