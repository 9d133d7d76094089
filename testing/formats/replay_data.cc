#include "cohort/testing/formats/replay_data.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "cohort/testing/formats/printable.h"
#include "nlohmann/json.hpp"

namespace cohort::formats {
namespace {

using Json = nlohmann::ordered_json;

const Json* Member(const Json& json, const char* key) {
  if (!json.is_object()) return nullptr;
  const auto it = json.find(key);
  return it == json.end() ? nullptr : &*it;
}

std::string AsText(const Json& json) {
  if (!json.is_string()) return "";
  return Printable(std::string_view(json.get_ref<const Json::string_t&>()));
}

std::string Text(const Json& json, const char* key) {
  const Json* value = Member(json, key);
  return value == nullptr ? "" : AsText(*value);
}

std::optional<std::int64_t> MaybeNumber(const Json& json, const char* key) {
  const Json* value = Member(json, key);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  if (value->is_number_unsigned() &&
      value->get<std::uint64_t>() > static_cast<std::uint64_t>(kMost)) {
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

std::int64_t Number(const Json& json, const char* key) {
  return MaybeNumber(json, key).value_or(0);
}

bool Flag(const Json& json, const char* key) {
  const Json* value = Member(json, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

// One T for each item of the array, by `read`.
template <typename Read>
auto List(const Json& json, const char* key, const Read& read) {
  std::vector<decltype(read(json))> out;
  const Json* value = Member(json, key);
  if (value == nullptr || !value->is_array()) return out;
  out.reserve(value->size());
  for (const Json& item : *value) out.push_back(read(item));
  return out;
}

CodeSite SiteOf(const std::string& text) {
  CodeSite site{text, 0};
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return site;
  const char* begin = text.data() + colon + 1;
  const char* end = text.data() + text.size();
  std::int64_t line = 0;
  const auto [stop, error] = std::from_chars(begin, end, line);
  if (error != std::errc() || stop != end || line <= 0) return site;
  return {text.substr(0, colon), line};
}

Difference ReadDifference(const Json& j) {
  return {Text(j, "field"), Text(j, "history"), Text(j, "code")};
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) {
    all += (all.empty() ? "" : "; ") + line;
  }
  return all;
}

DivergenceData ReadDivergence(const Json& j) {
  return {.turn = Number(j, "turn"),
          .event_id = Number(j, "event_id"),
          .history = Text(j, "history"),
          .code = Text(j, "code"),
          .site = SiteOf(Text(j, "site")),
          .hint = Text(j, "hint"),
          .proposed_guard = Text(j, "proposed_guard"),
          .differences = List(j, "differences", ReadDifference)};
}

HistoryReport ReadReport(const Json& j) {
  HistoryReport r{.verdict = Text(j, "verdict"),
                  .source = Text(j, "source"),
                  .workflow_type = Text(j, "workflow_type"),
                  .workflow_id = Text(j, "workflow_id"),
                  .run_id = Text(j, "run_id"),
                  .profile = Text(j, "profile"),
                  .error = Text(j, "error"),
                  .strict_rule = Text(j, "strict_rule"),
                  .allowed = Joined(List(j, "allowed", AsText)),
                  .events = MaybeNumber(j, "events"),
                  .turns = MaybeNumber(j, "turns"),
                  .notes = List(j, "notes", AsText),
                  .unconfirmed = List(j, "unconfirmed", AsText),
                  .divergence = std::nullopt,
                  .prefixes = {},
                  .live_turn = {},
                  .hidden_nondeterminism = Text(j, "hidden_nondeterminism")};
  const Json* excused = Member(j, "excused");
  const Json* divergence = Member(j, "divergence");
  if (divergence == nullptr && excused != nullptr) {
    divergence = Member(*excused, "divergence");
    if (r.strict_rule.empty()) r.strict_rule = Text(*excused, "strict_rule");
  }
  if (divergence != nullptr && divergence->is_object()) {
    r.divergence = ReadDivergence(*divergence);
  }
  if (const Json* p = Member(j, "prefixes"); p != nullptr) {
    const auto count = [&](const char* key) {
      return std::max<std::int64_t>(0, Number(*p, key));
    };
    r.prefixes = {count("checked"), count("clean")};
  }
  if (const Json* l = Member(j, "live_turn"); l != nullptr) {
    r.live_turn = {Text(*l, "error"), Text(*l, "roll_forward"),
                   Text(*l, "roll_back"), Text(*l, "from_other")};
  }
  return r;
}

BranchData ReadBranch(const Json& j) {
  return {Number(j, "version"), Number(j, "took"), Flag(j, "live")};
}

CoverageData ReadCoverage(const Json& j) {
  return {.workflow_type = Text(j, "workflow_type"),
          .change_id = Text(j, "change_id"),
          .family = Text(j, "family"),
          .min = MaybeNumber(j, "min"),
          .max = MaybeNumber(j, "max"),
          .site = Text(j, "site"),
          .branches = List(j, "branches", ReadBranch),
          .not_yet = Number(j, "not_yet"),
          .never = Number(j, "never")};
}

StratumData ReadStratum(const Json& j) {
  return {.name = Text(j, "name"),
          .runs = Number(j, "runs"),
          .certain = Number(j, "certain"),
          .drawn = Number(j, "drawn"),
          .broken = Number(j, "broken"),
          .at_most = Number(j, "at_most")};
}

}  // namespace

ReplayData ReadReplayData(const Json& json) {
  ReplayData data{.program = Text(json, "program"),
                  .version = Text(json, "version"),
                  .when = Text(json, "when"),
                  .exit_code = MaybeNumber(json, "exit_code"),
                  .reports = List(json, "reports", ReadReport),
                  .coverage = List(json, "coverage", ReadCoverage),
                  .strata = {},
                  .sentence = ""};
  if (data.program.empty()) data.program = "replay";
  if (const Json* proof = Member(json, "proof"); proof != nullptr) {
    data.strata = List(*proof, "strata", ReadStratum);
    data.sentence = Text(*proof, "sentence");
  }
  return data;
}

}  // namespace cohort::formats
