// Any bytes as a history: what the tools of this room do with it must end, and
// agree with itself.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "cohort/base/check.h"
#include "cohort/corpus/census.h"
#include "cohort/corpus/diff.h"
#include "cohort/corpus/fleet.h"
#include "cohort/corpus/retire.h"
#include "cohort/corpus/scrub.h"

namespace cohort {
namespace {

void CheckFleet(const History& history) {
  Fleet fleet([&](const std::string&) { return history; });
  const auto snapshot = SnapshotOf(history, "a");
  if (!snapshot.ok()) return;
  fleet.Add(*snapshot, history);
  fleet.Add(*snapshot, history);
  const bool has_id = !snapshot->facts.run_id.empty();
  COHORT_CHECK(fleet.runs().size() == (has_id ? 1u : 2u),
               "equal snapshots are one run");
  COHORT_CHECK(!CensusOf(fleet).empty(), "a run stands in the census");
  for (const RecordedChange& change : snapshot->facts.changes) {
    const RetireReport report = JudgeRetirement(
        {.fleet = fleet}, change.change_id, {.now = absl::UnixEpoch()});
    COHORT_CHECK(report.verdict != RetireVerdict::kSafe,
                 "a run that recorded a branch needs it");
  }
}

void CheckScrub(const History& history) {
  Scrubber scrubber(
      {.names = Treatment::kReplaced, .ids = Treatment::kReplaced});
  const auto json = scrubber.Scrub(history);
  if (!json.ok()) return;
  const auto scrubbed = History::FromJson(*json);
  COHORT_CHECK(scrubbed.ok(), "what was scrubbed reads back");
  COHORT_CHECK(scrubbed->events().size() == history.events().size(),
               "no event is lost");
  const auto before = FactsOf(history);
  const auto after = FactsOf(*scrubbed);
  if (!before.ok() || !before->problems.empty()) return;
  COHORT_CHECK(after.ok() && after->changes.size() == before->changes.size(),
               "versions stay");
}

void CheckDiff(const History& history) {
  const auto diff = DiffHistories(history, history, Values::kCompared);
  COHORT_CHECK(!diff.ok() || diff->equal, "a history equals itself");
}

}  // namespace
}  // namespace cohort

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  const auto history = cohort::History::FromJson(std::move(text));
  if (!history.ok()) return 0;
  cohort::CheckFleet(*history);
  cohort::CheckScrub(*history);
  cohort::CheckDiff(*history);
  return 0;
}
