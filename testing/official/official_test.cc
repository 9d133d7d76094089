// The official SDKs' recorded test histories against ports of their programs.
//
// They are not part of this project: the table is read where COHORT_SHARED
// names the folder that holds them. Histories of our own make sure that the
// ports work where it does not.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <sstream>

#include "cohort/testing/official/ports.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replay_test.h"

namespace cohort_testing {
namespace {

using cohort::History;
using cohort::ReplayReport;
using cohort::Verdict;

struct Row {
  std::string history;
  std::string program;
  std::string variant;
  std::string verdict;
};

std::string OfficialFolder() {
  const char* shared = std::getenv("COHORT_SHARED");
  return shared == nullptr ? "" : std::string(shared) + "/histories/official";
}

std::vector<Row> ReadRows(const std::string& folder) {
  std::vector<Row> rows;
  std::ifstream in(folder + "/VERDICTS.tsv");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    Row row;
    std::getline(cells, row.history, '\t');
    std::getline(cells, row.program, '\t');
    std::getline(cells, row.variant, '\t');
    std::getline(cells, row.verdict, '\t');
    rows.push_back(std::move(row));
  }
  return rows;
}

const Port* FindPort(std::string_view program, std::string_view variant) {
  for (const auto& ports :
       {GoPorts(), JavaPorts(), OtherPorts(), ActivityPorts(), LocalPorts(),
        UpdatePorts(), ChildPorts(), ScopePorts()}) {
    for (const Port& port : ports) {
      if (port.program == program && port.variant == variant) return &port;
    }
  }
  return nullptr;
}

// Rows whose history alone tells which variant of the program made it.
struct MadeBy {
  std::string_view history;
  std::string_view variant;
};
constexpr MadeBy kMadeBy[] = {
    {"sdk-go/nexus-cancel-after-start.json", "after-start"},
    {"sdk-go/nexus-cancel-before-sent.json", "before-sent"},
    {"sdk-typescript/lang_flags_replay_correctly_1_9_3.json", "before flag 1"},
    {"sdk-typescript/otel_smorgasbord_1_13_1.json", "timer first"},
    {"sdk-typescript/otel_v2_smorgasbord_1_18_1.json", "activities first"},
};

// A row's program, variant and cut, as the table of ports names them.
struct Wanted {
  std::string program;
  std::string variant;
  std::optional<std::int64_t> until_event;
};

Wanted WantedBy(const Row& row) {
  Wanted wanted{row.program, row.variant, std::nullopt};
  constexpr std::string_view kOfW1 = "G-W1 program: ";
  if (wanted.variant.starts_with(kOfW1)) {
    wanted = {"G-W1", wanted.variant.substr(kOfW1.size()), std::nullopt};
  }
  for (const MadeBy& made : kMadeBy) {
    if (made.history == row.history) wanted.variant = made.variant;
  }
  const std::size_t cut = wanted.variant.find("@cut-");
  if (cut != std::string::npos) {
    wanted.until_event = std::stoll(wanted.variant.substr(cut + 5));
    wanted.variant.resize(cut);
  }
  return wanted;
}

ReplayReport ReplayPort(const Port& port, const History& history,
                        std::optional<std::int64_t> until_event,
                        const cohort::Profile* profile = nullptr,
                        cohort::Strictness strictness = {}) {
  cohort::Registry registry;
  port.add(registry, std::string(history.events().front().name()));
  cohort::ReplayOptions options;
  options.until_event = until_event;
  options.profile = profile;
  options.strictness = strictness;
  return cohort::Replayer(registry, options).Replay(history);
}

// Variants that are changes of the file: its language flags.
struct Edit {
  std::string_view variant;
  std::string_view flags;
};
constexpr Edit kEdits[] = {
    {"original, with 5 added to langUsedFlags of every completed task",
     "[1, 5]"},
    {"original, with langUsedFlags [1] removed from the file", "[]"},
};

const Edit* FindEdit(std::string_view variant) {
  for (const Edit& edit : kEdits) {
    if (edit.variant == variant) return &edit;
  }
  return nullptr;
}

absl::StatusOr<History> ReadHistory(const std::string& folder, const Row& row) {
  std::string path = folder + "/" + row.history;
  if (path.ends_with(".bin")) path += ".converted.json";
  const Edit* edit = FindEdit(row.variant);
  if (edit == nullptr) return History::FromFile(path);
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return History::FromJson(std::regex_replace(
      text.str(), std::regex(R"("langUsedFlags":\s*\[[^\]]*\])"),
      "\"langUsedFlags\": " + std::string(edit->flags)));
}

// Whose rules? What the history says; else those of the SDK whose test data it
// is, which wrote it before its completions said so.
const cohort::Profile* ProfileOf(const Row& row, const History& history) {
  struct Folder {
    std::string_view prefix;
    std::string_view profile;
  };
  constexpr Folder kFolders[] = {
      {"sdk-go/", "go"},          {"sdk-java/", "java"},
      {"sdk-python/", "python"},  {"sdk-typescript/", "typescript"},
      {"sdk-dotnet/", "dotnet"},  {"sdk-core/", "dotnet"},
      {"cadence-go-", "cadence"},
  };
  if (&cohort::DetectProfile(history.events()) != &cohort::kOwnProfile) {
    return nullptr;
  }
  for (const Folder& folder : kFolders) {
    if (row.history.starts_with(folder.prefix)) {
      return cohort::FindProfile(folder.profile);
    }
  }
  return nullptr;
}

// Where we judge otherwise, on purpose:
//
//   Go takes a history that ends among one task's outputs for a whole one and
//   reports the rest of that task's commands as too many. We judge the events
//   that are there (an upsert is expected only where the outputs show one), and
//   say "incomplete" where a version may stand behind the cut, as at event 4.
//
//   Go does not compare the last completed task when the history ends with the
//   start of the next one; we do.
struct Difference {
  std::string_view history;
  std::string_view variant;
  Verdict ours;
};
constexpr Difference kDifferences[] = {
    // Behind the marker, its upsert is missing.
    {"sdk-go/workflow1.json", "original@cut-5", Verdict::kClean},
    // Behind the upsert, or a completion: the activity is missing.
    {"sdk-go/workflow1.json", "original@cut-6", Verdict::kClean},
    {"sdk-go/workflow1.json", "original@cut-12", Verdict::kClean},
    {"sdk-go/workflow1.json", "original@cut-18", Verdict::kClean},
    {"sdk-go/workflow1.json", "first-activity-renamed@cut-11",
     Verdict::kDivergent},
};

const Difference* FindDifference(const Row& row) {
  for (const Difference& d : kDifferences) {
    if (d.history == row.history && d.variant == row.variant) return &d;
  }
  return nullptr;
}

// Where we judge wrongly, or the port is not the program yet: not on purpose.
// A row that has come right has to leave the list.
constexpr std::string_view kOpen[] = {
    "cadence-go-client/localActivities.json",
    "sdk-dotnet/update-after-complete.post-core-flag.json",
    "sdk-go/child-workflow-cancel-with-update.json",
    "sdk-go/multiple-updates.json",
    "sdk-go/parallel-local-activities.json",
    "sdk-java/testGetVersionInterleavedUpdateReplayHistory.json",
    "sdk-python/test_replayer_command_reordering_backward_compatibility.json",
    "sdk-python/test_replayer_swallowed_activity_cancellation.json",
};

bool IsOpen(const Row& row) {
  return std::find(std::begin(kOpen), std::end(kOpen), row.history) !=
         std::end(kOpen);
}

// Why a program's rows, or some of them, have no port.
std::string_view ReasonFor(std::string_view program) {
  struct Reason {
    std::string_view programs;
    std::string_view why;
  };
  constexpr Reason kReasons[] = {
      {" C-LA C-LAUPD G-LA G-PARLA J-LAHB J-LAOK J-UNKNOWN K-LA N-AFTER N-SIG "
       "T-OTELSIG T-SMORG ",
       "local activities"},
      {" G-CHILDCANUPD G-COUNTER G-MULTIUPD G-NDUPD G-UPD G-UPDEXIT J-INT "
       "PY-TRACE PY-UPDAFTER ",
       "updates"},
      {" G-MEMOJSON G-PARENT G-RESETCHILD K-CHILD T-SECRET ",
       "child workflows"},
      {" G-NEXUS J-NEXUSCANCEL J-NEXUSPAR ", "Nexus operations"},
      {" G-MEMO ", "memo"},
      {" G-MSE G-W1 ", "mutable side effects"},
      {" G-ORPHAN J-DATA PY-AGENT ", "nothing to run, or not portable"},
      {" G-DEADLOCK ", "code that blocks its thread"},
      {" C-TIMER ", "ids that an SDK counts are not compared"},
      {" J-CSD T-FAKE T-FLAGS ", "cancellation scopes"},
  };
  const std::string padded = " " + std::string(program) + " ";
  for (const Reason& reason : kReasons) {
    if (reason.programs.find(padded) != std::string_view::npos) {
      return reason.why;
    }
  }
  return "not ported yet";
}

TEST(OfficialTest, PortsAgreeWithTheSdks) {
  const std::string folder = OfficialFolder();
  if (folder.empty()) GTEST_SKIP() << "COHORT_SHARED is not set";
  int agree = 0;
  std::size_t open = 0;
  int differ = 0;
  int stricter = 0;
  int without_verdict = 0;
  int not_ported = 0;
  std::map<std::string, int> missing;
  for (const Row& row : ReadRows(folder)) {
    const Wanted wanted = WantedBy(row);
    const Port* port = FindPort(wanted.program, wanted.variant);
    if (port == nullptr) {
      ++not_ported;
      ++missing[row.program];
      continue;
    }
    const auto history = ReadHistory(folder, row);
    ASSERT_TRUE(history.ok()) << history.status();
    const cohort::Profile* profile = ProfileOf(row, *history);
    const ReplayReport report =
        ReplayPort(*port, *history, wanted.until_event, profile);
    const bool ok = report.verdict == Verdict::kClean;
    if (const Difference* d = FindDifference(row)) {
      ++differ;
      EXPECT_EQ(report.verdict, d->ours) << row.variant << report.ToString();
      continue;
    }
    if (row.verdict == "not-asserted") {
      ++without_verdict;
      EXPECT_TRUE(ok) << row.history << report.ToString();
      continue;
    }
    const bool wanted_ok = row.verdict == "ok";
    if (ok != wanted_ok && !report.rule.empty()) {
      const ReplayReport sdk = ReplayPort(*port, *history, wanted.until_event,
                                          profile, cohort::Strictness::Sdk());
      stricter += (sdk.verdict == Verdict::kClean) == wanted_ok ? 1 : 0;
      std::cout << "stricter by " << report.rule << ": " << row.history << " "
                << row.variant << "\n";
      EXPECT_EQ(sdk.verdict == Verdict::kClean, wanted_ok) << sdk.ToString();
      continue;
    }
    if (ok != wanted_ok && IsOpen(row)) {
      ++open;
      continue;
    }
    agree += ok == wanted_ok ? 1 : 0;
    EXPECT_EQ(ok, wanted_ok) << row.history << " " << row.program << " "
                             << row.variant << ": " << row.verdict << "\n"
                             << report.ToString();
  }
  std::cout << agree << " rows agree, " << differ << " differ as listed, "
            << open << " are open, " << stricter
            << " are judged stricter by rule, " << without_verdict
            << " have no verdict, " << not_ported << " are not ported:\n";
  for (const auto& [program, rows] : missing) {
    std::cout << "  " << program << " " << rows << ": " << ReasonFor(program)
              << "\n";
  }
  EXPECT_EQ(agree, 196);
  EXPECT_EQ(differ, 5);
  EXPECT_EQ(open, std::size(kOpen));
  EXPECT_EQ(not_ported, 11);
}

// What every cut of one history gives; every event of it is a cut.
TEST(OfficialTest, CutsOfOneHistory) {
  const std::string folder = OfficialFolder();
  if (folder.empty()) GTEST_SKIP() << "COHORT_SHARED is not set";
  const auto history = History::FromFile(folder + "/sdk-go/workflow1.json");
  ASSERT_TRUE(history.ok()) << history.status();
  const Port* port = FindPort("G-W1", "original");
  for (std::int64_t cut = 1; cut <= 25; ++cut) {
    const Verdict verdict = ReplayPort(*port, *history, cut).verdict;
    // Behind event 4, the completion, stands the version marker.
    EXPECT_EQ(verdict, cut == 4 ? Verdict::kIncomplete : Verdict::kClean)
        << cut;
  }
}

// One of our own histories for the programs' main variants, so that the ports
// are held to something wherever the recorded ones are missing.
History RecordOwn(const Port& port, const cohort::Payloads& input) {
  cohort::Registry registry;
  port.add(registry, "Program");
  cohort::Recorder recorder({.registry = &registry}, "Program", input);
  EXPECT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  while (!recorder.closed() && recorder.status().ok() &&
         !recorder.Open().empty()) {
    const auto operation = recorder.Open()[0];
    recorder.Complete(operation, cohort::ToPayloads("done"));
    EXPECT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  }
  EXPECT_TRUE(recorder.closed());
  return *recorder.history();
}

struct OwnRow {
  std::string_view variant;
  Verdict verdict;
};

TEST(OfficialTest, OwnHistoryOfWorkflow1) {
  const History history =
      RecordOwn(*FindPort("G-W1", "original"), cohort::ToPayloads("you"));
  constexpr OwnRow kRows[] = {
      {"original", Verdict::kClean},
      {"call-removed-keep-v1-branch", Verdict::kClean},
      {"call-removed-old-branch", Verdict::kDivergent},
      {"id-replaced-same-body", Verdict::kClean},
      {"id-replaced-branching", Verdict::kDivergent},
      {"id-replaced-min-0", Verdict::kFailed},
      {"min-raised-2-3", Verdict::kFailed},
      {"max-lowered-to-0", Verdict::kFailed},
      {"call-moved-to-end", Verdict::kClean},
      {"version-in-coroutine", Verdict::kClean},
      {"one-activity-too-many", Verdict::kDivergent},
      {"second-activity-renamed", Verdict::kDivergent},
      {"side-effect-added", Verdict::kDivergent},
      {"returns-error-at-end", Verdict::kDivergent},
      {"returns-at-once", Verdict::kDivergent},
  };
  for (const OwnRow& row : kRows) {
    const ReplayReport report =
        ReplayPort(*FindPort("G-W1", row.variant), history, std::nullopt);
    EXPECT_EQ(report.verdict, row.verdict) << row.variant << "\n"
                                           << report.ToString();
  }
}

TEST(OfficialTest, OwnHistoryOfTheVersionLoop) {
  const History history =
      RecordOwn(*FindPort("G-LOOP", "original"), cohort::ToPayloads("id", 10));
  constexpr OwnRow kRows[] = {
      {"original", Verdict::kClean},
      {"one-more-id", Verdict::kClean},
      {"one-more-id-min-1", Verdict::kFailed},
      {"reverse-order", Verdict::kClean},
      {"no-calls", Verdict::kClean},
      {"no-timer", Verdict::kDivergent},
      {"second-timer", Verdict::kDivergent},
  };
  for (const OwnRow& row : kRows) {
    const ReplayReport report =
        ReplayPort(*FindPort("G-LOOP", row.variant), history, std::nullopt);
    EXPECT_EQ(report.verdict, row.verdict) << row.variant << "\n"
                                           << report.ToString();
  }
}

TEST(OfficialTest, OwnHistoryOfThePatchedTimers) {
  const History history = RecordOwn(*FindPort("C-PATCH", "original"), {});
  constexpr OwnRow kRows[] = {
      {"original", Verdict::kClean},
      {"call-removed", Verdict::kDivergent},
      {"deprecated", Verdict::kClean},
      {"other-id", Verdict::kDivergent},
      {"timer-missing", Verdict::kDivergent},
      {"second-patch-added", Verdict::kClean},
  };
  for (const OwnRow& row : kRows) {
    const ReplayReport report =
        ReplayPort(*FindPort("C-PATCH", row.variant), history, std::nullopt);
    EXPECT_EQ(report.verdict, row.verdict) << row.variant << "\n"
                                           << report.ToString();
  }
}

}  // namespace
}  // namespace cohort_testing
