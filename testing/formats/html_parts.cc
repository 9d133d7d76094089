#include "cohort/testing/formats/html_parts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "cohort/testing/formats/markup.h"
#include "cohort/testing/formats/words.h"
#include "fmt/core.h"

namespace cohort::formats {
namespace {

std::string HeadCell(std::string_view css, std::string_view text) {
  return fmt::format("<th scope=\"col\" class=\"{}\">{}</th>", css,
                     Escaped(text));
}

// 10240 as "10,240".
std::string Grouped(std::int64_t n) {
  std::string out = fmt::format("{}", n);
  const std::size_t first = n < 0 ? 1 : 0;
  for (std::size_t at = out.size(); at > first + 3; at -= 3) {
    out.insert(at - 3, ",");
  }
  return out;
}

std::string NumberCell(std::string_view label, std::int64_t n) {
  return fmt::format("<td class=\"num{}\"{}>{}</td>", n == 0 ? " zero" : "",
                     Attribute("data-label", label), Grouped(n));
}

std::string Section(std::string_view id, std::string_view title,
                    std::string_view body) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n"
      "<h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
      id, title, body);
}

// A wide table scrolls by itself, by keyboard too.
std::string Scrolled(std::string_view name, std::string_view table) {
  return fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\"{}>{}</div>\n",
      Attribute("aria-label", name), table);
}

struct TypeCounts {
  std::string type;
  std::vector<std::int64_t> by_verdict;  // as ShownVerdicts
  std::int64_t all = 0;
};

std::vector<TypeCounts> CountByType(const ReplayData& data,
                                    const std::vector<std::string>& verdicts) {
  std::vector<TypeCounts> rows;
  for (const std::string& type : ShownTypes(data)) {
    rows.push_back({type, std::vector<std::int64_t>(verdicts.size()), 0});
  }
  for (const HistoryReport& r : data.reports) {
    const std::string type = ShownType(r);
    const std::string verdict = ShownVerdict(r);
    const auto row =
        std::find_if(rows.begin(), rows.end(),
                     [&](const TypeCounts& c) { return c.type == type; });
    const auto v = std::find(verdicts.begin(), verdicts.end(), verdict);
    ++row->by_verdict[static_cast<std::size_t>(v - verdicts.begin())];
    ++row->all;
  }
  return rows;
}

std::string Bar(const TypeCounts& row,
                const std::vector<std::string>& verdicts) {
  std::string out =
      "<td class=\"bar\"><svg viewBox=\"0 0 1000 10\" "
      "preserveAspectRatio=\"none\" aria-hidden=\"true\">";
  std::int64_t before = 0;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const std::int64_t n = row.by_verdict[i];
    if (n == 0) continue;
    const std::int64_t x = before * 1000 / row.all;
    const std::int64_t end = (before + n) * 1000 / row.all;
    out +=
        fmt::format("<rect class=\"{}\" x=\"{}\" width=\"{}\" height=\"10\"/>",
                    VerdictClass(verdicts[i]), x, end - x);
    before += n;
  }
  return out + "</svg></td>";
}

// 0 for none, 1 to 5 by the logarithm of the share of the greatest.
int HeatOf(std::int64_t took, std::int64_t greatest) {
  constexpr double kSteps = 4;
  if (took <= 0) return 0;
  if (greatest <= 1) return 1;
  const double share = std::log(static_cast<double>(took)) /
                       std::log(static_cast<double>(greatest));
  return 1 + static_cast<int>(std::lround(kSteps * share));
}

std::string BranchCell(const CoverageData& change, std::int64_t version,
                       std::int64_t greatest) {
  const auto branch =
      std::find_if(change.branches.begin(), change.branches.end(),
                   [&](const BranchData& b) { return b.version == version; });
  if (branch == change.branches.end()) {
    return "<td class=\"cell none\"><span class=\"sr\">no such branch</span>"
           "</td>";
  }
  const bool unproven = IsUnproven(*branch);
  const std::string_view more = unproven       ? "no history"
                                : branch->live ? ""
                                               : "gone";
  return fmt::format(
      "<td class=\"cell heat{}{}{}\"{}><b>{}</b>{}</td>",
      HeatOf(branch->took, greatest), unproven ? " unproven" : "",
      branch->live ? "" : " gone",
      Attribute("data-label", BranchName(change, version)),
      Grouped(branch->took),
      more.empty() ? "" : fmt::format("<small>{}</small>", more));
}

std::string ChangeCell(const CoverageData& c) {
  std::string range;
  if (c.min && c.max) {
    range =
        fmt::format(", {} to {}", BranchName(c, *c.min), BranchName(c, *c.max));
  }
  return fmt::format(
      "<th scope=\"row\"><code>{}</code><small>{}{}{}</small></th>",
      Escaped(c.change_id), Escaped(c.workflow_type), range,
      c.site.empty() ? "" : fmt::format(", {}", Escaped(c.site)));
}

// The changes of one family; "" for none.
std::string HeatMap(const ReplayData& data, bool patches,
                    std::int64_t greatest) {
  std::vector<const CoverageData*> changes;
  std::set<std::int64_t> versions;
  for (const CoverageData& c : data.coverage) {
    if ((c.family == "patch") != patches) continue;
    changes.push_back(&c);
    for (const BranchData& b : c.branches) versions.insert(b.version);
  }
  if (changes.empty()) return "";
  const std::string_view title = patches ? "Patches" : "Versions";
  std::string out =
      fmt::format("<table class=\"heat\"><thead><tr>{}", HeadCell("", title));
  for (const std::int64_t v : versions) {
    out += HeadCell("num", BranchName(*changes.front(), v));
  }
  out +=
      HeadCell("num", "ends before it") + HeadCell("num", "never reaches it");
  out += "</tr></thead>\n<tbody>\n";
  for (const CoverageData* c : changes) {
    out += "<tr>" + ChangeCell(*c);
    for (const std::int64_t v : versions) out += BranchCell(*c, v, greatest);
    out += NumberCell("ends before it", c->not_yet) +
           NumberCell("never reaches it", c->never) + "</tr>\n";
  }
  return Scrolled(title, out + "</tbody></table>");
}

std::string StratumRow(const StratumData& s) {
  // Rounded up: what is said of at most has to be true.
  const double permille =
      s.runs > 0 ? std::ceil(1000.0 * static_cast<double>(s.at_most) /
                             static_cast<double>(s.runs))
                 : 0;
  std::string out =
      fmt::format("<tr><th scope=\"row\">{}</th>", Escaped(s.name));
  out += NumberCell("runs", s.runs) + NumberCell("certain", s.certain) +
         NumberCell("drawn", s.drawn) + NumberCell("broken", s.broken) +
         NumberCell("at most", s.at_most);
  out += fmt::format(
      "<td class=\"bar\"><svg viewBox=\"0 0 1000 10\" "
      "preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect class=\"bound\" width=\"{:.0f}\" height=\"10\"/></svg>"
      "<small>{:.1f} %</small></td></tr>\n",
      std::clamp(permille, 0.0, 1000.0), permille / 10);
  return out;
}

}  // namespace

std::string VerdictClass(std::string_view shown) {
  if (!IsKnownVerdict(shown)) return "v-other";
  std::string out = "v-" + std::string(shown);
  std::replace(out.begin(), out.end(), ' ', '-');
  return out;
}

std::string VerdictsPart(const ReplayData& data) {
  if (data.reports.empty()) return "";
  const std::vector<std::string> verdicts = ShownVerdicts(data);
  std::string out = "<table class=\"verdicts\"><thead><tr>" +
                    HeadCell("", "Workflow type") + HeadCell("bar", "Share");
  for (const std::string& v : verdicts) out += HeadCell("num", v);
  out += HeadCell("num", "all") + "</tr></thead>\n<tbody>\n";
  for (const TypeCounts& row : CountByType(data, verdicts)) {
    out += fmt::format("<tr><th scope=\"row\">{}</th>{}", Escaped(row.type),
                       Bar(row, verdicts));
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      const std::int64_t n = row.by_verdict[i];
      out += fmt::format("<td class=\"num {}{}\"{}{}{}>{}</td>",
                         VerdictClass(verdicts[i]), n == 0 ? " zero" : "",
                         Attribute("data-label", verdicts[i]),
                         Attribute("data-verdict", verdicts[i]),
                         Attribute("data-type", row.type), n);
    }
    out += NumberCell("all", row.all) + "</tr>\n";
  }
  return Section("verdicts", "Verdicts by workflow type",
                 out + "</tbody></table>\n");
}

std::string CoveragePart(const ReplayData& data) {
  if (data.coverage.empty()) return "";
  std::int64_t greatest = 0;
  std::int64_t unproven = 0;
  for (const CoverageData& c : data.coverage) {
    for (const BranchData& b : c.branches) {
      greatest = std::max(greatest, b.took);
      unproven += IsUnproven(b) ? 1 : 0;
    }
  }
  std::string body = "<p>How many histories took each branch of a change. ";
  body +=
      unproven == 0
          ? "Every branch that the code still has was taken by one.</p>\n"
          : fmt::format(
                "<strong>{} that the code still has {} taken by "
                "none</strong>: nothing is proven about {}.</p>\n",
                unproven == 1 ? "1 branch"
                              : fmt::format("{} branches", unproven),
                unproven == 1 ? "was" : "were", unproven == 1 ? "it" : "them");
  body += HeatMap(data, false, greatest) + HeatMap(data, true, greatest);
  body += "<p class=\"legend\" aria-hidden=\"true\"><span>fewer</span>";
  for (int i = 1; i <= 5; ++i)
    body += fmt::format("<i class=\"heat{}\"></i>", i);
  body += "<span>more histories</span></p>\n";
  return Section("coverage", "Branches", body);
}

std::string ProofPart(const ReplayData& data) {
  if (data.sentence.empty() && data.strata.empty()) return "";
  std::string body;
  if (!data.sentence.empty()) {
    body +=
        fmt::format("<p class=\"sentence\">{}</p>\n", Escaped(data.sentence));
  }
  if (!data.strata.empty()) {
    std::string table =
        "<table class=\"strata\"><thead><tr>" + HeadCell("", "Stratum");
    for (const std::string_view name :
         {"runs", "certain", "drawn", "broken", "at most"}) {
      table += HeadCell("num", name);
    }
    table +=
        HeadCell("bar", "at most, of all runs") + "</tr></thead>\n<tbody>\n";
    for (const StratumData& s : data.strata) table += StratumRow(s);
    body += table + "</tbody></table>\n" +
            "<p class=\"note\">Certain: taken whatever the draw said (the "
            "oldest, the newest, the longest), and judged one by one. At most: "
            "the bound on broken runs that the drawn ones leave.</p>\n";
  }
  return Section("proof", "What the sample proves", body);
}

}  // namespace cohort::formats
