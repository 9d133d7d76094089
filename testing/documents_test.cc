// What the documents name is there: files, Bazel targets, goals of make, links.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/source_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::string FileText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The first group of each match.
std::vector<std::string> Matches(const std::string& text,
                                 const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end;
       ++it) {
    found.push_back((*it)[1]);
  }
  return found;
}

// `engine/kinds.h`, `examples/order` (for order.h), `testing/tidy_test`.
bool HasPath(const fs::path& root, const std::string& path) {
  for (const char* end : {"", ".h", ".cc"}) {
    if (fs::exists(root / (path + end))) return true;
  }
  return false;
}

// "//engine:scenarios_test"; "//testing/conformance" is its target of that
// name.
bool HasTarget(const fs::path& root, const std::string& label) {
  const std::size_t colon = label.find(':');
  const std::string package = label.substr(2, colon - 2);
  const std::string name = colon == std::string::npos
                               ? package.substr(package.rfind('/') + 1)
                               : label.substr(colon + 1);
  return FileText(root / package / "BUILD.bazel")
             .find("name = \"" + name + "\"") != std::string::npos;
}

bool HasGoal(const fs::path& root, const std::string& goal) {
  return ("\n" + FileText(root / "Makefile")).find("\n" + goal + ":") !=
         std::string::npos;
}

// What `text`, which stands in the document `path`, names and is not there.
std::vector<std::string> Missing(const fs::path& root, const std::string& path,
                                 const std::string& text) {
  std::vector<std::string> missing;
  for (const std::string& name :
       Matches(text, "`([.a-z_]+(?:/[A-Za-z0-9_.+-]+)+)`")) {
    const std::string room = name.substr(0, name.find('/'));
    if (!fs::is_directory(root / room) || HasPath(root, name)) continue;
    missing.push_back(name);
  }
  for (const std::string& label :
       Matches(text, "[ `(](//[a-z_]+(?:/[a-z_]+)*(?::[a-z0-9_]+)?)")) {
    if (!HasTarget(root, label)) missing.push_back(label);
  }
  for (const std::string& goal : Matches(text, "(?:`|    )make ([a-z-]+)")) {
    if (!HasGoal(root, goal)) missing.push_back("make " + goal);
  }
  for (const std::string& link : Matches(text, "\\]\\(([^)#: ]+)[)#]")) {
    if (!fs::exists(root / fs::path(path).parent_path() / link)) {
      missing.push_back(link);
    }
  }
  return missing;
}

TEST(DocumentsTest, WhatIsNotThereRings) {
  const fs::path root = WorkspaceRoot();
  EXPECT_THAT(Missing(root, "README.md",
                      "`engine/run.h` `engine/runs.h` `json/plain` "
                      "`examples/order` `docs/none` //engine:tables_test, "
                      "`//engine:no_test` //testing/conformance //none:none "
                      "`make test` make sure `make tests X=1`\n    make help\n"
                      "[a](docs/markers.md) [b](docs/none.md#x) "
                      "[c](https://none.example/x)"),
              ElementsAre("engine/runs.h", "docs/none", "//engine:no_test",
                          "//none:none", "make tests", "docs/none.md"));
  EXPECT_THAT(Missing(root, "docs/x.md", "[a](markers.md) [b](../README.md)"),
              IsEmpty());
}

TEST(DocumentsTest, NameWhatIsThere) {
  const fs::path root = WorkspaceRoot();
  std::set<std::string> documents;
  for (const SourceFile& file : ReadSourceTree(root)) {
    if (!file.path.ends_with(".md")) continue;
    documents.insert(file.path);
    EXPECT_THAT(Missing(root, file.path, file.text), IsEmpty()) << file.path;
  }
  for (const char* path : {"README.md", "CONTRIBUTING.md", "docs/markers.md"}) {
    EXPECT_TRUE(documents.contains(path)) << path;
  }
}

TEST(DocumentsTest, TheReadmeMapsEveryFolder) {
  const fs::path root = WorkspaceRoot();
  const std::string readme = FileText(root / "README.md");
  std::set<std::string> rooms;
  for (const SourceFile& file : ReadSourceTree(root)) {
    if (!RoomOf(file.path).empty())
      rooms.insert(std::string(RoomOf(file.path)));
  }
  EXPECT_TRUE(rooms.contains("engine")) << "the tree was not read";
  for (const std::string& room : rooms) {
    EXPECT_NE(readme.find("`" + room + "`"), std::string::npos) << room;
  }
}

}  // namespace
}  // namespace cohort_testing
