#include "cohort/testing/conformance/conformance.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/profile.h"
#include "cohort/examples/loop.h"
#include "cohort/testing/conformance/made_programs.h"
#include "cohort/testing/replayer.h"
#include "fmt/core.h"

namespace cohort_testing {
namespace {

using cohort::EventType;
using cohort::History;
using cohort::Registry;
using cohort::ReplayReport;
using cohort_examples::OrderStyle;

constexpr std::size_t kGoEventsMin = 3;

bool IsShort(const History& history) {
  return history.events().size() < kGoEventsMin;
}

bool IsTerminated(const History& history) {
  return history.events().back().type ==
         EventType::kWorkflowExecutionTerminated;
}

constexpr std::array<std::pair<std::string_view, ProgramFamily>, 5> kFamilies =
    {{
        {"Order", ProgramFamily::kOrder},
        {"Loop", ProgramFamily::kLoop},
        {"Fanout", ProgramFamily::kFanout},
        {"made", ProgramFamily::kMade},
        {"prefixes", ProgramFamily::kPrefixes},
    }};

std::string FileOf(const std::string& folder, const std::string& name) {
  namespace fs = std::filesystem;
  const fs::path root(folder);
  const fs::path base = fs::path(name).filename();
  for (const fs::path& path : {root / name, root / (name + ".json"),
                               root / base, root / (base.string() + ".json")}) {
    if (fs::is_regular_file(path)) return path.string();
  }
  return (root / name).string();
}

// Judges pairs, and keeps what several of them need: the programs, and the
// last history and prefix.
class Judge {
 public:
  Judge(const Sdk& sdk, ProgramFamily family, std::string folder,
        const JudgeOptions& options)
      : sdk_(sdk), family_(family), folder_(std::move(folder)) {
    options_.profile = options.profile != nullptr
                           ? options.profile
                           : cohort::FindProfile(sdk.name);
    options_.strictness = options.strictness;
  }

  absl::StatusOr<Judged> Of(const Pair& pair) {
    COHORT_RETURN_IF_ERROR(Read(pair));
    const auto [program, is_new] = programs_.try_emplace(pair.generation);
    if (is_new) program->second = ProgramOf(sdk_, family_, pair.generation);
    if (program->second.workflows().empty()) {
      return cohort::InvalidArgument("{}: no such generation", pair.generation);
    }
    const ReplayReport report =
        cohort::Replayer(program->second, options_).Replay(history_);
    return Compare(pair, report);
  }

 private:
  absl::Status Read(const Pair& pair) {
    if (pair.history != whole_name_) {
      COHORT_ASSIGN_OR_RETURN(whole_,
                              History::FromFile(FileOf(folder_, pair.history)));
      whole_name_ = pair.history;
      prefix_.reset();
      history_ = whole_;
    }
    if (pair.events == prefix_) return absl::OkStatus();
    prefix_ = pair.events;
    history_ = whole_;
    if (prefix_) {
      COHORT_ASSIGN_OR_RETURN(history_, PrefixOf(whole_, *prefix_));
    }
    return absl::OkStatus();
  }

  Judged Compare(const Pair& pair, const ReplayReport& report) const {
    Judged judged{pair, report.verdict, Agreement::kAgree, "", ""};
    const bool ours = report.verdict == cohort::Verdict::kClean;
    const bool theirs = pair.official == Official::kOk;
    if (!ours) judged.finding = report.ToString();
    if (ours == theirs) return judged;
    if (theirs) {
      judged.agreement = Agreement::kStricter;
      judged.rule = report.rule;
      return judged;
    }
    judged.agreement = Agreement::kLooser;
    for (const Quirk& quirk : kQuirks) {
      if (pair.official == Official::kOtherError && quirk.sdk == sdk_.name &&
          quirk.cannot_judge(history_)) {
        judged.agreement = Agreement::kQuirk;
        judged.rule = quirk.name;
      }
    }
    return judged;
  }

  const Sdk& sdk_;
  ProgramFamily family_;
  std::string folder_;
  cohort::ReplayOptions options_;
  std::map<std::string, Registry> programs_;
  std::string whole_name_;
  History whole_;
  std::optional<std::size_t> prefix_;
  History history_;  // of the pair at hand
};

}  // namespace

const std::array<Quirk, 2> kQuirks = {{
    {"go-min-3-events", "go", IsShort},
    {"java-terminated", "java", IsTerminated},
}};

const Sdk* FindSdk(std::string_view name) {
  for (const Sdk& sdk : kSdks) {
    if (sdk.name == name) return &sdk;
  }
  return nullptr;
}

std::optional<ProgramFamily> FindFamily(std::string_view name) {
  for (const auto& [known, family] : kFamilies) {
    if (known == name) return family;
  }
  return std::nullopt;
}

Registry ProgramOf(const Sdk& sdk, ProgramFamily family,
                   std::string_view generation) {
  if (family == ProgramFamily::kLoop || family == ProgramFamily::kFanout) {
    return cohort_examples::LoopRegistry(sdk.style == OrderStyle::kPython
                                             ? cohort::Family::kPatch
                                             : cohort::Family::kVersion);
  }
  if (family == ProgramFamily::kMade) {
    Registry made = MadeRegistry(sdk.style, generation);
    if (!made.workflows().empty()) return made;
  }
  return cohort_examples::OrderRegistry(sdk.style, generation);
}

std::string_view NameOf(Agreement agreement) {
  switch (agreement) {
    case Agreement::kAgree:
      return "agree";
    case Agreement::kStricter:
      return "stricter";
    case Agreement::kLooser:
      return "looser";
    case Agreement::kQuirk:
      return "quirk";
  }
  return "";
}

absl::StatusOr<std::vector<Judged>> JudgePairs(const Sdk& sdk,
                                               ProgramFamily family,
                                               const std::string& folder,
                                               std::span<const Pair> pairs,
                                               const JudgeOptions& options) {
  // One history, and one prefix of it, after the other: each is read once.
  std::vector<std::size_t> order(pairs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) {
                     return std::tie(pairs[a].history, pairs[a].events) <
                            std::tie(pairs[b].history, pairs[b].events);
                   });
  std::vector<Judged> judged(pairs.size());
  Judge judge(sdk, family, folder, options);
  for (const std::size_t i : order) {
    COHORT_ASSIGN_OR_RETURN(judged[i], judge.Of(pairs[i]));
  }
  return judged;
}

Counts Count(std::span<const Judged> judged) {
  Counts counts;
  for (const Judged& j : judged) {
    ++counts.pairs;
    counts.agree += j.agreement == Agreement::kAgree;
    counts.stricter += j.agreement == Agreement::kStricter;
    counts.looser += j.agreement == Agreement::kLooser;
    counts.quirk += j.agreement == Agreement::kQuirk;
    counts.unnamed +=
        j.agreement == Agreement::kStricter && !cohort::FindStrictRule(j.rule);
  }
  return counts;
}

std::string Summary(const Counts& c) {
  return fmt::format("{} pairs, {} agree, {} stricter, {} looser, {} quirk",
                     c.pairs, c.agree, c.stricter, c.looser, c.quirk);
}

std::string ToTsv(std::span<const Judged> judged) {
  std::string out = "history\tgeneration\tofficial\tours\tclass\trule\n";
  for (const Judged& j : judged) {
    const std::string prefix =
        j.pair.events ? fmt::format("@{}", *j.pair.events) : "";
    out += fmt::format("{}{}\t{}\t{}\t{}\t{}\t{}\n", j.pair.history, prefix,
                       j.pair.generation, NameOf(j.pair.official),
                       NameOf(j.ours), NameOf(j.agreement), j.rule);
  }
  return out;
}

absl::StatusOr<History> PrefixOf(const History& history, std::size_t events) {
  if (events > history.events().size()) {
    return cohort::InvalidArgument("{}: it has no {} events", history.source(),
                                   events);
  }
  std::string text = "{\"events\":[";
  for (const cohort::Event& event : history.events().first(events)) {
    if (text.back() != '[') text += ',';
    text += event.json;
  }
  return History::FromJson(text + "]}");
}

}  // namespace cohort_testing
