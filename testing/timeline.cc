#include "cohort/testing/timeline.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cohort/base/printable.h"
#include "cohort/corpus/alignment.h"
#include "cohort/corpus/event_words.h"
#include "cohort/engine/kinds.h"
#include "cohort/engine/match_table.h"
#include "cohort/history/event_table.h"
#include "cohort/history/turn.h"
#include "fmt/core.h"

namespace cohort {
namespace {

bool IsNoticed(const Event& event) {
  const Role role = RoleOf(event.type);
  return role != Role::kTaskEdge && role != Role::kIgnorable;
}

// With the fields that were compared; where there are none, with what the event
// is about.
std::string AgreedWords(const Event& event, EventWords& words) {
  std::string text = Describe(EventFacts(event));
  if (text.ends_with(')')) return text;
  const std::string about = words.Of(event);
  const std::size_t bracket = about.find('(');
  return bracket == about.npos ? text : text + about.substr(bracket);
}

TimelineRow AgreedRow(const Event& event, bool output, EventWords& words) {
  TimelineRow row{.event_id = event.id, .output = output};
  row.history = row.code = AgreedWords(event, words);
  return row;
}

// What records the command, in the words of an event: equal to those of the
// event that matches it.
std::string RecordedWords(std::string_view command) {
  const std::size_t fields = std::min(command.find('('), command.size());
  for (const KindRow& row : kKinds) {
    if (NameOf(row.kind) != command.substr(0, fields)) continue;
    return fmt::format("{}{}", RowOf(row.recorded_by).camel(),
                       command.substr(fields));
  }
  return std::string(command);
}

// Ids that SDKs count up: one command more moves all behind it.
std::string WithoutCountedIds(std::string words) {
  for (const std::string_view field : {"activity_id=\"", "timer_id=\""}) {
    const std::size_t begin = words.find(field);
    if (begin == words.npos) continue;
    const std::size_t end = words.find('"', begin + field.size());
    if (end != words.npos) words.erase(begin, end + 1 - begin);
  }
  return words;
}

class DivergentTurn {
 public:
  DivergentTurn(const Turn& turn, const Divergence& divergence,
                std::span<const std::string> left, EventWords& words)
      : turn_(turn), divergence_(divergence), left_(left), words_(words) {}

  TimelineTurn Take() {
    TimelineTurn out{.turn = turn_.number, .same = false};
    for (const Event& event : turn_.inbound) {
      if (IsNoticed(event)) out.rows.push_back(AgreedRow(event, false, words_));
    }
    std::vector<const Event*> unmatched;
    for (const Event& event : turn_.outputs) {
      const bool before =
          divergence_.event_id == 0 || event.id < divergence_.event_id;
      if (before) {
        out.rows.push_back(AgreedRow(event, true, words_));
      } else {
        unmatched.push_back(&event);
      }
    }
    Align(unmatched, out);
    return out;
  }

 private:
  void Align(const std::vector<const Event*>& events, TimelineTurn& out) {
    std::vector<std::string> of_history;
    for (const Event* event : events) {
      of_history.push_back(WithoutCountedIds(Describe(EventFacts(*event))));
    }
    std::vector<std::string> of_code;
    for (const std::string& command : left_) {
      of_code.push_back(WithoutCountedIds(RecordedWords(command)));
    }
    // The first pair is the divergence, however alike its words are.
    std::size_t first_event = 0;
    std::size_t first_command = 0;
    if (divergence_.event_id != 0 && !events.empty()) {
      out.rows.push_back({.event_id = divergence_.event_id,
                          .output = true,
                          .same = false,
                          .history = divergence_.history});
      first_event = 1;
    }
    if (!divergence_.code.empty()) {
      if (first_event == 0) {
        out.rows.push_back({.output = true, .same = false});
      }
      out.rows.back().code = divergence_.code;
      out.rows.back().site = SitePath(divergence_.site);
      first_command = of_code.empty() ? 0 : 1;
    }
    const std::span a = std::span(of_history).subspan(first_event);
    const std::span b = std::span(of_code).subspan(first_command);
    for (const AlignedPart& part : cohort::Align(a, b)) {
      for (std::size_t i = 0; i < part.count; ++i) {
        TimelineRow row{.output = true, .same = part.side == Side::kBoth};
        if (part.side != Side::kB) {
          const Event& event = *events[first_event + part.a + i];
          row.event_id = event.id;
          row.history = Describe(EventFacts(event));
        }
        if (part.side != Side::kA) {
          row.code = left_[first_command + part.b + i];
        }
        out.rows.push_back(std::move(row));
      }
    }
  }

  const Turn& turn_;
  const Divergence& divergence_;
  std::span<const std::string> left_;
  EventWords& words_;
};

TimelineTurn AgreedTurn(const Turn& turn, EventWords& words) {
  TimelineTurn out{.turn = turn.number};
  for (const Event& event : turn.inbound) {
    if (IsNoticed(event)) out.rows.push_back(AgreedRow(event, false, words));
  }
  for (const Event& event : turn.outputs) {
    out.rows.push_back(AgreedRow(event, true, words));
  }
  return out;
}

// "use-ChargeV2": of the first quoted field.
std::string ChangeIdFor(std::string_view verb, std::string_view words) {
  const std::size_t begin = words.find('"');
  const std::size_t end =
      begin == words.npos ? begin : words.find('"', begin + 1);
  const std::string_view name = end == words.npos
                                    ? words.substr(0, words.find('('))
                                    : words.substr(begin + 1, end - begin - 1);
  return fmt::format("{}-{}", verb, name);
}

}  // namespace

std::vector<TimelineTurn> TimelineOf(const History& history,
                                     const Profile& profile,
                                     const Divergence& divergence,
                                     std::span<const std::string> left) {
  std::vector<TimelineTurn> turns;
  EventWords words(history.events());
  TurnReader reader(profile.empty_tasks);
  if (!reader.Add(history.events(), PageEnd::kLast).ok()) return turns;
  while (true) {
    const auto turn = reader.Next();
    if (!turn.ok() || !turn->has_value()) return {};
    if ((*turn)->number < divergence.turn) {
      if ((*turn)->number + static_cast<std::int64_t>(kTurnsShownBefore) >=
          divergence.turn) {
        turns.push_back(AgreedTurn(**turn, words));
      }
      continue;
    }
    turns.push_back(DivergentTurn(**turn, divergence, left, words).Take());
    return turns;
  }
}

std::string TimelineText(std::span<const TimelineTurn> turns) {
  std::string text;
  for (const TimelineTurn& turn : turns) {
    if (turn.same) continue;
    if (turn.turn == 2) text += "  turn 1 agrees\n";
    if (turn.turn > 2) {
      text += fmt::format("  turns 1 to {} agree\n", turn.turn - 1);
    }
    text += fmt::format("  turn {}: history (-) and code (+)", turn.turn);
    const auto add = [&](char mark, const TimelineRow& row,
                         const std::string& words, const std::string& site) {
      text += fmt::format(
          "\n  {} {:>5}  {}  {}{}", mark,
          row.event_id == 0 || mark == '+' ? "" : std::to_string(row.event_id),
          row.output ? "out" : "in ", Printable(words),
          site.empty() ? "" : " at " + Printable(site));
    };
    for (const TimelineRow& row : turn.rows) {
      if (row.same) {
        add(' ', row, row.history, "");
        continue;
      }
      if (!row.history.empty()) add('-', row, row.history, "");
      if (!row.code.empty()) add('+', row, row.code, row.site);
    }
  }
  return text;
}

nlohmann::ordered_json TimelineJson(std::span<const TimelineTurn> turns) {
  auto all = nlohmann::ordered_json::array();
  for (const TimelineTurn& turn : turns) {
    auto rows = nlohmann::ordered_json::array();
    for (const TimelineRow& row : turn.rows) {
      rows.push_back({{"event_id", row.event_id},
                      {"output", row.output},
                      {"history", row.history},
                      {"code", row.code},
                      {"site", row.site},
                      {"same", row.same}});
    }
    all.push_back(
        {{"turn", turn.turn}, {"same", turn.same}, {"rows", std::move(rows)}});
  }
  return all;
}

std::string ProposedGuard(const Divergence& d,
                          std::span<const AskedVersion> asked) {
  std::string id;
  switch (d.cause) {
    case DivergenceCause::kKind:
    case DivergenceCause::kFields:
    case DivergenceCause::kExtraCommand:
      id = ChangeIdFor("use", d.code);
      break;
    case DivergenceCause::kMissingCommand:
      id = ChangeIdFor("without", d.history);
      break;
    case DivergenceCause::kUnmatchedMarker:
    case DivergenceCause::kLateMarker:
    case DivergenceCause::kRepeatedMarker:
    case DivergenceCause::kMissingMarker:
      return "";
  }
  const bool patches = std::any_of(
      asked.begin(), asked.end(),
      [](const AskedVersion& call) { return call.family == Family::kPatch; });
  const std::string condition =
      patches ? fmt::format("cohort::Patched(ctx, \"{}\")", id)
              : fmt::format(
                    "cohort::GetVersion(ctx, \"{}\", "
                    "cohort::kDefaultVersion, 1) == 1",
                    id);
  const std::string site = SiteText(d.site);
  return fmt::format(
      "if ({}) {{\n  // new runs{}: {}\n}} else {{\n  // runs of before: {}\n"
      "}}",
      condition, site.empty() ? "" : ", as at " + site,
      d.code.empty() ? "nothing" : d.code,
      d.history.empty() ? "nothing" : d.history);
}

std::string SitePath(const std::source_location& site) {
  if (site.line() == 0) return "";
  return fmt::format("{}:{}", site.file_name(), site.line());
}

}  // namespace cohort
