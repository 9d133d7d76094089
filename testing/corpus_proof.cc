#include "cohort/testing/corpus_proof.h"

#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/corpus/proof.h"
#include "cohort/corpus/store.h"

namespace cohort {
namespace {

using Json = nlohmann::ordered_json;
using Verdicts = std::map<std::string, RunVerdict, std::less<>>;

std::string Normal(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().string();
}

Verdicts VerdictsOf(std::span<const CaseResult> results) {
  Verdicts verdicts;
  for (const CaseResult& result : results) {
    const RunVerdict verdict = result.exit_code == 0   ? RunVerdict::kClean
                               : result.exit_code == 1 ? RunVerdict::kBroken
                                                       : RunVerdict::kNotJudged;
    verdicts.emplace(Normal(result.json.value("source", "")), verdict);
  }
  return verdicts;
}

Json StratumJson(const StratumProof& stratum) {
  return {
      {"name", stratum.key.Text()},
      {"runs", stratum.runs},
      {"certain", stratum.certain.chosen},
      {"drawn", stratum.drawn.chosen},
      {"broken", stratum.certain.broken + stratum.drawn.broken},
      {"at_most", stratum.certain.MayBreak() + stratum.others_broken_at_most}};
}

// nullopt for a folder that is no corpus, or one that nothing was drawn for.
absl::StatusOr<std::optional<SampleProof>> ProofOfFolder(
    const std::string& folder, const Verdicts& verdicts) {
  auto store = CorpusStore::OpenToRead(folder);
  if (store.status().code() == absl::StatusCode::kNotFound) return std::nullopt;
  if (!store.ok()) return store.status();
  COHORT_ASSIGN_OR_RETURN(const std::optional<CorpusRound> round,
                          store->LastRound());
  if (!round) return std::nullopt;
  COHORT_ASSIGN_OR_RETURN(
      SampleProof proof, ProofOf(*round, [&](const CorpusRun& run) {
        const auto found = verdicts.find(Normal(run.file));
        return found == verdicts.end() ? RunVerdict::kNotJudged : found->second;
      }));
  return proof;
}

}  // namespace

CorpusProof ProveCorpora(std::span<const std::string> paths,
                         std::span<const CaseResult> results) {
  CorpusProof all;
  const Verdicts verdicts = VerdictsOf(results);
  std::string sentence;
  Json strata = Json::array();
  for (const std::string& path : paths) {
    const std::string folder =
        path.starts_with("corpus:") ? path.substr(path.find(':') + 1) : path;
    const auto proof = ProofOfFolder(folder, verdicts);
    if (!proof.ok()) {
      all.problems.emplace_back(ToStd(proof.status().message()));
      continue;
    }
    if (!proof->has_value()) continue;
    for (std::string& line : ProofWords(**proof)) {
      if (!sentence.empty()) sentence += ' ';
      sentence += line;
      all.words.push_back(std::move(line));
    }
    for (const StratumProof& stratum : (*proof)->strata) {
      strata.push_back(StratumJson(stratum));
    }
  }
  if (all.words.empty()) return all;
  all.json = {{"sentence", std::move(sentence)}, {"strata", std::move(strata)}};
  return all;
}

}  // namespace cohort
