#include "cohort/corpus/sampler.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/corpus/statistics.h"

namespace cohort {
namespace {

constexpr std::size_t kExtremes = 3;
constexpr std::int64_t kPerStratumMax = 1000;

auto Identity(const RunListing& run) { return std::tie(run.run_id, run.name); }

// By started or events; equal ones by their id, so that order does not matter.
bool IsOlder(const RunListing& a, const RunListing& b) {
  return std::tuple(a.started, Identity(a)) <
         std::tuple(b.started, Identity(b));
}
bool IsNewer(const RunListing& a, const RunListing& b) {
  if (a.started != b.started) return a.started > b.started;
  return Identity(a) < Identity(b);
}
bool IsLonger(const RunListing& a, const RunListing& b) {
  if (a.events != b.events) return a.events > b.events;
  return Identity(a) < Identity(b);
}

template <typename Before>
void KeepFirst(std::optional<RunListing>& kept, const RunListing& run,
               Before&& before) {
  if (!kept || before(run, *kept)) kept = run;
}

}  // namespace

absl::StatusOr<bool> SampleFilter::Wants(const RunListing& run) const {
  if (!workflow_types.empty() &&
      std::find(workflow_types.begin(), workflow_types.end(),
                run.workflow_type) == workflow_types.end()) {
    return false;
  }
  if (run.started < started_after || run.started >= started_before) {
    return false;
  }
  return query.Matches(run);
}

absl::StatusOr<Sampler> Sampler::Create(SampleOptions options) {
  if (options.per_stratum < 0 || options.per_stratum > kPerStratumMax) {
    return InvalidArgument("{} runs per stratum: has to be 0 to {}",
                           options.per_stratum, kPerStratumMax);
  }
  if (options.budget < 1) {
    return InvalidArgument("a budget of {} runs: has to be 1 or more",
                           options.budget);
  }
  if (options.until_risk &&
      !(*options.until_risk > 0 && *options.until_risk < 1)) {
    return InvalidArgument("a risk of {}: has to be between 0 and 1",
                           *options.until_risk);
  }
  COHORT_RETURN_IF_ERROR(BoundOfFleet({}, options.alpha).status());
  return Sampler(std::move(options));
}

std::size_t Sampler::lowest_most() const {
  return static_cast<std::size_t>(options_.per_stratum) + kExtremes;
}

absl::StatusOr<Sampler::Stratum*> Sampler::FindOrAdd(const StratumKey& key,
                                                     std::string encoded) {
  const auto found = strata_.find(encoded);
  if (found != strata_.end()) return &found->second;
  if (strata_.size() >= kStrataMax) {
    return ResourceExhausted(
        "more than {} strata; narrow the listing by a query, or by workflow "
        "type",
        kStrataMax);
  }
  return &strata_.emplace(std::move(encoded), Stratum{.key = key})
              .first->second;
}

void Sampler::KeepExtremes(Stratum& stratum, const RunListing& run) {
  if (run.started != absl::InfinitePast()) {
    KeepFirst(stratum.oldest, run, IsOlder);
    KeepFirst(stratum.newest, run, IsNewer);
  }
  if (run.events > 0) KeepFirst(stratum.longest, run, IsLonger);
}

void Sampler::KeepLowest(Lowest& lowest, std::size_t most, const Rank& rank,
                         const RunListing& run) {
  const bool full = lowest.size() >= most;
  if (full && (most == 0 || lowest.rbegin()->first <= rank)) return;
  if (!lowest.emplace(rank, run).second) return;
  if (full) lowest.erase(std::prev(lowest.end()));
}

absl::Status Sampler::Add(const RunListing& run) {
  ++listed_;
  COHORT_ASSIGN_OR_RETURN(const bool wanted, options_.filter.Wants(run));
  if (!wanted) return absl::OkStatus();
  ++population_;
  const StratumKey key = StratumOf(run, options_.now);
  COHORT_ASSIGN_OR_RETURN(Stratum * stratum, FindOrAdd(key, key.Encoded()));
  ++stratum->runs;
  KeepExtremes(*stratum, run);
  const Rank rank{DrawHash(options_.seed, run), run.run_id, run.name};
  KeepLowest(stratum->lowest, lowest_most(), rank, run);
  KeepLowest(lowest_, static_cast<std::size_t>(options_.budget), rank, run);
  return absl::OkStatus();
}

absl::Status Sampler::Merge(Sampler other) {
  const auto same = [](const SampleOptions& a, const SampleOptions& b) {
    return std::tie(a.seed, a.per_stratum, a.budget, a.now, a.until_risk,
                    a.alpha, a.filter.query.text(), a.filter.workflow_types,
                    a.filter.started_after, a.filter.started_before) ==
           std::tie(b.seed, b.per_stratum, b.budget, b.now, b.until_risk,
                    b.alpha, b.filter.query.text(), b.filter.workflow_types,
                    b.filter.started_after, b.filter.started_before);
  };
  if (!same(options_, other.options_)) {
    return InvalidArgument(
        "samples with different options (seed, filter, budget, ...) are no "
        "parts of one sample");
  }
  for (auto& [encoded, theirs] : other.strata_) {
    COHORT_ASSIGN_OR_RETURN(Stratum * ours, FindOrAdd(theirs.key, encoded));
    ours->runs += theirs.runs;
    for (const auto* extreme :
         {&theirs.oldest, &theirs.newest, &theirs.longest}) {
      if (*extreme) KeepExtremes(*ours, **extreme);
    }
    for (const auto& [rank, run] : theirs.lowest) {
      KeepLowest(ours->lowest, lowest_most(), rank, run);
    }
  }
  for (const auto& [rank, run] : other.lowest_) {
    KeepLowest(lowest_, static_cast<std::size_t>(options_.budget), rank, run);
  }
  listed_ += other.listed_;
  population_ += other.population_;
  return absl::OkStatus();
}

std::size_t Sampler::kept() const {
  std::size_t kept = lowest_.size();
  for (const auto& [encoded, stratum] : strata_) {
    kept += stratum.lowest.size() + kExtremes;
  }
  return kept;
}

// The choice itself, when the listing has ended.
class Sampler::Choice {
 public:
  explicit Choice(const Sampler& sampler)
      : sampler_(sampler), budget_(sampler.options_.budget) {
    sample_.listed = sampler.listed_;
    sample_.population = sampler.population_;
    for (const auto& [encoded, stratum] : sampler.strata_) {
      candidates_.push_back({.stratum = &stratum, .first = FirstOf(stratum)});
    }
    std::sort(candidates_.begin(), candidates_.end(),
              [](const Candidates& a, const Candidates& b) {
                return a.stratum->key < b.stratum->key;
              });
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Candidates& c = candidates_[i];
      sample_.strata.push_back(
          {.key = c.stratum->key, .runs = c.stratum->runs});
      sample_.least += static_cast<std::int64_t>(c.first.size());
      at_.emplace(c.stratum->key, i);
    }
  }

  Sample Make() && {
    if (sample_.least <= budget_) {
      TakeCertain(budget_);
      TakeFloors();
    } else {
      TakeCertain((budget_ + 1) / 2);
    }
    TakeOfAll(PlanDraws());
    const auto risk_is_met = [&] {
      return sampler_.options_.until_risk &&
             static_cast<double>(AtMostIfClean()) <= RiskOfRuns();
    };
    if (!risk_is_met()) FillUp();
    sample_.risk_met = risk_is_met();
    std::stable_sort(sample_.runs.begin(), sample_.runs.end(),
                     [](const SampledRun& a, const SampledRun& b) {
                       return std::tie(a.stratum, a.kind) <
                              std::tie(b.stratum, b.kind);
                     });
    return std::move(sample_);
  }

 private:
  struct First {
    const RunListing* run;
    DrawKind kind;
  };
  struct Candidates {
    const Stratum* stratum;
    std::vector<First> first;  // what is taken of every stratum, in this order
  };

  std::vector<First> FirstOf(const Stratum& stratum) const {
    std::vector<First> first;
    const auto is_in = [&](const RunListing& run) {
      return std::any_of(first.begin(), first.end(), [&](const First& f) {
        return Identity(*f.run) == Identity(run);
      });
    };
    const auto add = [&](const std::optional<RunListing>& run, DrawKind kind) {
      if (run && !is_in(*run)) first.push_back({&*run, kind});
    };
    add(stratum.oldest, DrawKind::kOldest);
    add(stratum.newest, DrawKind::kNewest);
    add(stratum.longest, DrawKind::kLongest);
    std::int64_t floor = sampler_.options_.per_stratum;
    for (const auto& [rank, run] : stratum.lowest) {
      if (floor == 0) break;
      if (is_in(run)) continue;
      first.push_back({&run, DrawKind::kStratum});
      --floor;
    }
    return first;
  }

  std::int64_t taken() const {
    return static_cast<std::int64_t>(sample_.runs.size());
  }

  void Take(const RunListing& run, std::size_t stratum, DrawKind kind) {
    at_run_.emplace(std::pair(run.run_id, run.name), sample_.runs.size());
    sample_.runs.push_back({.run = run, .stratum = stratum, .kind = kind});
    ++(IsCertain(kind) ? sample_.strata[stratum].certain
                       : sample_.strata[stratum].drawn);
  }

  // nullptr if it was not taken.
  SampledRun* FindTaken(const RunListing& run) {
    const auto found = at_run_.find(std::pair(run.run_id, run.name));
    return found == at_run_.end() ? nullptr : &sample_.runs[found->second];
  }

  // Layer by layer, so that a budget that is too small reaches most strata.
  void TakeCertain(std::int64_t most) {
    std::vector<std::size_t> order(candidates_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) {
                       return sample_.strata[a].runs > sample_.strata[b].runs;
                     });
    for (std::size_t layer = 0; layer < kExtremes; ++layer) {
      for (std::size_t i : order) {
        const std::vector<First>& first = candidates_[i].first;
        if (layer >= first.size() || !IsCertain(first[layer].kind)) continue;
        if (taken() == most) return;
        Take(*first[layer].run, i, first[layer].kind);
      }
    }
  }

  void TakeFloors() {
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Candidates& c = candidates_[i];
      const bool whole =
          c.stratum->runs == static_cast<std::int64_t>(c.first.size());
      for (const First& first : c.first) {
        if (IsCertain(first.kind)) continue;
        Take(*first.run, i, whole ? DrawKind::kWhole : first.kind);
      }
    }
  }

  std::int64_t others() const {
    std::int64_t certain = 0;
    for (const SampledStratum& s : sample_.strata) certain += s.certain;
    return sample_.population - certain;
  }

  double RiskOfRuns() const {
    return *sampler_.options_.until_risk *
           static_cast<double>(sample_.population);
  }

  // What a clean replay would leave, by what was drawn of each stratum, ...
  std::int64_t AtMostByStratum() const {
    std::vector<StratumCount> counts;
    for (const SampledStratum& s : sample_.strata) {
      counts.push_back({.runs = s.runs - s.certain, .judged = s.drawn});
    }
    const auto bound = BoundOfFleet(counts, sampler_.options_.alpha);
    return bound.ok() ? bound->together : others();
  }

  // ... and by so many draws of all.
  std::int64_t AtMostByAll(std::int64_t draws) const {
    return BrokenAtMost({.runs = others(), .judged = draws},
                        sampler_.options_.alpha)
        .value_or(others());
  }

  std::int64_t AtMostIfClean() const {
    return sample_.pooled ? AtMostByAll(draws_of_all_) : AtMostByStratum();
  }

  // How many are drawn of all strata together, and whether they are what bounds
  // the rest. Rests on the strata's sizes alone: neither on the hashes nor, of
  // course, on any verdict.
  std::int64_t PlanDraws() {
    const std::int64_t room = std::min(budget_ - taken(), others());
    const auto with_others =
        std::count_if(sample_.strata.begin(), sample_.strata.end(),
                      [](const auto& s) { return s.runs > s.certain; });
    const std::int64_t by_stratum = AtMostByStratum();
    draws_of_all_ = room;
    if (sampler_.options_.until_risk) {
      if (static_cast<double>(by_stratum) <= RiskOfRuns()) return 0;
      draws_of_all_ = LeastDraws(room);
    }
    sample_.pooled = with_others > 1 && AtMostByAll(draws_of_all_) < by_stratum;
    return draws_of_all_;
  }

  // The least that meets the risk; `most` if it cannot be met.
  std::int64_t LeastDraws(std::int64_t most) const {
    std::int64_t low = 0;
    std::int64_t high = most;
    while (low < high) {
      const std::int64_t draws = low + (high - low) / 2;
      if (static_cast<double>(AtMostByAll(draws)) <= RiskOfRuns()) {
        high = draws;
      } else {
        low = draws + 1;
      }
    }
    return high;
  }

  std::size_t StratumAt(const RunListing& run) const {
    return at_.at(StratumOf(run, sampler_.options_.now));
  }

  void TakeOfAll(std::int64_t draws) {
    for (const auto& [rank, run] : sampler_.lowest_) {
      if (draws == 0) return;
      SampledRun* taken = FindTaken(run);
      if (taken != nullptr && IsCertain(taken->kind)) continue;
      --draws;
      if (taken != nullptr) {
        taken->kind = DrawKind::kRandom;
      } else {
        Take(run, StratumAt(run), DrawKind::kRandom);
      }
    }
  }

  // With what is left because a run was among the lowest of its stratum and of
  // all: those are still the lowest ones of their strata.
  void FillUp() {
    for (const auto& [rank, run] : sampler_.lowest_) {
      if (taken() >= budget_) return;
      if (FindTaken(run) == nullptr) {
        Take(run, StratumAt(run), DrawKind::kStratum);
      }
    }
  }

  const Sampler& sampler_;
  std::int64_t budget_;
  std::vector<Candidates> candidates_;  // as Sample::strata
  std::map<StratumKey, std::size_t> at_;
  std::map<std::pair<std::string, std::string>, std::size_t> at_run_;
  std::int64_t draws_of_all_ = 0;
  Sample sample_;
};

Sample Sampler::Finish() && { return Choice(*this).Make(); }

}  // namespace cohort
