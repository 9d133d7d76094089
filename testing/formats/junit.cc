#include "cohort/testing/formats/junit.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "cohort/testing/formats/markup.h"
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

struct Suite {
  std::string name;
  std::vector<const HistoryReport*> cases;
};

std::vector<Suite> SuitesOf(const ReplayData& data) {
  std::vector<Suite> suites;
  for (const std::string& type : formats::ShownTypes(data)) {
    suites.push_back({type, {}});
  }
  for (const HistoryReport& r : data.reports) {
    const auto suite = std::find_if(
        suites.begin(), suites.end(),
        [&](const Suite& s) { return s.name == formats::ShownType(r); });
    suite->cases.push_back(&r);
  }
  return suites;
}

// ` tests="3" failures="1" ...`
std::string Counts(const std::vector<const HistoryReport*>& cases) {
  constexpr std::string_view kElements[] = {"failure", "error", "skipped"};
  constexpr std::string_view kCounters[] = {"failures", "errors", "skipped"};
  std::string out = fmt::format(" tests=\"{}\"", cases.size());
  for (std::size_t i = 0; i < std::size(kElements); ++i) {
    const auto n =
        std::count_if(cases.begin(), cases.end(), [&](const auto* r) {
          return formats::RowOf(formats::OutcomeOf(*r)).junit == kElements[i];
        });
    out += fmt::format(" {}=\"{}\"", kCounters[i], n);
  }
  return out;
}

// What stands inside of a test case; "" for nothing.
std::string Body(const HistoryReport& r) {
  const Outcome outcome = formats::OutcomeOf(r);
  const std::string_view element = formats::RowOf(outcome).junit;
  const std::string explanation = formats::ExplanationOf(r);
  if (element.empty()) {
    return explanation.empty()
               ? ""
               : fmt::format("      <system-out>{}</system-out>\n",
                             Escaped(explanation));
  }
  std::string message = formats::CauseOf(r);
  if (outcome == Outcome::kAllowed) message = "allowed: " + r.allowed;
  if (message.empty()) message = formats::ShownVerdict(r);
  std::string attributes = Attribute("message", message);
  // Readers know no type on <skipped>.
  if (element != "skipped")
    attributes += Attribute("type", formats::ShownVerdict(r));
  return fmt::format("      <{}{}>{}</{}>\n", element, attributes,
                     Escaped(explanation), element);
}

std::string Case(const Suite& suite, const HistoryReport& r, bool ambiguous) {
  std::string name = r.source;
  if (ambiguous && !r.run_id.empty()) name += fmt::format(" ({})", r.run_id);
  const std::string head =
      fmt::format("    <testcase{}{}{}", Attribute("classname", suite.name),
                  Attribute("name", name), Attribute("file", r.source));
  const std::string body = Body(r);
  return body.empty() ? head + "/>\n"
                      : fmt::format("{}>\n{}    </testcase>\n", head, body);
}

std::string Print(const Suite& suite, const ReplayData& data) {
  std::string out = fmt::format(
      "  <testsuite{}{}", Attribute("name", suite.name), Counts(suite.cases));
  if (!data.when.empty()) out += Attribute("timestamp", data.when);
  out += ">\n";
  // A store of histories is one source of many runs.
  std::map<std::string_view, int> times;
  for (const HistoryReport* r : suite.cases) ++times[r->source];
  for (const HistoryReport* r : suite.cases) {
    out += Case(suite, *r, times[r->source] > 1);
  }
  return out + "  </testsuite>\n";
}

}  // namespace

std::string ToJunit(const nlohmann::ordered_json& replay) {
  const ReplayData data = formats::ReadReplayData(replay);
  std::vector<const HistoryReport*> all;
  for (const HistoryReport& r : data.reports) all.push_back(&r);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites{}{}>\n",
      Attribute("name", data.program), Counts(all));
  for (const Suite& suite : SuitesOf(data)) out += Print(suite, data);
  return out + "</testsuites>\n";
}

}  // namespace cohort
