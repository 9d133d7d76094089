// docs/upstream_bugs.md and the tests of this folder name each other, and leave
// out no bug of the specifications.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

constexpr std::string_view kPage = "docs/upstream_bugs.md";

std::string Read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path << " is missing";
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::set<std::string> Find(const std::string& text, const char* pattern) {
  std::set<std::string> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end;
       ++it) {
    found.insert((*it)[1]);
  }
  return found;
}

struct Row {
  std::string upstream;
  std::string there;
  std::string here;
  std::string test;
};

// The rows of all tables, without their heads.
std::vector<Row> Rows() {
  std::vector<Row> rows;
  const std::string text = Read(kPage);
  const std::regex row(
      R"(\| ([^|\n]+) \| ([^|\n]+) \| ([^|\n]+) \| ([^|\n]+) \|)");
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end;
       ++it) {
    if ((*it)[1] == "Upstream") continue;
    rows.push_back({(*it)[1], (*it)[2], (*it)[3], (*it)[4]});
  }
  return rows;
}

std::set<std::string> TestsInSources() {
  std::set<std::string> tests;
  for (const auto& entry :
       std::filesystem::directory_iterator("testing/upstream")) {
    const std::string name = entry.path().filename();
    if (!name.ends_with("_test.cc") || name == "list_test.cc") continue;
    tests.merge(Find(Read(entry.path()), R"(TEST\(UpstreamBug,\s*(\w+)\))"));
  }
  return tests;
}

TEST(UpstreamList, NamesEveryTestAndNoOther) {
  std::set<std::string> named;
  for (const Row& row : Rows()) {
    if (row.test == "-") continue;
    ASSERT_TRUE(row.test.starts_with('`') && row.test.ends_with('`'))
        << row.test;
    named.insert(row.test.substr(1, row.test.size() - 2));
  }
  const std::set<std::string> tests = TestsInSources();
  EXPECT_GT(tests.size(), 60u);
  EXPECT_EQ(named, tests);
}

struct Repository {
  std::string_view test_prefix;
  std::string_view name;
};
constexpr Repository kRepositories[] = {
    {"CadenceClient", "cadence-client#"},
    {"CadenceJavaClient", "cadence-java-client#"},
    {"CoreSdk", "sdk-core#"},
    {"Features", "features#"},
    {"GoGotcha", "G"},
    {"GoSdk", "sdk-go#"},
    {"JavaSdk", "sdk-java#"},
    {"PythonSdk", "sdk-python#"},
    {"TemporalServer", "temporal#"},
    {"TypeScriptSdk", "sdk-typescript#"},
};

// GoSdk473_... is named in the row of sdk-go#473.
TEST(UpstreamList, TestsAreNamedAfterTheirIssues) {
  const std::vector<Row> rows = Rows();
  const std::regex form(R"(([A-Za-z]+?)(\d+|NoIssue)_\w+)");
  for (const std::string& test : TestsInSources()) {
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(test, parts, form)) << test;
    const auto* repository = std::find_if(
        std::begin(kRepositories), std::end(kRepositories),
        [&](const Repository& r) { return parts[1].str() == r.test_prefix; });
    ASSERT_NE(repository, std::end(kRepositories)) << test;
    std::string issue(repository->name);
    if (parts[2] == "NoIssue") {
      issue.back() = ',';
      issue += " no issue,";
    } else {
      issue += parts[2].str() + ",";
    }
    const auto in_row_of_issue = [&](const Row& row) {
      return row.test == "`" + test + "`" &&
             (row.upstream + ",").find(issue) != std::string::npos;
    };
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), in_row_of_issue)) << test;
  }
}

TEST(UpstreamList, EachRowSaysWhatHappensHere) {
  std::set<std::string> seen;
  for (const Row& row : Rows()) {
    EXPECT_GT(row.there.size(), 10u) << row.upstream;
    EXPECT_GT(row.here.size(), 5u) << row.upstream;
    if (row.upstream.find("no issue") != std::string::npos) continue;
    EXPECT_TRUE(seen.insert(row.upstream).second) << row.upstream << " twice";
  }
  EXPECT_GT(seen.size(), 60u);
}

// A part of a specification, from one heading to another.
std::string Section(const std::string& file, const std::string& from,
                    const std::string& to) {
  const char* shared = std::getenv("COHORT_SHARED");
  const std::string text = Read(std::filesystem::path(shared) / "spec" / file);
  const std::size_t begin = text.find(from);
  const std::size_t end = text.find(to, begin);
  EXPECT_NE(begin, std::string::npos) << from;
  return text.substr(begin, end - begin);
}

TEST(UpstreamList, HasEveryBugOfTheSpecifications) {
  if (std::getenv("COHORT_SHARED") == nullptr) {
    GTEST_SKIP() << "COHORT_SHARED is not set";
  }
  const std::string specified =
      Section("users-and-rivals.md", "### D6", "### D7") +
      Section("getversion-go.md", "## 9. Known bugs", "## Appendix A") +
      Section("getversion-java-core.md", "## 7 Known bugs", "## 8 ");
  const std::set<std::string> here = Find(Read(kPage), R"(#(\d+))");
  // Mentioned beside a bug, as where its fix was discussed.
  const std::set<std::string> beside = {"504", "854"};
  const std::set<std::string> issues = Find(specified, R"(#(\d{2,}))");
  EXPECT_GT(issues.size(), 70u);
  for (const std::string& issue : issues) {
    EXPECT_TRUE(here.contains(issue) || beside.contains(issue)) << issue;
  }
  EXPECT_EQ(Find(specified, R"(\*\*(G\d+)\b)"),
            Find(Read(kPage), R"(\| (G\d+) \|)"));
}

}  // namespace
}  // namespace cohort_testing
