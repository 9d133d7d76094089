// Made-up fleets with all that keeps people from knowing: the verdict is held
// against what each run really did.
#include <array>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "cohort/corpus/retire.h"
#include "cohort/testing/history_builder.h"
#include "fmt/core.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

constexpr int kFleets = 2000;
constexpr const char* kChange = "split";
const absl::Time kBegin = absl::FromUnixSeconds(1'750'000'000);
constexpr int kNow = 1000;  // hours behind kBegin

absl::Time At(int hour) { return kBegin + absl::Hours(hour); }

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  // In [low, high].
  int In(int low, int high) {
    const auto width = static_cast<std::uint64_t>(high - low + 1);
    return low + static_cast<int>(engine_() % width);
  }
  bool Percent(int percent) { return In(1, 100) <= percent; }

 private:
  std::mt19937_64 engine_;
};

struct Writer {
  const char* sdk;
  Dialect dialect;
  bool patch;      // Patched, not GetVersion
  bool upserts;    // into the search attribute
  bool forgets;    // a "no", so that a later call answers anew
  bool lists_old;  // what was answered by default, with the next upsert
};

constexpr std::array kWriters = {
    Writer{"temporal-go", Dialect::kGo, false, true, false, true},
    Writer{"temporal-java", Dialect::kJava, false, true, false, false},
    Writer{"temporal-java", Dialect::kJava, false, false, false, false},
    Writer{"temporal-python", Dialect::kCore, true, true, false, false},
    Writer{"temporal-typescript", Dialect::kCore, true, true, true, false},
};

// What the world knows of a run, and nobody else does.
struct Truth {
  std::set<Version> took;  // the default branch is -1
  bool plain_marker = false;
  int closed = kNow + 1;  // open
  bool open() const { return closed > kNow; }
};

// Why the evidence about a run is incomplete, as it was made so.
struct Gap {
  bool no_history = false;  // known from the listing only
  bool stale = false;
  bool torn_marker = false;
  bool unmarked = false;     // no answer, no list, and at least one turn
  bool late_marker = false;  // behind a "no" that may have been forgotten
  bool unresolved = true;    // nobody asks the code about it
};

struct Run {
  std::string id;
  std::string type;
  Truth truth;
  Gap gap;
  std::string json;
  std::int64_t events = 0;
  std::vector<std::string> listed;
};

// One fleet: a change that came with a release, its runs, and what of them is
// left to look at.
class World {
 public:
  explicit World(std::uint64_t seed)
      : dice_(seed),
        writer_(kWriters[static_cast<std::size_t>(dice_.In(0, 4))]),
        introduced_(dice_.In(0, kNow + 50)),
        raised_(introduced_ + dice_.In(20, 600)),
        retention_(dice_.In(24, 600)),
        long_ids_(dice_.Percent(15)),
        asks_{{"Order", true},
              {"Refund", dice_.Percent(40)},
              {"Report", dice_.Percent(20)}} {
    const int count = dice_.In(2, 14);
    for (int i = 0; i < count; ++i) runs_.push_back(MakeRun(i));
    MakeEvidence();
  }

  bool IsKept(const Run& run) const {
    return run.truth.open() || run.truth.closed + retention_ > kNow;
  }
  bool Breaks(const Run& run, const RetireTarget& target) const {
    switch (target.kind) {
      case RetireTarget::Kind::kDefault:
        return run.truth.took.contains(kDefaultVersion);
      case RetireTarget::Kind::kVersion:
        return run.truth.took.contains(target.version);
      case RetireTarget::Kind::kPatchCall:
        return run.truth.plain_marker;
    }
    return false;
  }
  // Does anything break when the target is deleted?
  bool Breaks(const RetireTarget& target) const {
    for (const Run& run : runs_) {
      if (IsKept(run) && Breaks(run, target)) return true;
    }
    return false;
  }

  // Is there a run of which nobody can know whether it breaks?
  bool IsUnknowable(const Run& run, const RetireTarget& target) const {
    const bool of_default = target.kind == RetireTarget::Kind::kDefault;
    if (!with_retention_ && !run.truth.open() && Breaks(run, target)) {
      return true;
    }
    if (run.gap.no_history) {
      if (of_default) {
        return IsAsking(run.type) && run.gap.unresolved;
      }
      return !listing_complete_ || IsListed(run, target);
    }
    if (run.gap.torn_marker || run.gap.stale) return true;
    if (!of_default || !run.gap.unresolved) return false;
    return (run.gap.unmarked && IsAsking(run.type)) || run.gap.late_marker;
  }
  bool IsUnknowable(const RetireTarget& target) const {
    if (unreadable_ > 0 || !HasTrace()) return true;
    for (const Run& run : runs_) {
      if (!IsKept(run) && with_retention_) continue;
      if (IsUnknowable(run, target)) return true;
    }
    return false;
  }

  // One report for each target.
  std::vector<BranchReport> Judge(std::span<const RetireTarget> targets) const {
    Fleet fleet([](const std::string&) { return absl::NotFoundError(""); });
    for (const Run& run : runs_) {
      if (run.gap.no_history || run.json.empty()) continue;
      auto history = History::FromJson(run.json, {}, run.id);
      EXPECT_TRUE(history.ok()) << history.status();
      auto snapshot = SnapshotOf(*history, run.id);
      EXPECT_TRUE(snapshot.ok()) << snapshot.status();
      fleet.Add(*snapshot, *history);
    }
    RetireOptions options{.now = At(kNow) + absl::Minutes(30)};
    if (with_retention_) options.retention = absl::Hours(retention_);
    options.types = types_;
    options.listing_complete = listing_complete_;
    options.resolve = [this](const AmbiguousRun& run) { return Ask(run); };
    std::vector<BranchReport> reports;
    for (const RetireTarget& target : targets) {
      options.target = target;
      reports.push_back(
          JudgeRetirement(
              {.fleet = fleet, .listing = listing_, .unreadable = unreadable_},
              kChange, options)
              .branches.front());
    }
    return reports;
  }

 private:
  // Runs one workflow from its start to its end or to now, turn by turn.
  Run MakeRun(int number) {
    static constexpr std::array kTypes = {"Order", "Order", "Refund", "Report"};
    Run run;
    run.id = fmt::format("run-{}", number);
    run.type = kTypes[static_cast<std::size_t>(dice_.In(0, 3))];
    const int start = dice_.In(0, kNow - 1);
    const int call = dice_.In(0, 4);   // the turn that asks first
    const int again = dice_.In(1, 3);  // it asks every so many turns from then
    const int last = dice_.In(0, 9);   // the turn that ends it
    HistoryBuilder builder(RunStart{.workflow_type = run.type,
                                    .workflow_id = "w-" + run.id,
                                    .run_id = run.id,
                                    .time = At(start)});
    builder.Sdk(writer_.sdk).Markers(writer_.dialect);
    int hour = start;
    bool answered = false;  // in a way that the SDK remembers
    for (int turn = 0; hour <= kNow; ++turn) {
      const bool busy = dice_.Percent(10) && hour + 60 > kNow;
      if (busy) break;  // the worker has not come to it
      builder.At(At(hour)).Turn();
      run.gap.unmarked = true;
      const bool asks = turn >= call && (turn - call) % again == 0;
      if (asks && asks_[run.type] && !answered) {
        answered = Answer(run, builder, turn, hour);
      }
      AddOtherChanges(run, builder);
      if (turn == last) {
        builder.Completed();
        run.truth.closed = hour;
        break;
      }
      builder.Timer().TimerFired();
      hour += dice_.In(1, 90);
    }
    if (HasAnswer(run)) run.gap.unmarked = false;
    run.json = builder.ToJson();
    run.events = builder.last_id();
    return run;
  }

  // The code of that hour answers; whether the SDK remembers it.
  bool Answer(Run& run, HistoryBuilder& builder, int turn, int hour) {
    if (hour < introduced_) {
      // The code does not ask yet: the run is past the call, on the old path.
      run.truth.took.insert(kDefaultVersion);
      return !writer_.forgets;
    }
    const bool passed = run.truth.took.contains(kDefaultVersion);
    if (dice_.Percent(8)) {  // a policy says "not yet"
      run.truth.took.insert(kDefaultVersion);
      if (!writer_.patch) Record(run, builder, kDefaultVersion, false);
      return true;
    }
    const bool raised = hour >= raised_;
    const Version version = writer_.patch || !raised ? 1 : 2;
    run.truth.took.insert(version);
    const bool deprecated = writer_.patch && raised && !passed;
    run.truth.plain_marker = writer_.patch && !deprecated;
    run.gap.late_marker = writer_.forgets && turn > 0;
    Record(run, builder, version, deprecated);
    return true;
  }

  void Record(Run& run, HistoryBuilder& builder, Version version,
              bool deprecated) {
    recorded_.insert(run.id);
    const std::int64_t before = builder.last_id();
    if (writer_.patch) {
      deprecated ? builder.DeprecatedPatch(kChange) : builder.Patch(kChange);
    } else if (writer_.upserts) {
      builder.Version(kChange, version);
    } else {
      builder.VersionAlone(kChange, version);
    }
    if (builder.last_id() - before < 2) return;  // no upsert
    run.listed.push_back(
        writer_.patch ? kChange : fmt::format("{}-{}", kChange, version));
  }

  // Changes of other ids; long ones fill the search attribute.
  void AddOtherChanges(Run& run, HistoryBuilder& builder) {
    if (!dice_.Percent(15) || lists_default_.contains(run.id)) return;
    const std::string id = fmt::format("other-{}{}", builder.last_id(),
                                       std::string(long_ids_ ? 900 : 3, 'x'));
    const std::int64_t before = builder.last_id();
    const bool lists_old = writer_.lists_old && !HasAnswer(run) &&
                           run.truth.took.contains(kDefaultVersion);
    if (writer_.patch) {
      builder.Patch(id);
    } else if (lists_old && !long_ids_ && run.listed.empty()) {
      EventDraft upsert;
      upsert.type = EventType::kUpsertWorkflowSearchAttributes;
      upsert.details[std::string(kChangeVersionAttribute)] = {
          JsonPayload(fmt::format(R"(["{}-1","{}--1"])", id, kChange))};
      builder.VersionAlone(id, 1).Add(upsert);
      run.listed.push_back(fmt::format("{}--1", kChange));
      lists_default_.insert(run.id);
    } else if (writer_.upserts) {
      builder.Version(id, 1);
    } else {
      builder.VersionAlone(id, 1);
    }
    if (builder.last_id() - before < 2) return;  // no upsert
    run.listed.push_back(writer_.patch ? id : fmt::format("{}-1", id));
  }

  // Takes evidence away.
  void MakeEvidence() {
    with_retention_ = dice_.Percent(85);
    const bool with_listing = dice_.Percent(50);
    const bool with_code = dice_.Percent(40);
    // An operator says so only if it is true.
    listing_complete_ = with_listing && writer_.upserts && !long_ids_ &&
                        lists_default_.empty() && dice_.Percent(50);
    for (Run& run : runs_) {
      run.gap.unresolved = !with_code || dice_.Percent(10);
      if (lists_default_.contains(run.id)) run.gap.unmarked = false;
      if (dice_.Percent(2)) {
        run.json.clear();
        ++unreadable_;
      } else if (with_listing && dice_.Percent(30)) {
        run.gap.no_history = true;
        if (dice_.Percent(10)) run.listed.push_back(Inherited());
      } else if (dice_.Percent(2)) {
        Tear(run);
      } else if (with_listing && dice_.Percent(10)) {
        Cut(run);
      }
      if (with_listing) List(run);
    }
    if (dice_.Percent(60)) {
      for (const auto& [type, asks] : asks_) {
        if (asks || dice_.Percent(10)) types_.push_back(type);
      }
    }
  }

  // Left in the search attribute by a run that continued as this one.
  std::string Inherited() const {
    return writer_.patch ? kChange : fmt::format("{}-1", kChange);
  }

  // A marker that cannot be read, wherever there is one.
  void Tear(Run& run) {
    for (const char* key :
         {"\"change-id\"", "\"changeId\"", "\"patch-data\""}) {
      const std::size_t at = run.json.find(key);
      if (at == std::string::npos) continue;
      run.json[at + 2] = '?';
      run.gap.torn_marker = true;
      recorded_.erase(run.id);
      lists_default_.erase(run.id);
      return;
    }
  }

  // An old snapshot: only its first task was scheduled.
  void Cut(Run& run) {
    const std::size_t end = run.json.find("\"eventId\":\"3\"");
    if (end == std::string::npos) return;
    run.json = run.json.substr(0, run.json.rfind(",\n", end)) + "]}";
    run.gap.stale = true;
    recorded_.erase(run.id);
    lists_default_.erase(run.id);
  }

  // Now and then an older listing has the run, too; in any order.
  void List(const Run& run) {
    RunListing row = Listed(run);
    if (!dice_.Percent(15)) return listing_.push_back(std::move(row));
    RunListing older = row;
    older.status = RunStatus::kOpen;
    older.closed = absl::InfiniteFuture();
    older.events = std::min<std::int64_t>(row.events, 2);
    older.change_versions->clear();
    if (dice_.Percent(50)) std::swap(row, older);
    listing_.push_back(std::move(row));
    listing_.push_back(std::move(older));
  }

  RunListing Listed(const Run& run) {
    RunListing row;
    row.name = row.run_id = run.id;
    row.workflow_type = run.type;
    row.started = At(0);
    // Servers say it of closed runs always, of open ones seldom. Where nothing
    // else told that the history is old, nobody could know.
    const bool only_length_tells = run.gap.stale && run.listed.empty();
    if (!run.truth.open() || only_length_tells || dice_.Percent(30)) {
      row.events = run.events;
    }
    if (!run.truth.open()) {
      row.status = RunStatus::kCompleted;
      row.closed = At(run.truth.closed);
    }
    row.change_versions = run.listed;
    return row;
  }

  bool HasAnswer(const Run& run) const { return recorded_.contains(run.id); }
  bool IsAsking(const std::string& type) const {
    if (types_.empty()) return true;
    for (const std::string& asking : types_) {
      if (asking == type) return true;
    }
    return TypesWithTrace().contains(type);
  }
  bool IsListed(const Run& run, const RetireTarget& target) const {
    for (const std::string& element : run.listed) {
      const auto version = VersionInElement(element, kChange);
      if (!version) continue;
      if (target.kind == RetireTarget::Kind::kPatchCall)
        return element == kChange;
      if (*version == target.version) return true;
    }
    return false;
  }
  static bool NamesTheChange(const Run& run) {
    for (const std::string& element : run.listed) {
      if (VersionInElement(element, kChange)) return true;
    }
    return false;
  }
  std::set<std::string> TypesWithTrace() const {
    std::set<std::string> types;
    for (const Run& run : runs_) {
      const bool in_listing = !listing_.empty() && NamesTheChange(run);
      const bool in_history =
          !run.gap.no_history && !run.json.empty() &&
          (HasAnswer(run) || lists_default_.contains(run.id));
      if (in_listing || in_history) types.insert(run.type);
    }
    return types;
  }
  bool HasTrace() const { return !TypesWithTrace().empty(); }

  Resolution Ask(const AmbiguousRun& ambiguous) const {
    for (const Run& run : runs_) {
      if (run.id != ambiguous.run_id) continue;
      if (run.gap.unresolved) return Resolution::kUnknown;
      return run.truth.took.contains(kDefaultVersion)
                 ? Resolution::kPassedByDefault
                 : Resolution::kNotYet;
    }
    return Resolution::kUnknown;
  }

  Dice dice_;
  Writer writer_;
  int introduced_;
  int raised_;
  int retention_;
  bool long_ids_;
  std::map<std::string, bool> asks_;  // by workflow type
  std::vector<Run> runs_;
  std::set<std::string> recorded_;       // in a history that can be read
  std::set<std::string> lists_default_;  // likewise
  bool with_retention_ = true;
  bool listing_complete_ = false;
  std::vector<RunListing> listing_;
  std::vector<std::string> types_;
  std::int64_t unreadable_ = 0;
};

struct Tally {
  int safe = 0;
  int unsafe = 0;
  int open = 0;          // not provable
  int open_breaks = 0;   // ... and something would break
  int wrong_safe = 0;    // something breaks
  int wrong_unsafe = 0;  // nothing breaks
  int needless = 0;      // not provable, though all is known

  void Add(const World& world, const BranchReport& report) {
    const bool breaks = world.Breaks(report.target);
    switch (report.verdict) {
      case RetireVerdict::kSafe:
        ++safe;
        wrong_safe += breaks;
        break;
      case RetireVerdict::kUnsafe:
        ++unsafe;
        wrong_unsafe += !breaks;
        break;
      case RetireVerdict::kNotProvable:
        ++open;
        open_breaks += breaks;
        needless += !world.IsUnknowable(report.target);
    }
  }
  int Mistakes() const { return wrong_safe + wrong_unsafe + needless; }
};

std::string Words(const BranchReport& report) {
  std::string words(NameOf(report.verdict));
  for (const Evidence& e : report.evidence) {
    words += fmt::format(" {}={}", RowOf(e.kind).name, e.count);
  }
  return words;
}

TEST(RetireFleets, TheVerdictIsNeverWrong) {
  constexpr std::array<const char*, 4> kNames = {"default", "version 1",
                                                 "version 2", "patch call"};
  constexpr std::array kTargets = {
      RetireTarget{}, RetireTarget{RetireTarget::Kind::kVersion, 1},
      RetireTarget{RetireTarget::Kind::kVersion, 2},
      RetireTarget{RetireTarget::Kind::kPatchCall, 0}};
  std::array<Tally, kTargets.size()> tallies;
  for (int seed = 0; seed < kFleets; ++seed) {
    const World world(static_cast<std::uint64_t>(seed));
    const std::vector<BranchReport> reports = world.Judge(kTargets);
    for (std::size_t i = 0; i < reports.size(); ++i) {
      const int before = tallies[i].Mistakes();
      tallies[i].Add(world, reports[i]);
      EXPECT_EQ(tallies[i].Mistakes(), before)
          << "fleet " << seed << ", " << kNames[i] << ": " << Words(reports[i]);
    }
  }
  Tally all;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const Tally& t = tallies[i];
    std::cout << fmt::format(
        "{:<10}  safe {} (wrongly {}), unsafe {} (wrongly {}), not provable "
        "{}, "
        "{:.1f} % (needlessly {}; in {} of them something would break)\n",
        kNames[i], t.safe, t.wrong_safe, t.unsafe, t.wrong_unsafe, t.open,
        100.0 * t.open / kFleets, t.needless, t.open_breaks);
    all.safe += t.safe;
    all.unsafe += t.unsafe;
    all.open_breaks += t.open_breaks;
  }
  // The fleets are none that make it easy.
  EXPECT_GT(all.safe, kFleets / 4);
  EXPECT_GT(all.unsafe, kFleets / 4);
  EXPECT_GT(all.open_breaks, kFleets / 8);
}

}  // namespace
}  // namespace cohort
