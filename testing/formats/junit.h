// A replay as JUnit XML, as GitLab, Jenkins and others read it.
//
//   std::ofstream("junit.xml") << cohort::ToJunit(json);
//
// One test suite for each workflow type, one test case for each history. A
// break is a <failure>, a history that could not be read an <error>; what
// proves neither, and a break that is allowed, is <skipped>.
//
// Threads: pure function. Errors: none; the JSON is described, and what is
// missing in it treated, as in replay_data.h.
#ifndef COHORT_TESTING_FORMATS_JUNIT_H_
#define COHORT_TESTING_FORMATS_JUNIT_H_

#include <string>

#include "nlohmann/json_fwd.hpp"

namespace cohort {

std::string ToJunit(const nlohmann::ordered_json& replay);

}  // namespace cohort

#endif  // COHORT_TESTING_FORMATS_JUNIT_H_
