// The README's example, to the letter, is what follows.
#include <chrono>
#include <string>

#include "cohort/workflow/workflow.h"

using namespace std::chrono_literals;

inline constexpr cohort::Change kStep1{"Step1", 1, 2};

cohort::Task<std::string> Order(cohort::Context& ctx, std::string id) {
  co_await ctx.Activity<void>("validate", id);
  if (cohort::GetVersion(ctx, kStep1) == 1) {
    co_await ctx.Activity<void>("ActivityC", id);  // runs that began before
  } else {
    co_await ctx.Activity<void>("ActivityD", id);  // all new ones
  }
  co_await ctx.Sleep(24h);
  co_return "shipped:" + id;
}
// The example ends here.

#include <fstream>
#include <iterator>
#include <sstream>

#include "cohort/examples/loop.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replay_test.h"
#include "gtest/gtest.h"

namespace {

std::string FileText(const char* path) {
  std::ifstream in(path);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Readme, ShowsTheExampleThatIsCompiledHere) {
  const std::string source = FileText("examples/readme_test.cc");
  const std::size_t begin = source.find("#include <chrono>");
  const std::size_t end = source.find("// The example ends here.");
  const std::string block =
      "```cpp\n" + source.substr(begin, end - begin) + "```\n";
  EXPECT_NE(FileText("README.md").find(block), std::string::npos)
      << "README.md must hold exactly this:\n"
      << block;
}

// Without what wraps its lines.
std::string Words(const std::string& text) {
  std::istringstream in(text);
  std::string words;
  for (std::string word; in >> word;) words += word + " ";
  return words;
}

TEST(Readme, ShowsWhatACarelessChangeIsTold) {
  const std::string readme = FileText("README.md");
  const std::string begin = "<!-- divergence: begin -->\n```\n";
  const std::size_t at = readme.find(begin);
  const std::size_t end = readme.find("```\n<!-- divergence: end -->");
  ASSERT_LT(at, end);
  ASSERT_NE(end, std::string::npos);
  const cohort::Registry careless = cohort_examples::LoopRegistry(
      cohort::Family::kVersion, cohort_examples::Build::kCareless);
  const cohort::ReplayReport report = cohort_testing::ReplayOf(
      careless, "testing/testdata/recorded/go/Loop/loop1k.json");
  ASSERT_TRUE(report.divergence) << report.ToString();
  EXPECT_EQ(Words(readme.substr(at + begin.size(), end - at - begin.size())),
            Words(report.divergence->ToString()));
}

TEST(Readme, TheExampleRuns) {
  cohort::Registry registry;
  registry.Workflow("Order", Order, {kStep1});
  cohort::Recorder recorder({.registry = &registry}, "Order",
                            cohort::ToPayloads("o-1"));
  ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  for (const char* activity : {"validate", "ActivityD", ""}) {
    ASSERT_EQ(recorder.Open().size(), 1u);
    EXPECT_EQ(recorder.Open()[0].name, activity);
    recorder.Complete(recorder.Open()[0]);
    ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
  }
  ASSERT_TRUE(recorder.closed());
  EXPECT_EQ(recorder.commands().back().input,
            cohort::ToPayloads("shipped:o-1"));
}

}  // namespace
