#include "cohort/testing/formats/places.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "fmt/core.h"

namespace cohort::formats {

std::vector<Place> PlacesOf(const ReplayData& data) {
  std::vector<Place> places;
  std::map<std::string, std::size_t> index;
  for (const std::size_t i : WorstFirst(data)) {
    const HistoryReport& r = data.reports[i];
    const Outcome outcome = OutcomeOf(r);
    if (outcome == Outcome::kClean) continue;
    CodeSite site{r.source, 0};
    std::string key = fmt::format("history {}", i);
    if (r.divergence && !r.divergence->site.file.empty()) {
      site = r.divergence->site;
      key = fmt::format("{}\n{}\n{}", ShownVerdict(r), r.workflow_type,
                        TextOf(site));
    }
    const auto [at, added] = index.emplace(std::move(key), places.size());
    if (added) places.push_back({outcome, std::move(site), {}});
    places[at->second].reports.push_back(&r);
  }
  return places;
}

}  // namespace cohort::formats
