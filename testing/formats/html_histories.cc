#include <algorithm>
#include <string>
#include <string_view>

#include "cohort/testing/formats/html_parts.h"
#include "cohort/testing/formats/markup.h"
#include "cohort/testing/formats/words.h"
#include "fmt/core.h"

namespace cohort::formats {
namespace {

// "44a88a1a3573....json.zst": a corpus names its files by a digest, of which
// the beginning is enough to tell them apart.
std::string ShortName(std::string_view name) {
  constexpr std::size_t kDigest = 64;
  constexpr std::size_t kShown = 12;
  const std::size_t digits =
      std::min(name.find_first_not_of("0123456789abcdef"), name.size());
  if (digits != kDigest) return std::string(name);
  return fmt::format("{}\u2026{}", name.substr(0, kShown),
                     name.substr(kDigest));
}

// The file's folder recedes behind its name.
std::string NameCell(const HistoryReport& r) {
  const std::size_t slash = r.source.rfind('/');
  const std::size_t split = slash == std::string::npos ? 0 : slash + 1;
  const std::string_view source = r.source;
  const std::string name = ShortName(source.substr(split));
  const bool whole = source.ends_with(name);
  std::string out = fmt::format(
      "<td class=\"name\"><span class=\"source\"{}><span "
      "class=\"dir\">{}</span>"
      "<wbr/>{}</span>",
      whole ? "" : Attribute("title", source), Escaped(source.substr(0, split)),
      Escaped(name));
  std::string second = r.workflow_id;
  if (second.empty()) second = r.run_id;
  if (!second.empty()) out += fmt::format("<small>{}</small>", Escaped(second));
  return out + "</td>";
}

std::string WhereCell(const HistoryReport& r) {
  std::string out = "<td class=\"where\">" + Escaped(PlaceOf(r));
  if (r.divergence && !r.divergence->site.file.empty()) {
    const std::string site = TextOf(r.divergence->site);
    const std::size_t slash = site.rfind('/');
    out += fmt::format(
        "<small{}>{}</small>", Attribute("title", site),
        Escaped(slash == std::string::npos ? site : site.substr(slash + 1)));
  }
  return out + "</td>";
}

std::string Side(std::string_view label, std::string_view text,
                 std::string_view nothing) {
  return fmt::format(
      "<span class=\"side\"><span class=\"label\">{}</span> {}</span>", label,
      text.empty() ? fmt::format("<em>{}</em>", nothing)
                   : fmt::format("<code>{}</code>", Escaped(text)));
}

std::string WhatCell(const HistoryReport& r) {
  std::string out = "<td class=\"what\">";
  if (r.divergence) {
    out += Side("history", r.divergence->history, "nothing here") +
           Side("code", r.divergence->code, "nothing more");
  } else if (const std::string cause = CauseOf(r); !cause.empty()) {
    out += Escaped(cause);
  } else if (r.turns && r.events) {
    out +=
        fmt::format("{} {}, {} {}", *r.turns, *r.turns == 1 ? "turn" : "turns",
                    *r.events, *r.events == 1 ? "event" : "events");
  }
  return out + "</td>";
}

std::string Row(const HistoryReport& r, std::size_t index) {
  const std::string verdict = ShownVerdict(r);
  const std::string type = ShownType(r);
  std::string out = fmt::format(
      "<tbody class=\"history\" id=\"h{0}\" data-report=\"{0}\"{1}{2}>"
      "<tr class=\"row\"><td class=\"verdict\"><span class=\"badge {3}\">{4}"
      "</span></td>",
      index, Attribute("data-verdict", verdict), Attribute("data-type", type),
      VerdictClass(verdict), Escaped(verdict));
  out += NameCell(r);
  out += fmt::format("<td class=\"type\">{}</td>", Escaped(type));
  return out + WhereCell(r) + WhatCell(r) + "</tr></tbody>\n";
}

}  // namespace

std::string HistoriesPart(const ReplayData& data) {
  if (data.reports.empty()) {
    return "<p>There are no histories in this report.</p>";
  }
  std::string out = "<table class=\"histories\" id=\"list\"><thead><tr>";
  for (const std::string_view name :
       {"Verdict", "History", "Type", "Where", "What"}) {
    out += fmt::format("<th scope=\"col\">{}</th>", name);
  }
  out += "</tr></thead>\n";
  for (const std::size_t i : WorstFirst(data)) out += Row(data.reports[i], i);
  return out + "</table>";
}

}  // namespace cohort::formats
