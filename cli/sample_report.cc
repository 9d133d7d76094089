#include <algorithm>
#include <vector>

#include "cohort/base/paint.h"
#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/cli/sample.h"
#include "cohort/corpus/store_rows.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

// More rows are for a program, not for a screen.
constexpr std::size_t kRowsMax = 20;

std::string Head(const SampleReport& report) {
  const CorpusRound& round = report.round;
  const SampleProof& proof = report.proof;
  std::string text = fmt::format(
      "population  {} runs in {} strata, of {} listed in {}\n"
      "sample      seed {}, round {}{}: {} taken for certain, {} drawn at "
      "random\n"
      "stored      {} histories of {} shapes in {}\n",
      Grouped(proof.population), Grouped(std::int64_t(proof.strata.size())),
      Grouped(round.listed), Printable(round.source), round.seed, round.round,
      report.resumed ? " (gone on with)" : "", Grouped(proof.certain.chosen),
      Grouped(proof.drawn.chosen), Grouped(proof.stored), Grouped(proof.shapes),
      Printable(report.folder));
  const std::int64_t chosen = proof.certain.chosen + proof.drawn.chosen;
  if (round.least > chosen) {
    text += fmt::format(
        "            the budget is too small for the certain runs and the "
        "floor of each stratum: these are {} runs\n",
        Grouped(round.least));
  }
  if (!report.until_risk.empty()) {
    text += fmt::format(
        "risk        a share of {} is {}\n", report.until_risk,
        round.risk_met
            ? "met, if the sample replays clean"
            : "not met with this budget; --budget takes a larger one");
  }
  return text;
}

std::string Strata(const SampleProof& proof) {
  std::vector<const StratumProof*> rows;
  for (const StratumProof& s : proof.strata) rows.push_back(&s);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const StratumProof* a, const StratumProof* b) {
                     return a->runs > b->runs;
                   });
  std::string text = fmt::format("{:>11} {:>8} {:>7} {:>7} {:>7} {:>11}  {}\n",
                                 "runs", "certain", "drawn", "stored", "shapes",
                                 "may break", "stratum");
  for (std::size_t i = 0; i < std::min(rows.size(), kRowsMax); ++i) {
    const StratumProof& s = *rows[i];
    text += fmt::format("{:>11} {:>8} {:>7} {:>7} {:>7} {:>11}  {}\n",
                        Grouped(s.runs), Grouped(s.certain.chosen),
                        Grouped(s.drawn.chosen), Grouped(s.stored),
                        Grouped(s.shapes),
                        Grouped(s.certain.MayBreak() + s.others_broken_at_most),
                        Printable(s.key.Text()));
  }
  if (rows.size() > kRowsMax) {
    text += fmt::format("{:>11} more strata; --json has all\n",
                        Grouped(std::int64_t(rows.size() - kRowsMax)));
  }
  return text;
}

nlohmann::ordered_json CountJson(const VerdictCount& count) {
  return {{"chosen", count.chosen},
          {"judged", count.judged},
          {"broken", count.broken}};
}

nlohmann::ordered_json StratumJson(const StratumProof& s) {
  nlohmann::ordered_json json = {
      {"stratum", s.key.Text()},
      {"workflow_type", s.key.workflow_type},
      {"status", NameOf(s.key.status)},
      {"changes", nullptr},
      {"length", LengthWords(s.key.length_bucket)},
      {"age", AgeWords(s.key.age_bucket)},
      {"build_id", s.key.build_id},
      {"runs", s.runs},
      {"certain", s.certain.chosen},
      {"drawn", s.drawn.chosen},
      {"stored", s.stored},
      {"shapes", s.shapes},
      {"if_clean_others_broken_at_most", s.others_broken_at_most}};
  if (s.key.changes_known) json["changes"] = s.key.changes;
  return json;
}

nlohmann::ordered_json RunJson(const RoundRun& r) {
  return {{"run_id", r.run.listing.run_id},
          {"workflow_id", r.run.listing.workflow_id},
          {"name", r.run.listing.name},
          {"stratum", r.stratum},
          {"kind", NameOf(r.kind)},
          {"state", WordOf(r.run.state)},
          {"file", r.run.file},
          {"read_as", r.run.stratum},
          {"shape", r.run.shape},
          {"problem", r.run.problem}};
}

}  // namespace

std::string SampleText(const SampleReport& report) {
  const SampleProof& proof = report.proof;
  std::string text = Head(report) + "\n" + Strata(proof) + "\n";
  text += fmt::format("If each of the {} stored histories replays clean:\n",
                      Grouped(proof.stored));
  for (const std::string& line : ProofWords(proof)) text += "  " + line + "\n";
  return text;
}

nlohmann::ordered_json SampleJson(const SampleReport& report) {
  const CorpusRound& round = report.round;
  const SampleProof& proof = report.proof;
  nlohmann::ordered_json json = {
      {"folder", report.folder},
      {"source", round.source},
      {"request", round.request},
      {"at", TimeText(round.at)},
      {"seed", round.seed},
      {"round", round.round},
      {"resumed", report.resumed},
      {"listed", round.listed},
      {"population", proof.population},
      {"least", round.least},
      {"certain", proof.certain.chosen},
      {"drawn", proof.drawn.chosen},
      {"stored", proof.stored},
      {"shapes", proof.shapes},
      {"risk_met", round.risk_met},
      {"if_clean",
       {{"alpha", proof.alpha},
        {"alpha_each_stratum", proof.alpha_each},
        {"certain", CountJson(proof.certain)},
        {"drawn", CountJson(proof.drawn)},
        {"of_all", CountJson(proof.of_all)},
        {"pooled", proof.pooled},
        {"others", proof.others()},
        {"others_broken_at_most", proof.others_broken_at_most},
        {"sum_of_strata_at_most", proof.each_sum},
        {"broken_at_most", proof.broken_at_most()},
        {"unseen_shapes_estimate", proof.unseen.estimate},
        {"unseen_shapes_at_most", proof.unseen.at_most},
        {"words", ProofWords(proof)}}},
      {"strata", nlohmann::ordered_json::array()},
      {"runs", nlohmann::ordered_json::array()}};
  for (const StratumProof& s : proof.strata) {
    json["strata"].push_back(StratumJson(s));
  }
  for (const RoundRun& r : round.runs) json["runs"].push_back(RunJson(r));
  return json;
}

}  // namespace cohort
