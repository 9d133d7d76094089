// Every public header opens with an example that compiles: its first example is
// the snippet of its name in one of the sources beside this test.
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

// The public headers: of these rooms all ("*"), or those named.
struct PublicRoom {
  std::string_view room;
  std::string_view headers;
};
constexpr std::array kPublicRooms = {
    PublicRoom{"versioning", "*"},
    PublicRoom{"workflow", "*"},
    PublicRoom{"history", "*"},
    PublicRoom{"markers", "*"},
    PublicRoom{"engine", "*"},
    PublicRoom{"testing",
               "coverage environment go_on history_builder live_replay "
               "recorder replay_main replay_test replayer report reset_points "
               "transcript"},
    PublicRoom{"corpus",
               "census decode diff dump_source fleet folder_source proof query "
               "retire run_facts sampler scrub shape source statistics store"},
    PublicRoom{"embedded", "client embedded engine requests"},
    PublicRoom{"worker", "activities observer retry worker"},
};

// Public headers without an example, and why.
struct WithoutExample {
  std::string_view path;
  std::string_view why;
};
constexpr std::string_view kIncludesOthers = "includes others";
constexpr std::string_view kOneRoom = "for its own room only";
constexpr std::string_view kHosts = "for engines; see examples/foreign_host.h";
constexpr std::array kWithoutExample = {
    WithoutExample{"embedded/embedded.h", kIncludesOthers},
    WithoutExample{"markers/markers.h", kIncludesOthers},
    WithoutExample{"versioning/versioning.h", kIncludesOthers},
    WithoutExample{"workflow/workflow.h", kIncludesOthers},
    WithoutExample{"versioning/host.h", kHosts},
    WithoutExample{"workflow/host.h", kHosts},
    WithoutExample{"engine/kinds.h", kOneRoom},
    WithoutExample{"engine/match_table.h", kOneRoom},
    WithoutExample{"engine/operations.h", kOneRoom},
    WithoutExample{"history/event_reader.h", kOneRoom},
    WithoutExample{"history/event_row.h", kOneRoom},
    WithoutExample{"history/large_memory.h", kOneRoom},
    WithoutExample{"workflow/scheduler.h", kOneRoom},
    WithoutExample{"workflow/scope.h", kOneRoom},
};

bool IsOneOf(std::string_view words, std::string_view word) {
  return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") !=
         std::string::npos;
}

bool IsPublic(std::string_view path) {
  if (!cohort_testing::IsHeader(path)) return false;
  const std::string_view room = cohort_testing::RoomOf(path);
  for (const PublicRoom& row : kPublicRooms) {
    if (row.room != room) continue;
    std::string_view name = path.substr(room.size() + 1);
    name.remove_suffix(std::string_view(".h").size());
    return row.headers == "*" || IsOneOf(row.headers, name);
  }
  return false;
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
    if (!IsPublic(file.path)) continue;
    seen.insert(file.path);
    EXPECT_THAT(CheckExample(file.path, file.text, snippets), IsEmpty());
    EXPECT_EQ(FirstExample(file.text).empty(), MayLackExample(file.path))
        << file.path
        << (MayLackExample(file.path)
                ? " has an example: strike it off the list"
                : " opens without an example");
  }
  for (const auto& [path, code] : snippets) {
    EXPECT_TRUE(seen.contains(path)) << path << " is no public header";
  }
  for (const WithoutExample& row : kWithoutExample) {
    EXPECT_TRUE(seen.contains(std::string(row.path))) << row.path;
  }
  for (const PublicRoom& row : kPublicRooms) {
    const auto named = static_cast<std::size_t>(
        std::count(row.headers.begin(), row.headers.end(), ' ') + 1);
    const auto found = static_cast<std::size_t>(
        std::count_if(seen.begin(), seen.end(), [&](const std::string& path) {
          return cohort_testing::RoomOf(path) == row.room;
        }));
    if (row.headers == "*") {
      EXPECT_GT(found, 0u) << row.room;
    } else {
      EXPECT_EQ(found, named) << row.room << " lacks a header that is named";
    }
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
