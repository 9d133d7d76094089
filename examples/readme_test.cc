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

#include "cohort/testing/recorder.h"
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
