// Histories that are not clean, by the place that they break at.
//
//   for (const Place& place : PlacesOf(data)) {
//     Use(place.reports.front()->source);
//   }
//
// A hundred histories that one changed line breaks are one defect. Threads:
// pure function. Errors: none.
#ifndef COHORT_TESTING_FORMATS_PLACES_H_
#define COHORT_TESTING_FORMATS_PLACES_H_

#include <vector>

#include "cohort/testing/formats/replay_data.h"
#include "cohort/testing/formats/words.h"

namespace cohort::formats {

struct Place {
  Outcome outcome = Outcome::kBroken;
  CodeSite site;  // of the code; where none is known, the history's file
  std::vector<const HistoryReport*> reports;  // of `data`; never empty
};

// One for each outcome, verdict, workflow type and line of code; the worst
// first, else in the order of the reports.
std::vector<Place> PlacesOf(const ReplayData& data);

}  // namespace cohort::formats

#endif  // COHORT_TESTING_FORMATS_PLACES_H_
