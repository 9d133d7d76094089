// A replay as one HTML page: for a build's artifacts, or to send to somebody.
//
//   std::ofstream("replay.html") << cohort::ToHtml(json);
//
// The page holds all that it shows, asks no network, and runs no script but its
// own. It shows the verdicts by workflow type, every history with what is wrong
// with it and, when opened, its turns with history and code side by side; which
// branches have been proven by which histories; and what the sample proves.
// Without JavaScript the tables are there, but not the turns and the filters.
//
// The JSON stands in the page as it was given, its texts printable:
//   JSON.parse(document.getElementById("cohort-data").textContent)
//
// Threads: pure function. Errors: none, as in junit.h. About 0.5 KiB of page
// for each history beside its JSON.
#ifndef COHORT_TESTING_FORMATS_HTML_H_
#define COHORT_TESTING_FORMATS_HTML_H_

#include <string>

#include "nlohmann/json_fwd.hpp"

namespace cohort {

std::string ToHtml(const nlohmann::ordered_json& replay);

}  // namespace cohort

#endif  // COHORT_TESTING_FORMATS_HTML_H_
