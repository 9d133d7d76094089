// A replay for GitHub Actions: annotations, and the summary of a job.
//
//   std::cout << cohort::ToGithub(json);
//   std::ofstream(std::getenv("GITHUB_STEP_SUMMARY"), std::ios::app)
//       << cohort::ToGithubSummary(json);
//
// GitHub shows ten annotations of a kind for a step, so that breaks of the same
// line of code are one; the first history stands for all, and the worst come
// first. A summary may have 1 MiB: it explains kExplained places and counts
// the rest.
//
// Threads: pure functions. Errors: none, as in junit.h.
#ifndef COHORT_TESTING_FORMATS_GITHUB_H_
#define COHORT_TESTING_FORMATS_GITHUB_H_

#include <cstddef>
#include <string>

#include "nlohmann/json_fwd.hpp"

namespace cohort {

// Workflow commands: `::error file=..,line=..,title=..::..`, one a line; ""
// where everything is clean. A break is an error, and so is a history that
// could not be read; one that proves neither is a warning, a break that is
// allowed a notice.
std::string ToGithub(const nlohmann::ordered_json& replay);

// Markdown.
std::string ToGithubSummary(const nlohmann::ordered_json& replay);

// Places that a summary explains, and the most bytes of each explanation.
inline constexpr std::size_t kExplained = 40;
inline constexpr std::size_t kExplanationBytes = 8 * 1024;

}  // namespace cohort

#endif  // COHORT_TESTING_FORMATS_GITHUB_H_
