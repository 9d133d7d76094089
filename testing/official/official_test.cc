// The official SDKs' recorded test histories against ports of their programs.
//
// They are not part of this project: the table is read where COHORT_SHARED
// names the folder that holds them. Histories of our own make sure that the
// ports work where it does not.
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <regex>
#include <span>
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
    {"sdk-dotnet/update-after-complete.post-core-flag.json",
     "handlers awaited"},
    {"sdk-dotnet/multi-complete-fail-before.post-core-flag.json",
     "handlers awaited"},
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
//
//   Java let a version call give way to the other threads when it was made, and
//   without its flag 5 does not when it is replayed: a history that its own
//   program made does not replay. The port says where it gives way, and agrees.
//
//   Core's languages number their timers, and core compares the numbers when a
//   timer fires. Which number the first one has is the SDK's affair, not the
//   workflow code's: code cannot be written that differs in it alone. Here we
//   are looser; everywhere else above, as strict or stricter.
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
    {"sdk-java/testGetVersionInterleavedUpdateReplayHistory.json", "original",
     Verdict::kClean},
    {"sdk-core/timer_workflow_history.bin",
     "original, timer sequence starting at 1", Verdict::kClean},
};

const Difference* FindDifference(const Row& row) {
  for (const Difference& d : kDifferences) {
    if (d.history == row.history && d.variant == row.variant) return &d;
  }
  return nullptr;
}

// Why a program's rows, or some of them, have no port.
std::string_view ReasonFor(std::string_view program) {
  struct Reason {
    std::string_view programs;
    std::string_view why;
  };
  constexpr Reason kReasons[] = {
      {" G-SELDEF ",
       "channels between coroutines, and a message that the SDK lost in one"},
      {" J-DATA ", "no program: the SDK reads the file and writes it again"},
      {" PY-AGENT ",
       "driven by a plugin for agents, which is no workflow code"},
      {" G-DEADLOCK ", "a clock that ends code which blocks its thread"},
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
  int differ = 0;
  int stricter = 0;
  int without_verdict = 0;
  int not_ported = 0;
  int by_folder = 0;
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
    by_folder += profile != nullptr ? 1 : 0;
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
    agree += ok == wanted_ok ? 1 : 0;
    EXPECT_EQ(ok, wanted_ok) << row.history << " " << row.program << " "
                             << row.variant << ": " << row.verdict << "\n"
                             << report.ToString();
  }
  std::cout << agree << " rows agree, " << differ << " differ as listed, "
            << stricter << " are judged stricter by rule, " << without_verdict
            << " have no verdict; " << by_folder
            << " of all these have the rules of their folder's SDK, as their "
               "own evidence names none; "
            << not_ported << " are not ported:\n";
  for (const auto& [program, rows] : missing) {
    std::cout << "  " << program << " " << rows << ": " << ReasonFor(program)
              << "\n";
  }
  EXPECT_EQ(agree, 204);
  EXPECT_EQ(differ, 7);
  EXPECT_EQ(stricter, 0);
  EXPECT_EQ(without_verdict, 1);
  EXPECT_EQ(not_ported, 9);
  EXPECT_EQ(by_folder, 65);
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
// are held to something wherever the recorded ones are missing. What is open is
// completed, one thing in each turn.
History RecordOwn(const Port& port, const cohort::Payloads& input,
                  const std::function<void(cohort::Recorder&)>& first = {}) {
  cohort::Registry registry;
  port.add(registry, "Program");
  cohort::Recorder recorder({.registry = &registry}, "Program", input);
  recorder.SetLocalRunner([](const cohort::LocalCall& call) {
    cohort::LocalOutcome outcome;
    if (!call.input.empty()) outcome.result = {call.input.back()};
    return std::optional(outcome);
  });
  if (first) first(recorder);
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

void ExpectOwn(std::string_view program, const History& history,
               std::span<const OwnRow> rows) {
  for (const OwnRow& row : rows) {
    const ReplayReport report =
        ReplayPort(*FindPort(program, row.variant), history, std::nullopt);
    EXPECT_EQ(report.verdict, row.verdict)
        << program << " " << row.variant << "\n"
        << report.ToString();
  }
}

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
  ExpectOwn("G-W1", history, kRows);
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
  ExpectOwn("G-LOOP", history, kRows);
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
  ExpectOwn("C-PATCH", history, kRows);
}

TEST(OfficialTest, OwnHistoriesOfLocalActivities) {
  constexpr OwnRow kRows[] = {
      {"original", Verdict::kClean},
      {"activity-removed", Verdict::kDivergent},
      {"local-activity-removed", Verdict::kDivergent},
  };
  ExpectOwn("C-LA", RecordOwn(*FindPort("C-LA", "original"), {}), kRows);
  constexpr OwnRow kOriginal[] = {{"original", Verdict::kClean}};
  ExpectOwn("G-PARLA", RecordOwn(*FindPort("G-PARLA", "original"), {}),
            kOriginal);
}

TEST(OfficialTest, OwnHistoryOfAnUpdate) {
  const History history = RecordOwn(
      *FindPort("G-UPDEXIT", "original"), {}, [](cohort::Recorder& r) {
        r.Update("u", "update", cohort::ToPayloads(std::int64_t{1'000'000}));
      });
  constexpr OwnRow kOriginal[] = {{"original", Verdict::kClean}};
  ExpectOwn("G-UPDEXIT", history, kOriginal);
  // The same without the handler's timer.
  ExpectOwn("G-NDUPD", history,
            std::array{OwnRow{"original", Verdict::kDivergent}});
}

TEST(OfficialTest, OwnHistoriesOfChildrenAndNexus) {
  constexpr OwnRow kOriginal[] = {{"original", Verdict::kClean}};
  const History child = RecordOwn(*FindPort("G-PARENT", "original"), {});
  ExpectOwn("G-PARENT", child, kOriginal);
  ExpectOwn("G-RESETCHILD", child,
            std::array{OwnRow{"original", Verdict::kDivergent}});
  constexpr OwnRow kRows[] = {{"before-sent", Verdict::kClean},
                              {"after-start", Verdict::kDivergent}};
  ExpectOwn("G-NEXUS", RecordOwn(*FindPort("G-NEXUS", "before-sent"), {}),
            kRows);
}

}  // namespace
}  // namespace cohort_testing
