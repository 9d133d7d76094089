#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "cohort/testing/formats/github.h"
#include "cohort/testing/formats/markup.h"
#include "cohort/testing/formats/places.h"
#include "cohort/testing/formats/replay_data.h"
#include "cohort/testing/formats/words.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using formats::CoverageData;
using formats::Escaped;
using formats::HistoryReport;
using formats::Outcome;
using formats::Place;
using formats::ReplayData;

// Text that is nothing but text, in a cell or a paragraph.
std::string Plain(std::string_view text) {
  constexpr std::string_view kMarks = "\\`*_{}[]()#+-.!|~@:";
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '\n' || c == '\t') {
      out += ' ';
    } else {
      if (kMarks.find(c) != kMarks.npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::size_t LongestRun(std::string_view text, char c) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char t : text) {
    run = t == c ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// A block that nothing in the text can end.
std::string Fenced(std::string text) {
  if (text.size() > kExplanationBytes) {
    std::size_t end = kExplanationBytes;
    // Not within a character of several bytes.
    while (end > 0 &&
           (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) {
      --end;
    }
    text = text.substr(0, end) + "\n...";
  }
  const std::string fence(std::max<std::size_t>(3, LongestRun(text, '`') + 1),
                          '`');
  return fmt::format("{}text\n{}\n{}\n", fence, text, fence);
}

std::string Row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += fmt::format(" {} |", cell);
  return out + "\n";
}

// `left` columns of text, the rest numbers.
std::string Head(const std::vector<std::string>& cells, std::size_t left) {
  std::string rule = "|";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    rule += i < left ? " --- |" : " ---: |";
  }
  return Row(cells) + rule + "\n";
}

std::string Verdicts(const ReplayData& data) {
  const std::vector<std::string> verdicts = formats::ShownVerdicts(data);
  std::vector<std::string> head = {"Workflow type", "histories"};
  for (const std::string& v : verdicts) head.push_back(Plain(v));
  std::string out = Head(head, 1);
  for (const std::string& type : formats::ShownTypes(data)) {
    const auto count = [&](const std::string* verdict) {
      return std::count_if(
          data.reports.begin(), data.reports.end(),
          [&](const HistoryReport& r) {
            return formats::ShownType(r) == type &&
                   (verdict == nullptr || formats::ShownVerdict(r) == *verdict);
          });
    };
    std::vector<std::string> cells = {Plain(type),
                                      fmt::format("{}", count(nullptr))};
    for (const std::string& v : verdicts) {
      cells.push_back(fmt::format("{}", count(&v)));
    }
    out += Row(cells);
  }
  return out;
}

std::string Explained(const Place& place) {
  const HistoryReport& first = *place.reports.front();
  const std::size_t n = place.reports.size();
  return fmt::format(
      "<details><summary>{}, {}, at "
      "{}{}</summary>\n\n{}:\n\n{}\n</details>\n\n",
      // No Markdown between the tags.
      Escaped(formats::ShownType(first)), Escaped(formats::ShownVerdict(first)),
      Escaped(formats::TextOf(place.site)),
      n == 1 ? "" : fmt::format(": {} histories", n), Plain(first.source),
      Fenced(formats::ExplanationOf(first)));
}

std::string Places(const ReplayData& data) {
  const std::vector<Place> places = formats::PlacesOf(data);
  if (places.empty()) return "";
  std::string out = "\n### What is not clean\n\n";
  const std::size_t shown = std::min(places.size(), kExplained);
  for (std::size_t i = 0; i < shown; ++i) out += Explained(places[i]);
  if (shown < places.size()) {
    out += fmt::format("{} more places are in the other reports.\n",
                       places.size() - shown);
  }
  return out;
}

std::string BranchesOf(const CoverageData& change) {
  std::string out;
  for (const formats::BranchData& b : change.branches) {
    const bool unproven = formats::IsUnproven(b);
    out += fmt::format("{}{}{}: {}{}", out.empty() ? "" : "; ",
                       unproven ? "**" : "",
                       formats::BranchName(change, b.version), b.took,
                       unproven ? ", no history**" : "");
  }
  return out;
}

std::string Coverage(const ReplayData& data) {
  if (data.coverage.empty()) return "";
  std::string out = "\n### Branches and the histories that took them\n\n" +
                    Head({"Workflow type", "change", "branches",
                          "end before it", "never reach it"},
                         3);
  for (const CoverageData& c : data.coverage) {
    out += Row({Plain(c.workflow_type), Plain(c.change_id), BranchesOf(c),
                fmt::format("{}", c.not_yet), fmt::format("{}", c.never)});
  }
  return out;
}

std::string Proof(const ReplayData& data) {
  if (data.sentence.empty() && data.strata.empty()) return "";
  std::string out = "\n### What the sample proves\n\n";
  if (!data.sentence.empty()) out += Plain(data.sentence) + "\n\n";
  if (data.strata.empty()) return out;
  out += Head({"Stratum", "runs", "certain", "drawn", "broken", "at most"}, 1);
  for (const formats::StratumData& s : data.strata) {
    std::vector<std::string> cells = {Plain(s.name)};
    for (const std::int64_t n :
         {s.runs, s.certain, s.drawn, s.broken, s.at_most}) {
      cells.push_back(fmt::format("{}", n));
    }
    out += Row(cells);
  }
  return out;
}

}  // namespace

std::string ToGithubSummary(const nlohmann::ordered_json& replay) {
  const ReplayData data = formats::ReadReplayData(replay);
  std::string out = fmt::format("## {}: {}\n\n", Plain(data.program),
                                formats::Headline(data));
  if (!data.reports.empty()) out += Verdicts(data);
  return out + Places(data) + Coverage(data) + Proof(data);
}

}  // namespace cohort
