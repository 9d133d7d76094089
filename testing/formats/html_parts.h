// The parts of the page that are made from the data, as HTML.
//
// Every part is well-formed as XML too, which its tests rest on. Threads: pure
// functions. Errors: none; a part that there is nothing for is "".
#ifndef COHORT_TESTING_FORMATS_HTML_PARTS_H_
#define COHORT_TESTING_FORMATS_HTML_PARTS_H_

#include <string>
#include <string_view>

#include "cohort/testing/formats/replay_data.h"

namespace cohort::formats {

// The class of a verdict as shown: "v-not-judged"; "v-other" for one that is
// not known.
std::string VerdictClass(std::string_view shown);

// Verdicts by workflow type, with a bar for each.
std::string VerdictsPart(const ReplayData& data);

// The table of all histories, the worst first. Row i of the data is
// <tbody id="h<i>" data-report="<i>">.
std::string HistoriesPart(const ReplayData& data);

// Branches of changes against the histories that took them, as a heat map.
std::string CoveragePart(const ReplayData& data);

// What the sample proves: the sentence, and its strata.
std::string ProofPart(const ReplayData& data);

}  // namespace cohort::formats

#endif  // COHORT_TESTING_FORMATS_HTML_PARTS_H_
