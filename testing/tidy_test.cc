#include "cohort/testing/tidy.h"

#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/cpp_scan.h"
#include "cohort/testing/source_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(CppScan, BlanksCommentsAndStrings) {
  EXPECT_EQ(StripComments("a // b\nc /* d\n */ e"), "a     \nc     \n    e");
  EXPECT_EQ(StripComments("f(\"{ \\\" //\", '\\'', '{');"),
            "f(\"       \", '  ', ' ');");
  EXPECT_EQ(StripComments("1'000 // x"), "1'000     ");
  EXPECT_EQ(StripComments("R\"x({)\" )x\";"),
            "R\"" + Repeat("\x01", 8) + "\";");
}

TEST(CppScan, FindsFunctionsAndNotTypes) {
  const Scanned scanned = Scan(
      "#define M(x) \\\n  {\nnamespace a {\nstruct S {\n  int f() const {\n"
      "    return 1;\n  }\n};\nconstexpr int kT[] = {\n  1,\n};\n"
      "template <class T>\nvoid G(T t) {\n  if (t) {\n  }\n}\n}\n");
  ASSERT_THAT(scanned.functions, SizeIs(2));
  EXPECT_EQ(scanned.functions[0].first_line, 5);
  EXPECT_EQ(scanned.functions[0].last_line, 7);
  EXPECT_EQ(scanned.functions[1].first_line, 12);
  EXPECT_EQ(scanned.functions[1].last_line, 16);
}

TEST(Tidy, LongFunctionsRing) {
  const auto function = [](int lines) {
    return SourceFile{
        "base/a.cc",
        "int F() {\n" + Repeat("  G(\"}\");\n", lines - 2) + "}\n"};
  };
  EXPECT_THAT(CheckFunctionLines(function(70)), IsEmpty());
  EXPECT_THAT(CheckFunctionLines(function(71)), SizeIs(1));
  const SourceFile table = {
      "base/a.h", "constexpr int k[] = {\n" + Repeat("  1,\n", 90) + "};\n"};
  EXPECT_THAT(CheckFunctionLines(table), IsEmpty());
}

TEST(Tidy, LongFilesRing) {
  EXPECT_THAT(CheckFileLines({"base/a.cc", Repeat("\n", 400)}), IsEmpty());
  EXPECT_THAT(CheckFileLines({"base/a.cc", Repeat("\n", 401)}), SizeIs(1));
  EXPECT_THAT(CheckFileLines({"base/a_test.cc", Repeat("\n", 600)}), IsEmpty());
  EXPECT_THAT(CheckFileLines({"base/a_test.cc", Repeat("\n", 601)}), SizeIs(1));
  EXPECT_THAT(CheckFileLines({"docs/a.md", Repeat("\n", 900)}), IsEmpty());
}

TEST(Tidy, WideLinesRing) {
  EXPECT_THAT(CheckColumns({"base/a.h", Repeat("x", 80) + "\n"}), IsEmpty());
  EXPECT_THAT(CheckColumns({"base/a.h", Repeat("x", 81) + "\n"}), SizeIs(1));
  EXPECT_THAT(CheckColumns({"build/a", Repeat("x", 100)}), IsEmpty());
  EXPECT_THAT(CheckColumns({"build/a", Repeat("x", 101)}), SizeIs(1));
  EXPECT_THAT(CheckColumns({"base/a.h", Repeat("\xc3\xa4", 80)}), IsEmpty());
  const std::string table = "// clang-format off\n" + Repeat("x", 100) +
                            "\n// clang-format on\n" + Repeat("x", 81);
  EXPECT_THAT(CheckColumns({"base/a.h", table}), SizeIs(1));
  const std::string raw = "R\"(\n" + Repeat("x", 90) + "\n)\"\n";
  EXPECT_THAT(CheckColumns({"base/a.cc", raw}), IsEmpty());
}

TEST(Tidy, MarksRing) {
  EXPECT_THAT(CheckMarks({"base/a.h",
                          "// TO"
                          "DO: x\n"}),
              SizeIs(1));
  EXPECT_THAT(CheckMarks({"base/a.h",
                          "// FIX"
                          "ME\n# XX"
                          "X\n"}),
              SizeIs(2));
  EXPECT_THAT(CheckMarks({"base/a.h", "// XXXL\n"}), IsEmpty());
}

TEST(Tidy, EmptyNamesRing) {
  EXPECT_THAT(CheckFileName({"base/string_util.h", ""}), SizeIs(1));
  EXPECT_THAT(CheckFileName({"common/a.h", ""}), SizeIs(1));
  EXPECT_THAT(CheckFileName({"base/text.h", ""}), IsEmpty());
}

TEST(Tidy, WrongGuardsRing) {
  const std::string good =
      "#ifndef COHORT_BASE_A_B_H_\n#define COHORT_BASE_A_B_H_\n"
      "#endif  // COHORT_BASE_A_B_H_\n";
  EXPECT_THAT(CheckHeaderGuard({"base/a_b.h", good}), IsEmpty());
  EXPECT_THAT(CheckHeaderGuard({"base/c.h", good}), SizeIs(1));
  EXPECT_THAT(CheckHeaderGuard({"base/a_b.h", "#pragma once\n"}), SizeIs(1));
}

TEST(Tidy, MutableStaticsRing) {
  for (std::string_view bad :
       {"int counter = 0;", "static int counter;", "thread_local int t;",
        "namespace { std::vector<int> all; }", "inline int x{0};",
        "void F() { static int calls = 0; }", "struct S { static int calls; };",
        "struct S { inline static int calls = 0; };"}) {
    EXPECT_THAT(CheckMutableStatics({"base/a.cc", std::string(bad)}), SizeIs(1))
        << bad;
  }
  for (std::string_view good :
       {"constexpr int k = 0;", "static int F();",
        "void F() { static const int k = 0; int x = 1; }",
        "struct S { static S Make(); int x = 0; };", "using A = int;",
        "inline constexpr int kTable[] = {1, 2};", "enum class E { kA };",
        "template <typename T>\nconcept C = true;", "class B;",
        "int F(int a = 1) { return a; }", "namespace fs = std::filesystem;",
        "bool operator==(const S&, const S&) = default;"}) {
    EXPECT_THAT(CheckMutableStatics({"base/a.cc", std::string(good)}),
                IsEmpty())
        << good;
  }
}

TEST(Tidy, WhatAReplayWouldNotSeeRings) {
  for (std::string_view bad :
       {"std::hash<int>{}(1);", "absl::HashOf(1);", "std::random_device r;",
        "auto t = std::chrono::system_clock::now();",
        "std::chrono::steady_clock::now();", "absl::Now();",
        "std::thread t;"}) {
    const std::string text(bad);
    EXPECT_THAT(CheckDeterminism({"engine/a.cc", text}), SizeIs(1)) << bad;
    EXPECT_THAT(CheckDeterminism({"engine/a_test.cc", text}), IsEmpty()) << bad;
    EXPECT_THAT(CheckDeterminism({"cli/a.cc", text}), IsEmpty()) << bad;
  }
  EXPECT_THAT(CheckDeterminism({"engine/a.cc", "// std::hash is seeded\n"}),
              IsEmpty());
}

TEST(Tidy, EndsOfTheProcessRing) {
  for (std::string_view bad :
       {"COHORT_CHECK(a, b);", "assert(a);", "std::abort();"}) {
    const std::string text(bad);
    EXPECT_THAT(CheckEndsOfProcess({"history/a.cc", text}), SizeIs(1)) << bad;
    EXPECT_THAT(CheckEndsOfProcess({"history/a_fuzz.cc", text}), IsEmpty());
    EXPECT_THAT(CheckEndsOfProcess({"benchmarks/a.cc", text}), IsEmpty());
  }
  EXPECT_THAT(CheckEndsOfProcess({"history/a.h", "static_assert(true);"}),
              IsEmpty());
}

TEST(Tidy, UsingNamespaceRingsInHeaders) {
  EXPECT_THAT(CheckUsingNamespace({"base/a.h", "using namespace std;\n"}),
              SizeIs(1));
  EXPECT_THAT(CheckUsingNamespace({"base/a.cc", "using namespace std;\n"}),
              IsEmpty());
}

TEST(Tidy, MachinePathsRing) {
  EXPECT_THAT(CheckMachinePaths({"docs/a.md",
                                 "see /wo"
                                 "rk/x\n"}),
              SizeIs(1));
  EXPECT_THAT(CheckMachinePaths({"docs/a.md",
                                 "a(\"/ho"
                                 "me/x\")"}),
              SizeIs(1));
  EXPECT_THAT(CheckMachinePaths({"docs/a.md",
                                 "my/wo"
                                 "rk/x\n"}),
              IsEmpty());
}

TEST(Tidy, AllChecksAreCalled) {
  const std::vector<Finding> found =
      CheckTidy({"history/util.h",
                 "using namespace std;\nint x;\n// XX"
                 "X /ho"
                 "me/\n" +
                     Repeat("y", 81) + "\nvoid F() {\nabsl::Now();\n" +
                     Repeat("\n", 400) + "}\n"});
  const std::string report = Report(found);
  for (std::string_view part :
       {"function of", "lines; at", "columns", "unfinished", "says nothing",
        "guard", "mutable static", "a replay", "not in a header",
        "one machine"}) {
    EXPECT_THAT(report, HasSubstr(part));
  }
}

TEST(Tidy, TheSourceTreeIsTidy) {
  const std::vector<SourceFile> files = ReadSourceTree(WorkspaceRoot());
  EXPECT_GT(files.size(), 20u) << "the tree was not read";
  for (const SourceFile& file : files) {
    const std::vector<Finding> findings = CheckTidy(file);
    EXPECT_TRUE(findings.empty()) << Report(findings);
  }
}

}  // namespace
}  // namespace cohort_testing
