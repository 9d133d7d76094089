// The examples of the headers of testing that are behind ReplayMain. Paths are
// those of main.cc's folder.
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/base/status.h"
#include "cohort/corpus/folder_source.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/testing/allow_list.h"
#include "cohort/testing/case_report.h"
#include "cohort/testing/corpus_commands.h"
#include "cohort/testing/corpus_proof.h"
#include "cohort/testing/corpus_replay.h"
#include "cohort/testing/interrupt.h"
#include "cohort/testing/perturb.h"
#include "cohort/testing/progress.h"
#include "cohort/testing/replay_args.h"
#include "cohort/testing/replay_command.h"
#include "cohort/testing/replayer.h"
#include "cohort/testing/report.h"
#include "cohort/testing/retire_command.h"
#include "cohort/testing/scrub_command.h"
#include "cohort/testing/subprocess.h"
#include "cohort/testing/timeline.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::OrderRegistry;
using cohort_examples::ShippedOrder;
using cohort_examples::Use;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::Status ReadAllowList(std::string_view& excuse) {
  // snippet: testing/allow_list.h
  COHORT_ASSIGN_OR_RETURN(AllowList allow, AllowList::FromFile("allow.txt"));
  // end of snippet
  excuse = allow.Excuse(StrictRule::kInputs, {});
  EXPECT_THAT(excuse, HasSubstr("random"));
  return absl::OkStatus();
}

TEST(TestingCommandHeaders, AllowListExcuses) {
  std::ofstream("allow.txt") << "inputs * # ids are random in this service\n";
  std::string_view excuse;
  EXPECT_OK(ReadAllowList(excuse));
}

TEST(TestingCommandHeaders, CaseIsReportedAsJson) {
  const Registry registry = OrderRegistry();
  const History history = ShippedOrder().Build();
  testing::internal::CaptureStdout();
  // snippet: testing/case_report.h
  CaseReport report = Judge(registry, history, {.prefixes = true});
  std::cout << JsonText(AsJson(report));
  // end of snippet
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("prefixes"));
}

int ReplayItems(const Registry& registry, std::vector<CorpusItem> items) {
  // snippet: testing/corpus_replay.h
  CorpusReplay replay(registry, {.jobs = 4});
  std::vector<CaseResult> results = replay.Run(items);
  return ExitCodeOf(results);
  // end of snippet
}

TEST(TestingCommandHeaders, CorpusIsReplayed) {
  FolderSource source;
  EXPECT_EQ(ReplayItems(OrderRegistry(), {{"order-17.json", &source}}), 0);
}

int Cover(const Registry& registry, const HistorySources& sources) {
  // snippet: testing/corpus_commands.h
  const CommandHost host{registry, sources, std::cout, std::cerr};
  return CoverageCommand(host, {.paths = {"histories/"}});
  // end of snippet
}

int ReplayThese(const Registry& registry, const HistorySources& sources,
                const ReplayArgs& args) {
  // snippet: testing/replay_command.h
  const CommandHost host{registry, sources, std::cout, std::cerr};
  return ReplayCommand(host).Run(args);
  // end of snippet
}

int ProveScrubbing(const CommandHost& host) {
  // snippet: testing/scrub_command.h
  return ScrubCommand(host, {.paths = {"histories/"}}, {});
  // end of snippet
}

int Retire(const CommandHost& host, const RetireArgs& args,
           const std::string& json) {
  // snippet: testing/retire_command.h
  return RetireCommand(host, args, json);
  // end of snippet
}

TEST(TestingCommandHeaders, CommandsEndWithExitCodes) {
  const Registry registry = OrderRegistry();
  HistorySources sources;
  sources.push_back(std::make_unique<FolderSource>());
  const CommandHost host{registry, sources, std::cout, std::cerr};
  EXPECT_EQ(Cover(registry, sources), 0);
  EXPECT_EQ(ReplayThese(registry, sources, {.paths = {"histories/"}}), 0);
  EXPECT_EQ(ProveScrubbing(host), 0);
  RetireArgs args;
  args.change_id = "Step1";
  args.paths = {"missing/"};
  args.now = "2027-01-15T08:00:00Z";
  EXPECT_EQ(Retire(host, args, ""), 3);
}

TEST(TestingCommandHeaders, OptionsAreHandedOn) {
  CLI::App app;
  const std::string program = "order_replay";
  // snippet: testing/replay_args.h
  ReplayArgs args;
  AddReplayOptions(*app.add_subcommand("replay"), args);
  std::vector<std::string> command = ReplayCommandLine(
      program, args, Handed::kOwnHistories, {"--json", "-"}, args.paths);
  // end of snippet
  EXPECT_THAT(command, Contains("--json"));
}

TEST(TestingCommandHeaders, ProofIsInWords) {
  const ReplayArgs args{.paths = {"histories/"}};
  const std::vector<CaseResult> results;
  // snippet: testing/corpus_proof.h
  const CorpusProof proof = ProveCorpora(args.paths, results);
  for (const std::string& line : proof.words) std::cout << line << "\n";
  // end of snippet
  EXPECT_THAT(proof.words, IsEmpty());  // no sample, nothing proved
}

// Runs until Ctrl-C.
void WorkOn(void (*Work)()) {
  // snippet: testing/interrupt.h
  Interrupt interrupt;
  while (!interrupt.requested()) Work();
  // end of snippet
}

// Starts the program several times.
absl::Status LookForHiddenInputs(const std::string& program,
                                 const std::vector<CaseResult>& results) {
  // snippet: testing/perturb.h
  COHORT_ASSIGN_OR_RETURN(
      const Perturbed found,
      Perturb({program, "replay", "--json", "-", "histories/"}, 3, results));
  for (const auto& [source, text] : found.differences) Use(source, text);
  // end of snippet
  return absl::OkStatus();
}

TEST(TestingCommandHeaders, ProgressIsTold) {
  const std::vector<CorpusItem> items(18);
  testing::internal::CaptureStderr();
  // snippet: testing/progress.h
  Progress progress(std::cerr, items.size(), Progress::Form::kLines);
  progress.Done(17, 2);  // 17 done, 2 of them not clean
  // end of snippet
  testing::internal::GetCapturedStderr();
  EXPECT_THAT(progress.Text(17, 2, {}), HasSubstr("17"));
}

absl::Status Echo() {
  // snippet: testing/subprocess.h
  COHORT_ASSIGN_OR_RETURN(ProcessEnd end,
                          RunProcess({"/bin/echo", "hello"}, {}));
  end.exit_code == 0;
  end.output == "hello\n";
  // end of snippet
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.output, "hello\n");
  return absl::OkStatus();
}

TEST(TestingCommandHeaders, ProgramIsRunToItsEnd) { EXPECT_OK(Echo()); }

TEST(TestingCommandHeaders, TimelineShowsWhereTheyPart) {
  const Registry registry = OrderRegistry();
  const History history =
      HistoryBuilder("Order").Turn().Activity("refund").Build();
  ReplayReport report = Replayer(registry).Replay(history);
  const Profile& profile = DetectProfile(history.events());
  const std::optional<Divergence>& divergence = report.divergence;
  const std::vector<std::string> left;
  std::ostringstream out;
  // snippet: testing/timeline.h
  report.timeline = TimelineOf(history, profile, *divergence, left);
  out << TimelineText(report.timeline);
  // end of snippet
  EXPECT_THAT(out.str(), HasSubstr("refund"));
}

}  // namespace
}  // namespace cohort
