#include "cohort/testing/perturb.h"

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/testing/report.h"
#include "cohort/testing/subprocess.h"

namespace cohort {
namespace {

using Json = nlohmann::ordered_json;

struct Surroundings {
  std::string_view zone;
  std::string_view locale;
  std::string_view fill;  // of freed and fresh memory, by the C library
};

constexpr std::array kSurroundings = {
    Surroundings{"Pacific/Kiritimati", "C", "85"},
    Surroundings{"America/St_Johns", "tr_TR.UTF-8", "170"},
    Surroundings{"Asia/Kathmandu", "de_DE.UTF-8", "255"},
    Surroundings{"UTC", "C.UTF-8", "1"},
};

// What has to be the same: all but names of sources.
std::map<std::string, std::string> Findings(const Json& cases) {
  std::map<std::string, std::string> found;
  for (const Json& one : cases) {
    std::string text;
    for (const char* key :
         {"verdict", "turns", "error", "divergence", "unconfirmed", "versions",
          "allowed", "prefixes", "live_turn"}) {
      const auto part = one.find(key);
      if (part != one.end())
        text += fmt::format("{}: {}; ", key, JsonText(*part));
    }
    found[one.value("source", "")] = std::move(text);
  }
  return found;
}

std::vector<std::pair<std::string, std::string>> Environment(int round) {
  const Surroundings& s =
      kSurroundings[static_cast<std::size_t>(round) % kSurroundings.size()];
  return {{"TZ", std::string(s.zone)},
          {"LC_ALL", std::string(s.locale)},
          {"LANG", std::string(s.locale)},
          {"MALLOC_PERTURB_", std::string(s.fill)},
          // Moves the stack, too.
          {"COHORT_PERTURBED",
           std::string(1000u * static_cast<unsigned>(round + 1), 'x')}};
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Perturb(
    const std::vector<std::string>& command, int times,
    std::span<const CaseResult> results) {
  Json cases = Json::array();
  for (const CaseResult& result : results) cases.push_back(result.json);
  const std::map<std::string, std::string> first = Findings(cases);
  std::map<std::string, std::string> differences;
  for (int round = 0; round < times; ++round) {
    COHORT_ASSIGN_OR_RETURN(const ProcessEnd end,
                            RunProcess(command, Environment(round)));
    const Json again = Json::parse(end.output, nullptr, false);
    if (!again.is_array()) {
      return Internal("replay {} in other surroundings wrote no reports",
                      round + 1);
    }
    const std::map<std::string, std::string> findings = Findings(again);
    for (const auto& [source, text] : first) {
      const auto other = findings.find(source);
      if (other != findings.end() && other->second == text) continue;
      differences.try_emplace(
          source,
          fmt::format("{}: hidden nondeterminism: another replay of the same "
                      "history in other surroundings found\n  {}\ninstead "
                      "of\n  {}\n  docs/determinism.md says what to look for",
                      source,
                      other == findings.end() ? "nothing" : other->second,
                      text));
    }
  }
  std::vector<std::string> found;
  for (auto& [source, text] : differences) found.push_back(std::move(text));
  return found;
}

}  // namespace cohort
