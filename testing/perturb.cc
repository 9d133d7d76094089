#include "cohort/testing/perturb.h"

#include <locale.h>

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

const Surroundings& SurroundingsOf(int round) {
  return kSurroundings[static_cast<std::size_t>(round) % kSurroundings.size()];
}

std::vector<std::pair<std::string, std::string>> Environment(int round) {
  const Surroundings& s = SurroundingsOf(round);
  return {{"TZ", std::string(s.zone)},
          {"LC_ALL", std::string(s.locale)},
          {"LANG", std::string(s.locale)},
          {"MALLOC_PERTURB_", std::string(s.fill)},
          // Moves the stack, too.
          {"COHORT_PERTURBED",
           std::string(1000u * static_cast<unsigned>(round + 1), 'x')}};
}

bool IsInstalled(std::string_view name) {
  const locale_t made = newlocale(LC_ALL_MASK, std::string(name).c_str(), {});
  if (made == locale_t{}) return false;
  freelocale(made);
  return true;
}

std::string Words(std::string_view source, std::string_view what) {
  return fmt::format(
      "{}: hidden nondeterminism: another replay of the same history in other "
      "surroundings {}\n  docs/determinism.md says what to look for",
      source, what);
}

void Compare(const std::map<std::string, std::string>& first, const Json& again,
             std::map<std::string, std::string>& differences) {
  const std::map<std::string, std::string> findings = Findings(again);
  for (const auto& [source, text] : first) {
    const auto other = findings.find(source);
    if (other != findings.end() && other->second == text) continue;
    differences.try_emplace(
        source,
        Words(source,
              fmt::format("found\n  {}\ninstead of\n  {}",
                          other == findings.end() ? "nothing" : other->second,
                          text)));
  }
}

}  // namespace

absl::StatusOr<Perturbed> Perturb(const std::vector<std::string>& command,
                                  int times,
                                  std::span<const CaseResult> results,
                                  const std::function<bool()>& stop) {
  Json cases = Json::array();
  for (const CaseResult& result : results) cases.push_back(result.json);
  const std::map<std::string, std::string> first = Findings(cases);
  Perturbed found;
  for (; found.replays < times && !stop(); ++found.replays) {
    const std::string locale(SurroundingsOf(found.replays).locale);
    if (!IsInstalled(locale)) found.absent_locales.insert(locale);
    const auto end = RunProcess(command, Environment(found.replays));
    if (stop()) break;
    if (absl::IsInternal(end.status())) {
      for (const auto& [source, text] : first) {
        found.differences.try_emplace(
            source, Words(source, fmt::format("did not come to its end: {}",
                                              ToStd(end.status().message()))));
      }
      continue;
    }
    COHORT_RETURN_IF_ERROR(end.status());
    const Json again = Json::parse(end->output, nullptr, false);
    if (!again.is_array()) {
      return Internal("replay {} in other surroundings wrote no reports",
                      found.replays + 1);
    }
    Compare(first, again, found.differences);
  }
  return found;
}

}  // namespace cohort
