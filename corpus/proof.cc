#include "cohort/corpus/proof.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "cohort/base/status.h"

namespace cohort {
namespace {

void Count(VerdictCount& count, RunVerdict verdict) {
  ++count.chosen;
  if (verdict == RunVerdict::kNotJudged) return;
  ++count.judged;
  if (verdict == RunVerdict::kBroken) ++count.broken;
}

void Add(VerdictCount& sum, const VerdictCount& more) {
  sum.chosen += more.chosen;
  sum.judged += more.judged;
  sum.broken += more.broken;
}

// Of the random draws whose histories were read, as far as they bound the rest.
absl::StatusOr<UnseenShapes> UnseenShapesOf(const CorpusRound& round,
                                            const SampleProof& proof) {
  std::map<std::string, std::int64_t> drawn;
  std::int64_t draws = 0;
  for (const RoundRun& r : round.runs) {
    const bool counts =
        proof.pooled ? r.kind == DrawKind::kRandom : !IsCertain(r.kind);
    if (!counts || r.run.shape.empty()) continue;
    ++drawn[r.run.shape];
    ++draws;
  }
  if (draws == proof.others()) return UnseenShapes{0, 0};
  const auto singletons =
      std::count_if(drawn.begin(), drawn.end(),
                    [](const auto& shape) { return shape.second == 1; });
  return UnseenShapesAfter(draws, singletons, proof.alpha);
}

absl::Status SetBounds(SampleProof& proof) {
  std::vector<StratumCount> counts;
  for (const StratumProof& s : proof.strata) {
    counts.push_back({.runs = s.others(),
                      .judged = s.drawn.chosen,
                      .broken = s.drawn.MayBreak()});
    if (s.drawn.chosen == 0 && s.others() > 0) {
      ++proof.strata_without_draw;
      proof.others_without_draw += s.others();
    }
  }
  COHORT_ASSIGN_OR_RETURN(const FleetBound bound,
                          BoundOfFleet(counts, proof.alpha));
  for (std::size_t i = 0; i < proof.strata.size(); ++i) {
    proof.strata[i].others_broken_at_most = bound.each[i];
  }
  proof.alpha_each = bound.alpha_each;
  proof.each_sum = bound.sum_of_each;
  proof.others_broken_at_most = bound.together;
  if (!proof.pooled) return absl::OkStatus();
  COHORT_ASSIGN_OR_RETURN(const std::int64_t of_all,
                          BrokenAtMost({.runs = proof.others(),
                                        .judged = proof.of_all.chosen,
                                        .broken = proof.of_all.MayBreak()},
                                       proof.alpha));
  // Some may have been found by the other draws.
  proof.others_broken_at_most = std::max(of_all, proof.drawn.MayBreak());
  return absl::OkStatus();
}

std::string Counted(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", Grouped(number), noun, number == 1 ? "" : "s");
}

std::string Confidence(double alpha) {
  return fmt::format("{:.6g} %", 100 * (1 - alpha));
}

std::string Judged(const VerdictCount& count) {
  std::string text = fmt::format("{} of {}", Grouped(count.broken),
                                 Counted(count.judged, "sampled run"));
  return text + (count.broken == 1 ? " breaks" : " break");
}

void AddUnjudged(const SampleProof& proof, std::vector<std::string>& lines) {
  const std::int64_t drawn = proof.drawn.chosen - proof.drawn.judged;
  const std::int64_t certain = proof.certain.chosen - proof.certain.judged;
  if (drawn + certain == 0) return;
  lines.push_back(fmt::format(
      "{} chosen but not judged (no history, or only a shape that is known): "
      "counted as if {} broke.",
      Counted(drawn + certain, "run"), drawn + certain == 1 ? "it" : "they"));
}

}  // namespace

absl::StatusOr<SampleProof> ProofOf(
    const CorpusRound& round,
    absl::FunctionRef<RunVerdict(const CorpusRun&)> verdict) {
  if (round.population <= 0) {
    return FailedPrecondition(
        "the sample of seed {} has no population: no run matched, so nothing "
        "is proven",
        round.seed);
  }
  SampleProof proof;
  proof.seed = round.seed;
  proof.round = round.round;
  proof.alpha = round.alpha;
  proof.population = round.population;
  proof.pooled = round.pooled;
  for (const SampledStratum& s : round.strata) {
    proof.strata.push_back({.key = s.key, .runs = s.runs});
  }
  std::vector<std::set<std::string>> shapes(proof.strata.size());
  std::set<std::string> all_shapes;
  for (const RoundRun& r : round.runs) {
    StratumProof& stratum = proof.strata[r.stratum];
    const bool stored = r.run.state == FetchState::kStored;
    const RunVerdict found = stored ? verdict(r.run) : RunVerdict::kNotJudged;
    Count(IsCertain(r.kind) ? stratum.certain : stratum.drawn, found);
    if (r.kind == DrawKind::kRandom) Count(proof.of_all, found);
    if (stored) ++stratum.stored;
    if (r.run.shape.empty()) continue;
    shapes[r.stratum].insert(r.run.shape);
    all_shapes.insert(r.run.shape);
  }
  for (std::size_t i = 0; i < proof.strata.size(); ++i) {
    StratumProof& s = proof.strata[i];
    s.shapes = static_cast<std::int64_t>(shapes[i].size());
    proof.stored += s.stored;
    Add(proof.certain, s.certain);
    Add(proof.drawn, s.drawn);
  }
  proof.shapes = static_cast<std::int64_t>(all_shapes.size());
  COHORT_RETURN_IF_ERROR(SetBounds(proof));
  COHORT_ASSIGN_OR_RETURN(proof.unseen, UnseenShapesOf(round, proof));
  return proof;
}

std::vector<std::string> ProofWords(const SampleProof& proof) {
  std::vector<std::string> lines;
  if (proof.certain.judged > 0) {
    lines.push_back(fmt::format(
        "{} {} taken for certain: {} {}.", Counted(proof.certain.judged, "run"),
        proof.certain.judged == 1 ? "was" : "were",
        Grouped(proof.certain.broken),
        proof.certain.broken == 1 ? "breaks" : "break"));
  }
  const std::int64_t most = proof.others_broken_at_most;
  if (proof.others() == 0) {
    lines.emplace_back("No run is left that was not taken.");
  } else if (proof.drawn.judged == 0) {
    lines.push_back(
        fmt::format("None of the other {} was judged: any of them may break.",
                    Counted(proof.others(), "run")));
  } else if (proof.drawn.judged == proof.others()) {
    lines.push_back(Judged(proof.drawn) + "; these are all others.");
  } else {
    lines.push_back(fmt::format(
        "{}; with {} confidence at most {} of {} ({}) {}.", Judged(proof.drawn),
        Confidence(proof.alpha), Grouped(most), Grouped(proof.others()),
        PercentAtMost(static_cast<double>(most) /
                      static_cast<double>(proof.others())),
        most == 1 ? "does" : "do"));
  }
  AddUnjudged(proof, lines);
  if (proof.strata_without_draw > 0 && proof.drawn.judged > 0) {
    lines.push_back(
        fmt::format("Of {} in {} {} none was drawn: {}.",
                    Counted(proof.others_without_draw, "run"),
                    Grouped(proof.strata_without_draw),
                    proof.strata_without_draw == 1 ? "stratum" : "strata",
                    proof.pooled ? "of these alone nothing is known"
                                 : "counted as if they broke"));
  }
  if (proof.drawn.judged > 0 && proof.drawn.judged < proof.others()) {
    lines.push_back(fmt::format(
        "The next run that is drawn has a shape not seen here with a "
        "probability of about {:.2g}, with {} confidence at most {:.2g}.",
        proof.unseen.estimate, Confidence(proof.alpha),
        std::min(1.0, std::ceil(proof.unseen.at_most * 100) / 100)));
    lines.emplace_back("A sample never proves that no run breaks.");
  }
  if (proof.certain.broken + proof.drawn.broken > 0) {
    lines.emplace_back(
        "After a fix this sample proves nothing any more: draw with another "
        "seed.");
  }
  return lines;
}

std::string Grouped(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string PercentAtMost(double share) {
  const double percent = 100 * share;
  int digits = 1;
  // Two digits that say something.
  while (percent > 0 && digits < 8 && percent * std::pow(10.0, digits) < 9.5) {
    ++digits;
  }
  const double scale = std::pow(10.0, digits);
  const double up = std::ceil(std::max(0.0, percent * scale - 1e-9)) / scale;
  return fmt::format("{:.{}f} %", std::min(100.0, up), digits);
}

}  // namespace cohort
