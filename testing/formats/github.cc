#include "cohort/testing/formats/github.h"

#include "cohort/testing/formats/places.h"
#include "cohort/testing/formats/replay_data.h"
#include "cohort/testing/formats/words.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using formats::HistoryReport;
using formats::Outcome;
using formats::Place;
using formats::ReplayData;

// What a workflow command would read as its own: `more` lists the characters
// that end a property.
std::string CommandText(std::string_view text, std::string_view more) {
  constexpr std::string_view kAlways = "%\r\n";
  std::string out;
  for (const char c : text) {
    if (kAlways.find(c) == kAlways.npos && more.find(c) == more.npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string Property(std::string_view text) { return CommandText(text, ":,"); }

std::string TitleOf(const Place& place, const HistoryReport& first) {
  const std::size_t n = place.reports.size();
  return fmt::format("{}: {}{}", formats::ShownType(first),
                     formats::ShownVerdict(first),
                     n == 1 ? "" : fmt::format(", {} histories", n));
}

std::string MessageOf(const Place& place, const HistoryReport& first) {
  const std::size_t others = place.reports.size() - 1;
  std::string out = first.source;
  if (others > 0) {
    out += fmt::format(" (and {} {} here)", others,
                       others == 1 ? "other" : "others");
  }
  const std::string explanation = formats::ExplanationOf(first);
  return explanation.empty() ? out : out + "\n" + explanation;
}

}  // namespace

std::string ToGithub(const nlohmann::ordered_json& replay) {
  const ReplayData data = formats::ReadReplayData(replay);
  std::string out;
  for (const Place& place : formats::PlacesOf(data)) {
    const HistoryReport& first = *place.reports.front();
    std::string line;
    if (place.site.line > 0) line = fmt::format(",line={}", place.site.line);
    out += fmt::format("::{} file={}{},title={}::{}\n",
                       RowOf(place.outcome).github, Property(place.site.file),
                       line, Property(TitleOf(place, first)),
                       CommandText(MessageOf(place, first), ""));
  }
  return out;
}

}  // namespace cohort
