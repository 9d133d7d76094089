// Every header of the project compiles alone, twice in a row, without a
// warning. One test case for each header.
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/source_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

namespace fs = std::filesystem;

struct Compilation {
  int exit_code = 0;
  std::string output;
};

Compilation Run(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "popen failed"};
  Compilation result;
  std::array<char, 4096> buffer;
  while (true) {
    const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe);
    if (n == 0) break;
    result.output.append(buffer.data(), n);
  }
  result.exit_code = ::pclose(pipe);
  return result;
}

// Compiles `text`; own headers are looked for below `include_folder`.
Compilation Compile(std::string_view text, const fs::path& include_folder) {
  const fs::path source = include_folder / "alone.cc";
  std::ofstream(source) << text;
  return Run(
      "clang++-16 -std=c++20 -fsyntax-only -Wall -Wextra -Wshadow "
      "-Wconversion -Werror -DSIMDJSON_THREADS_ENABLED=1 -I'" +
      include_folder.string() + "' '" + source.string() + "'");
}

// A fresh folder in which the path `cohort` is `target`.
fs::path IncludeFolder(std::string_view name, const fs::path& target) {
  const fs::path folder = fs::path(testing::TempDir()) / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::create_directory_symlink(target, folder / "cohort");
  return folder;
}

std::vector<std::string> Headers() {
  std::vector<std::string> paths;
  for (const SourceFile& file : ReadSourceTree(WorkspaceRoot())) {
    if (IsHeader(file.path)) paths.push_back(file.path);
  }
  return paths;
}

std::string CaseName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

class Header : public testing::TestWithParam<std::string> {};

TEST_P(Header, CompilesAlone) {
  const std::string include = "#include \"cohort/" + GetParam() + "\"\n";
  const Compilation result =
      Compile(include + include, IncludeFolder("tree", WorkspaceRoot()));
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

INSTANTIATE_TEST_SUITE_P(All, Header, testing::ValuesIn(Headers()), CaseName);

TEST(HeaderCheck, ABadHeaderRings) {
  const fs::path tree = fs::path(testing::TempDir()) / "bad_tree";
  fs::create_directories(tree);
  std::ofstream(tree / "needs.h") << "inline std::string Name() { return {}; }";
  std::ofstream(tree / "warns.h")
      << "#pragma once\ninline int Cut(long x) { return x; }\n";
  std::ofstream(tree / "twice.h") << "struct Twice {};\n";
  const fs::path folder = IncludeFolder("bad", tree);
  for (std::string_view name : {"needs.h", "warns.h", "twice.h"}) {
    const std::string include =
        "#include \"cohort/" + std::string(name) + "\"\n";
    const Compilation result = Compile(include + include, folder);
    EXPECT_NE(result.exit_code, 0) << name;
    EXPECT_THAT(result.output, testing::HasSubstr(name));
  }
}

}  // namespace
}  // namespace cohort_testing
