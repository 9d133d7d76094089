// The headers of the library open with examples that compile: an example is the
// snippet of its header's path in one of the sources beside this test.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/examples/snippets.h"
#include "cohort/testing/source_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_examples {
namespace {

using cohort_testing::SourceFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Whose headers nobody includes: programs, and tests of this tree.
constexpr std::array<std::string_view, 6> kNotTheLibrary = {
    "benchmarks/",       "cli/",
    "examples/",         "testing/conformance/",
    "testing/official/", "testing/upstream/",
};

// Headers without an example, and why.
struct WithoutExample {
  std::string_view path;
  std::string_view why;
};
constexpr std::string_view kIncludesOthers = "includes others";
constexpr std::string_view kTable = "a table of facts, or the types of one";
constexpr std::string_view kOneRoom = "for its own room only";
constexpr std::string_view kHosts = "for engines; see examples/foreign_host.h";
constexpr std::array kWithoutExample = {
    WithoutExample{"base/limits.h", kTable},
    WithoutExample{"base/stable_hash.h", kOneRoom},
    WithoutExample{"base/text.h", kOneRoom},
    WithoutExample{"base/version.h", kTable},
    WithoutExample{"corpus/store_schema.h", kTable},
    WithoutExample{"embedded/core.h", kOneRoom},
    WithoutExample{"embedded/embedded.h", kIncludesOthers},
    WithoutExample{"embedded/store_schema.h", kTable},
    WithoutExample{"engine/kinds.h", kTable},
    WithoutExample{"engine/match_table.h", kTable},
    WithoutExample{"engine/operations.h", kOneRoom},
    WithoutExample{"history/event_reader.h", kOneRoom},
    WithoutExample{"history/event_row.h", kTable},
    WithoutExample{"history/large_memory.h", kOneRoom},
    WithoutExample{"markers/markers.h", kIncludesOthers},
    WithoutExample{"temporal/temporal.h", kIncludesOthers},
    WithoutExample{"testing/formats/html_page.h", kOneRoom},
    WithoutExample{"testing/formats/html_parts.h", kOneRoom},
    WithoutExample{"testing/formats/markup.h", kOneRoom},
    WithoutExample{"testing/formats/test_data.h", kOneRoom},
    WithoutExample{"testing/oracle_words.h", kTable},
    WithoutExample{"testing/program_words.h", kTable},
    WithoutExample{"versioning/host.h", kHosts},
    WithoutExample{"versioning/versioning.h", kIncludesOthers},
    WithoutExample{"workflow/host.h", kHosts},
    WithoutExample{"workflow/scheduler.h", kOneRoom},
    WithoutExample{"workflow/scope.h", kOneRoom},
    WithoutExample{"workflow/workflow.h", kIncludesOthers},
};

bool IsOfTheLibrary(std::string_view path) {
  return cohort_testing::IsHeader(path) &&
         std::none_of(kNotTheLibrary.begin(), kNotTheLibrary.end(),
                      [&](auto folder) { return path.starts_with(folder); });
}

bool MayLackExample(std::string_view path) {
  return std::any_of(kWithoutExample.begin(), kWithoutExample.end(),
                     [&](const auto& row) { return row.path == path; });
}

const std::vector<SourceFile>& Sources() {
  static const std::vector<SourceFile> files =
      cohort_testing::ReadSourceTree(cohort_testing::WorkspaceRoot());
  return files;
}

Snippets CompiledExamples() {
  std::vector<std::string> texts;
  for (const SourceFile& file : Sources()) {
    if (file.path.starts_with("examples/header_examples/") &&
        file.path.ends_with(".cc") &&
        !cohort_testing::IsTestSource(file.path)) {
      texts.push_back(file.text);
    }
  }
  return SnippetsOf(texts);
}

TEST(HeaderExamples, AreTheSnippetsThatCompile) {
  const Snippets snippets = CompiledExamples();
  std::set<std::string> seen;
  for (const SourceFile& file : Sources()) {
    if (!IsOfTheLibrary(file.path)) continue;
    seen.insert(file.path);
    EXPECT_THAT(CheckExample(file.path, file.text, snippets), IsEmpty());
    EXPECT_EQ(FirstExample(file.text).empty(), MayLackExample(file.path))
        << file.path
        << (MayLackExample(file.path)
                ? " has an example: strike it off the list"
                : " opens without an example");
  }
  EXPECT_FALSE(seen.empty());
  for (const auto& [path, code] : snippets) {
    EXPECT_TRUE(seen.contains(path) && !MayLackExample(path))
        << path << " is no header of the library that shows an example";
  }
  for (const WithoutExample& row : kWithoutExample) {
    EXPECT_TRUE(seen.contains(std::string(row.path))) << row.path;
  }
}

TEST(HeaderExamples, FirstIndentedBlockOfTheOpeningComment) {
  EXPECT_EQ(FirstExample("// A.\n//\n//   int a;\n//     b();\n//\n// Text.\n"
                         "//   more();\n#ifndef A_H_\n"),
            "int a;\n  b();\n");
  EXPECT_EQ(FirstExample("// A.\n//  two blanks\n#ifndef A_H_\n//   x\n"), "");
  EXPECT_EQ(FirstExample(""), "");
}

TEST(HeaderExamples, AlarmsRing) {
  const Snippets snippets = SnippetsOf(
      {"void F() {\n  // snippet: a.h\n  int sum = Add(one, two);  // 3\n"
       "  // end of snippet\n}\n"});
  const auto findings = [&](const std::string& path, const std::string& code) {
    return CheckExample(path, "// A.\n//\n" + code + "#ifndef A_H_\n",
                        snippets);
  };
  EXPECT_THAT(findings("a.h", "//   int sum = Add(one, two);  // 3\n"),
              IsEmpty());
  EXPECT_THAT(
      findings("a.h", "//   int sum =\n//       Add(one,\n//   two); // 3\n"),
      IsEmpty());
  EXPECT_THAT(findings("a.h", "// No example.\n"), IsEmpty());
  EXPECT_THAT(findings("a.h", "//   int sum = Add(one, three);  // 3\n"),
              ElementsAre(HasSubstr("a.h: its example is")));
  EXPECT_THAT(findings("a.h", "//   int sum = Add(one, two);\n"),
              ElementsAre(HasSubstr("its example is")));
  EXPECT_THAT(findings("a.h", "//   intsum = Add(one, two);  // 3\n"),
              ElementsAre(HasSubstr("its example is")));
  EXPECT_THAT(findings("b.h", "//   int sum = Add(one, two);  // 3\n"),
              ElementsAre(HasSubstr("b.h: no snippet compiles")));
}

TEST(HeaderExamples, PartsOfASnippetFollowEachOther) {
  const Snippets snippets =
      SnippetsOf({"// snippet: a.h\nint a;\n// end of snippet\nint b;\n"
                  "  // snippet: a.h\n  int c;\n  // end of snippet\n"});
  EXPECT_THAT(CheckExample("a.h", "//   int a;\n//   int c;\n", snippets),
              IsEmpty());
  EXPECT_THAT(
      CheckExample("a.h", "//   int a;\n//   int b;\n//   int c;\n", snippets),
      ElementsAre(HasSubstr("its example is")));
}

}  // namespace
}  // namespace cohort_examples
