// The examples of the headers of testing with which the project tests itself.
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "cohort/base/status.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/testing/console_blocks.h"
#include "cohort/testing/cpp_scan.h"
#include "cohort/testing/engine_fixture.h"
#include "cohort/testing/layers.h"
#include "cohort/testing/oracle.h"
#include "cohort/testing/programs.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/source_tree.h"
#include "cohort/testing/tidy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::OrderRegistry;

// snippet: testing/engine_fixture.h
class Ships : public EngineTest {};
TEST_F(Ships, AfterADay) {
  registry = OrderRegistry();
  activities.Add("charge", [](std::string) { return "paid"; });
  Work();
  EXPECT_EQ(ResultOf<std::string>(Start("Order", "o-17")), "shipped:o-17");
}
// end of snippet

}  // namespace
}  // namespace cohort

namespace cohort_testing {
namespace {

using cohort::History;
using cohort::Recorder;
using cohort::ToPayloads;
using ::testing::IsEmpty;

TEST(TestingToolHeaders, ConsoleBlocksAreCommandsAndWhatTheyPrint) {
  const std::string document =
      "```console\n$ cohort census histories\nOrder\n...\n```\n";
  const std::string output = "Order\nLoop\n";
  // snippet: testing/console_blocks.h
  for (const ConsoleCommand& command : ConsoleCommandsOf(document)) {
    EXPECT_TRUE(Prints(command.wanted, LinesOf(output)));
  }
  // end of snippet
  EXPECT_EQ(ConsoleCommandsOf(document).size(), 1u);
}

TEST(TestingToolHeaders, ScanFindsFunctions) {
  const std::string text = "int One() {\n  return 1;\n}\n";
  std::vector<int> found;
  const auto Use = [&](int first, int last) { found = {first, last}; };
  // snippet: testing/cpp_scan.h
  for (const Block& function : Scan(StripComments(text)).functions) {
    Use(function.first_line, function.last_line);
  }
  // end of snippet
  EXPECT_THAT(found, testing::ElementsAre(1, 3));
}

TEST(TestingToolHeaders, LayersAndTidinessAreChecked) {
  std::string text = "#include \"cohort/engine/run.h\"\n";
  std::vector<std::string> printed;
  const auto Print = [&](const std::string& line) { printed.push_back(line); };
  // snippet: testing/layers.h
  for (const Finding& f : CheckLayers({"base/a.h", text})) Print(f.message);
  // end of snippet
  EXPECT_EQ(printed.size(), 1u);
  text =
      "#ifndef COHORT_BASE_A_H_\n#define COHORT_BASE_A_H_\n\n"
      "#endif  // COHORT_BASE_A_H_\n";
  // snippet: testing/tidy.h
  EXPECT_THAT(CheckTidy({"base/a.h", text}), IsEmpty());
  // end of snippet
}

// Of a test that may read the checkout.
void ReadTree(void (*Use)(const std::string& path, const std::string& text)) {
  // snippet: testing/source_tree.h
  for (const SourceFile& file : ReadSourceTree(WorkspaceRoot())) {
    Use(file.path, file.text);  // "base/check.h" and its bytes
  }
  // end of snippet
}

TEST(TestingToolHeaders, OracleSaysWhatIsRecorded) {
  const Program other = ParseProgram("Tp0a");
  // snippet: testing/oracle.h
  Oracle oracle(ParseProgram("Ap0aV012"), VersionChoice::kNewest);
  oracle.RunTurn();
  oracle.Arrive({oracle.open()[0], 'c'});
  oracle.RunTurn();                   // oracle.closed(); oracle.run()
  Judge(other, oracle.run().events);  // may `other` have recorded that?
  // end of snippet
  EXPECT_TRUE(oracle.closed());
  EXPECT_EQ(Judge(other, oracle.run().events).verdict, "divergent");
}

absl::Status RunProgram(const Oracle& oracle) {
  const cohort::Registry registry = ProgramRegistry();
  // snippet: testing/programs.h
  Recorder recorder({.registry = &registry}, "P", ToPayloads("As0a"));
  COHORT_RETURN_IF_ERROR(recorder.RunTurn());
  COHORT_ASSIGN_OR_RETURN(History history, recorder.history());
  EXPECT_EQ(Show(InWords(history)), Show(oracle.run().events));
  // end of snippet
  return absl::OkStatus();
}

TEST(TestingToolHeaders, EngineAndOracleAgree) {
  Oracle oracle(ParseProgram("As0a"), VersionChoice::kNewest);
  oracle.RunTurn();
  EXPECT_OK(RunProgram(oracle));
}

}  // namespace
}  // namespace cohort_testing
