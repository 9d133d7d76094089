#include "cohort/testing/formats/html.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "cohort/testing/formats/html_page.h"
#include "cohort/testing/formats/html_parts.h"
#include "cohort/testing/formats/markup.h"
#include "cohort/testing/formats/printable.h"
#include "cohort/testing/formats/replay_data.h"
#include "cohort/testing/formats/words.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using formats::Attribute;
using formats::Escaped;
using formats::HistoryReport;
using formats::Outcome;
using formats::ReplayData;

std::int64_t CountOf(const ReplayData& data, const std::string& verdict) {
  return std::count_if(data.reports.begin(), data.reports.end(),
                       [&](const HistoryReport& r) {
                         return formats::ShownVerdict(r) == verdict;
                       });
}

// "v-clean", or the class of the worst outcome.
std::string_view ToneOf(const ReplayData& data) {
  if (data.reports.empty()) return "tone-open";
  Outcome worst = Outcome::kClean;
  for (const HistoryReport& r : data.reports) {
    worst = std::min(worst, formats::OutcomeOf(r));
  }
  constexpr std::array<std::string_view, 5> kTones = {
      "tone-broken", "tone-error", "tone-open", "tone-clean", "tone-clean"};
  return kTones[static_cast<std::size_t>(worst)];
}

// "12 clean, 3 divergent, and when": under the headline.
std::string Counts(const ReplayData& data) {
  std::string out;
  for (const std::string& v : formats::ShownVerdicts(data)) {
    out += fmt::format("<li class=\"{}\"><b>{}</b> {}</li>",
                       formats::VerdictClass(v), CountOf(data, v), Escaped(v));
  }
  if (out.empty()) return "";
  return fmt::format("<ul class=\"counts\">{}</ul>", out);
}

std::string Nav(const ReplayData& data) {
  std::string out = "<a href=\"#histories\">Histories</a>";
  if (!data.coverage.empty()) out += "<a href=\"#coverage\">Branches</a>";
  if (!data.strata.empty() || !data.sentence.empty()) {
    out += "<a href=\"#proof\">Sample</a>";
  }
  return out;
}

std::string Chips(const ReplayData& data) {
  std::string out;
  for (const std::string& v : formats::ShownVerdicts(data)) {
    out += fmt::format(
        "<button type=\"button\" class=\"chip {}\" aria-pressed=\"false\"{}>"
        "{} <b>{}</b></button>",
        formats::VerdictClass(v), Attribute("data-verdict", v), Escaped(v),
        CountOf(data, v));
  }
  return out;
}

std::string Types(const ReplayData& data) {
  std::string out = "<option value=\"\">all types</option>";
  for (const std::string& type : formats::ShownTypes(data)) {
    out += fmt::format("<option{}>{}</option>", Attribute("value", type),
                       Escaped(type));
  }
  return out;
}

std::string Footer(const ReplayData& data) {
  std::string out = Escaped(data.program);
  if (!data.version.empty()) out += " " + Escaped(data.version);
  if (!data.when.empty()) {
    out += fmt::format(", <time{}>{}</time>", Attribute("datetime", data.when),
                       Escaped(data.when));
  }
  if (data.exit_code) out += fmt::format(", exit code {}", *data.exit_code);
  return out + ". All that this page shows is in this file.";
}

// In a script element only "<" could end it or open a comment.
std::string DataInScript(const nlohmann::ordered_json& replay) {
  const std::string json = formats::Printable(replay).dump();
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

struct Slot {
  std::string_view name;
  std::string text;
};

// One pass over the page: what is put in is not looked at again.
std::string Filled(std::string_view page, const std::vector<Slot>& slots) {
  std::string out;
  while (true) {
    const std::size_t open = page.find("{{");
    out += page.substr(0, open);
    if (open == page.npos) return out;
    page.remove_prefix(open + 2);
    const std::size_t close = page.find("}}");
    const std::string_view name = page.substr(0, close);
    const auto slot =
        std::find_if(slots.begin(), slots.end(),
                     [&](const Slot& s) { return s.name == name; });
    if (slot != slots.end()) out += slot->text;
    page.remove_prefix(close == page.npos ? page.size() : close + 2);
  }
}

}  // namespace

std::string ToHtml(const nlohmann::ordered_json& replay) {
  const ReplayData data = formats::ReadReplayData(replay);
  const std::string headline = formats::Headline(data);
  return Filled(
      formats::kHtmlPage,
      {{"script_hash", std::string(formats::kHtmlScriptHash)},
       {"title", Escaped(fmt::format("{}: {}", data.program, headline))},
       {"style", std::string(formats::kHtmlStyle)},
       {"program", Escaped(data.program)},
       {"tone", std::string(ToneOf(data))},
       {"headline", Escaped(headline)},
       {"counts", Counts(data)},
       {"nav", Nav(data)},
       {"verdicts", formats::VerdictsPart(data)},
       {"chips", Chips(data)},
       {"types", Types(data)},
       {"histories", formats::HistoriesPart(data)},
       {"coverage", formats::CoveragePart(data)},
       {"proof", formats::ProofPart(data)},
       {"footer", Footer(data)},
       {"data", DataInScript(replay)},
       {"script", std::string(formats::kHtmlScript)}});
}

}  // namespace cohort
