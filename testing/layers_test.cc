#include "cohort/testing/layers.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/testing/source_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<Finding> Check(std::string path, std::string_view include) {
  return CheckLayers(
      {std::move(path), "// x\n#include \"" + std::string(include) + "\"\n"});
}

TEST(Layers, BehindARoomStandsWhatItMayInclude) {
  EXPECT_THAT(MayInclude("base"), IsEmpty());
  EXPECT_THAT(MayInclude("versioning"), ElementsAre("base"));
  EXPECT_THAT(MayInclude("engine"), ElementsAre("base", "history", "versioning",
                                                "markers", "workflow"));
  EXPECT_THAT(MayInclude("testing"), Contains("worker"));
  EXPECT_THAT(MayInclude("testing"), Not(Contains("temporal")));
  EXPECT_THAT(MayInclude("examples"), Not(Contains("benchmarks")));
}

TEST(Layers, NoRoomStandsAboveItself) {
  for (std::string_view room : {"base", "engine", "testing", "cli"}) {
    EXPECT_THAT(MayInclude(room), Not(Contains(room)));
  }
}

TEST(Layers, AnAllowedIncludeIsSilent) {
  EXPECT_THAT(Check("base/a.h", "cohort/base/b.h"), IsEmpty());
  EXPECT_THAT(Check("embedded/a.cc", "cohort/base/b.h"), IsEmpty());
  EXPECT_THAT(Check("base/a.h", "absl/status/status.h"), IsEmpty());
  EXPECT_THAT(Check("history/a.cc", "simdjson.h"), IsEmpty());
  EXPECT_THAT(Check("WORKSPACE", "a.h"), IsEmpty());
}

TEST(Layers, AnUpwardIncludeRings) {
  const std::vector<Finding> found = Check("base/a.h", "cohort/history/b.h");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].line, 2);
  EXPECT_THAT(found[0].message, HasSubstr("base may not include history"));
  EXPECT_THAT(Check("testing/a.h", "cohort/temporal/b.h"), SizeIs(1));
  EXPECT_THAT(Check("examples/a.cc", "cohort/benchmarks/b.h"), SizeIs(1));
  EXPECT_THAT(Check("versioning/a.h", "cohort/history/b.h"), SizeIs(1));
}

TEST(Layers, ARoomMayStandInAnother) {
  EXPECT_THAT(Check("testing/conformance/a.cc", "cohort/examples/b.h"),
              IsEmpty());
  EXPECT_THAT(Check("testing/conformance/a.cc", "cohort/testing/b.h"),
              IsEmpty());
  EXPECT_THAT(Check("testing/a.cc", "cohort/examples/b.h"), SizeIs(1));
  EXPECT_THAT(Check("testing/official/a.cc", "cohort/examples/b.h"), SizeIs(1));
  EXPECT_THAT(Check("testing/a.cc", "cohort/testing/conformance/b.h"),
              SizeIs(1));
  EXPECT_THAT(Check("examples/a.cc", "cohort/testing/conformance/b.h"),
              SizeIs(1));
}

TEST(Layers, OnlyTestSourcesIncludeTesting) {
  EXPECT_THAT(Check("base/a_test.cc", "cohort/testing/b.h"), IsEmpty());
  EXPECT_THAT(Check("base/a.cc", "cohort/testing/b.h"), SizeIs(1));
  EXPECT_THAT(Check("base/a_test.cc", "cohort/history/b.h"), SizeIs(1));
}

TEST(Layers, OnlyTemporalKnowsTheServersMessages) {
  constexpr const char* kMessage = "temporal/api/history/v1/message.pb.h";
  EXPECT_THAT(Check("temporal/a.cc", kMessage), IsEmpty());
  EXPECT_THAT(Check("worker/a.cc", kMessage), SizeIs(1));
  EXPECT_THAT(Check("cli/a.cc", kMessage), SizeIs(1));
  EXPECT_THAT(Check("temporal/a.cc", "temporal/api/message.h"), SizeIs(1));
}

TEST(Layers, UnknownRoomsAndBareIncludesRing) {
  EXPECT_THAT(Check("attic/a.h", "cohort/base/b.h"), SizeIs(1));
  EXPECT_THAT(Check("a.h", "cohort/base/b.h"), SizeIs(1));
  EXPECT_THAT(Check("base/a.h", "cohort/attic/b.h"), SizeIs(1));
  EXPECT_THAT(Check("base/a.h", "b.h"), SizeIs(1));
  EXPECT_THAT(Check("base/a.h", "base/b.h"), SizeIs(1));
  EXPECT_THAT(CheckLayers({"base/a.h", "#  include  \"b.h\"\n"}), SizeIs(1));
}

TEST(Layers, TheSourceTreeKeepsToTheTable) {
  int includes = 0;
  for (const SourceFile& file : ReadSourceTree(WorkspaceRoot())) {
    const std::vector<Finding> findings = CheckLayers(file);
    EXPECT_TRUE(findings.empty()) << Report(findings);
    if (file.text.find("#include \"cohort/") != std::string::npos) ++includes;
  }
  EXPECT_GT(includes, 5) << "the tree was not read";
}

TEST(Layers, TheArchitectureShowsTheTable) {
  const std::vector<SourceFile> files = ReadSourceTree(WorkspaceRoot());
  const auto it =
      std::find_if(files.begin(), files.end(), [](const SourceFile& file) {
        return file.path == "docs/architecture.md";
      });
  if (it == files.end()) GTEST_SKIP() << "docs/architecture.md is not there";
  const std::string block = std::string(kLayersBegin) + "\n" + PrintLayers() +
                            std::string(kLayersEnd) + "\n";
  EXPECT_NE(it->text.find(block), std::string::npos)
      << "docs/architecture.md must hold exactly this:\n"
      << block;
}

}  // namespace
}  // namespace cohort_testing
