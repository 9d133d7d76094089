#include "cohort/testing/retire_command.h"

#include <cstdint>
#include <map>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/corpus/retire_report.h"
#include "cohort/testing/corpus_replay.h"
#include "cohort/testing/replayer.h"

namespace cohort {
namespace {

// Replays the runs that only the code can tell about, each once.
class CodeResolver {
 public:
  using Items = std::map<std::string, CorpusItem, std::less<>>;

  CodeResolver(const CommandHost& host, const Items& items,
               std::string_view change_id)
      : host_(host),
        items_(items),
        change_id_(change_id),
        knows_change_(IsDeclared()) {}

  Resolution Resolve(const AmbiguousRun& run) {
    const auto known = resolved_.find(run.name);
    if (known != resolved_.end()) return known->second;
    return resolved_[run.name] = Replay(run.name);
  }

  // Does this program ask for the change at all? Else a replay that does not
  // come to the call means nothing.
  bool knows_change() const { return knows_change_; }
  // Of the runs that were replayed, those that settled nothing, and why.
  const std::vector<std::string>& unsettled() const { return unsettled_; }

 private:
  bool IsDeclared() const {
    for (const auto& [name, workflow] : host_.registry.workflows()) {
      for (const Change& change : workflow.changes) {
        if (change.id == change_id_) return true;
      }
    }
    return false;
  }

  Resolution Replay(const std::string& name) {
    const auto item = items_.find(name);
    if (item == items_.end()) return Resolution::kUnknown;  // a listing's row
    const auto history = host_.Read(item->second);
    if (!history.ok()) return Resolution::kUnknown;  // was said already
    const ReplayReport report = Replayer(host_.registry).Replay(*history);
    if (report.verdict != Verdict::kClean) {
      unsettled_.push_back(report.ToString());
      return Resolution::kUnknown;
    }
    for (const AskedVersion& call : report.versions) {
      if (call.change_id != change_id_) continue;
      knows_change_ = true;
      if (call.version == kDefaultVersion) return Resolution::kPassedByDefault;
    }
    // It has yet to come to the call, or was never answered by default.
    return Resolution::kNotYet;
  }

  const CommandHost& host_;
  const Items& items_;
  std::string_view change_id_;
  bool knows_change_;
  std::map<std::string, Resolution, std::less<>> resolved_;
  std::vector<std::string> unsettled_;
};

// Reads all histories of the paths into a fleet.
class FleetReader {
 public:
  explicit FleetReader(const CommandHost& host)
      : host_(host), fleet_([this](const std::string& name) {
          return host_.Read(items_.at(name));
        }) {}

  void Read(const std::vector<std::string>& paths) {
    std::vector<CaseResult> unlisted;
    for (const CorpusItem& item : GatherItems(paths, host_.sources, unlisted)) {
      const absl::Status added = Add(item);
      if (!added.ok()) Complain(ToStd(added.message()));
    }
    for (const CaseResult& result : unlisted) Complain(result.text);
    for (const std::string& note : fleet_.notes())
      host_.err << PrintableLines(note) << "\n";
  }

  void Complain(std::string_view what) {
    host_.err << PrintableLines(what) << "\n";
    ++unreadable_;
  }

  const Fleet& fleet() const { return fleet_; }
  const CodeResolver::Items& items() const { return items_; }
  std::int64_t unreadable() const { return unreadable_; }

 private:
  absl::Status Add(const CorpusItem& item) {
    items_.emplace(item.name, item);
    COHORT_ASSIGN_OR_RETURN(const History history, host_.Read(item));
    COHORT_ASSIGN_OR_RETURN(const Snapshot snapshot,
                            SnapshotOf(history, item.name));
    fleet_.Add(snapshot, history);
    return absl::OkStatus();
  }

  const CommandHost& host_;
  CodeResolver::Items items_;
  Fleet fleet_;
  std::int64_t unreadable_ = 0;
};

}  // namespace

int RetireCommand(const CommandHost& host, const RetireArgs& args,
                  const std::string& json) {
  auto options = OptionsOf(args);
  if (!options.ok()) {
    host.err << ToStd(options.status().message()) << "\n";
    return 2;
  }
  FleetReader reader(host);
  reader.Read(args.paths);
  const std::vector<RunListing> listing = ReadListings(
      args,
      [&](const absl::Status& why) { reader.Complain(ToStd(why.message())); });
  const RetireInput input = {.fleet = reader.fleet(),
                             .listing = listing,
                             .unreadable = reader.unreadable()};
  CodeResolver resolver(host, reader.items(), args.change_id);
  options->resolve = [&](const AmbiguousRun& run) {
    return resolver.Resolve(run);
  };
  RetireReport report = JudgeRetirement(input, args.change_id, *options);
  for (const std::string& why : resolver.unsettled()) {
    host.err << "settles nothing: " << PrintableLines(why) << "\n";
  }
  if (!resolver.knows_change()) {
    host.err << fmt::format(
        "no workflow of this program declares the change \"{}\", and no replay "
        "asked for it: nothing is settled by replay; declare it where the "
        "workflow is registered\n",
        args.change_id);
    options->resolve = nullptr;
    report = JudgeRetirement(input, args.change_id, *options);
  }
  int code = RetireExit(report.verdict);
  if (json.empty()) {
    host.out << RetireText(report, *options, Paint::kPlain);
  } else {
    code = WinningExitCode(code,
                           host.WriteJson(json, RetireJson(report, *options)));
  }
  return code;
}

}  // namespace cohort
