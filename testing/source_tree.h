// The project's own source files, for the tests that read the source tree.
//
//   for (const SourceFile& file : ReadSourceTree(WorkspaceRoot())) {
//     Use(file.path, file.text);  // "base/check.h" and its bytes
//   }
//
// Threads: values only; nothing is kept. Errors: what cannot be read throws
// std::filesystem::filesystem_error or std::runtime_error, which fails the
// test.
#ifndef COHORT_TESTING_SOURCE_TREE_H_
#define COHORT_TESTING_SOURCE_TREE_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cohort_testing {

struct SourceFile {
  // Relative to the workspace, with '/' between its parts.
  std::string path;
  std::string text;
};

// One thing that a check found; `line` counts from 1, 0 means the whole file.
struct Finding {
  std::string path;
  int line = 0;
  std::string message;
};

// The source checkout that the running test was built from. Its target must
// have testing/source_tree.h in `data` and the tag "local": the real path of
// that file is how the checkout is found.
std::filesystem::path WorkspaceRoot();

// Every source file below `root` in the order of its path. Left out: folders
// and files whose name begins with a dot, outputs (bazel-*, fuzz-findings,
// __pycache__), and recorded data (testdata, corpus data, *.json).
std::vector<SourceFile> ReadSourceTree(const std::filesystem::path& root);

bool IsHeader(std::string_view path);      // x.h
bool IsCpp(std::string_view path);         // x.h, x.cc
bool IsTestSource(std::string_view path);  // x_test.cc, x_fuzz.cc, ...

// The first part of a path, "base" for "base/check.h"; "" for "WORKSPACE".
std::string_view RoomOf(std::string_view path);

// The lines of a text without their ends; a last line need not have one.
std::vector<std::string_view> Lines(std::string_view text);

// One line for each finding, "path:line: message".
std::string Report(const std::vector<Finding>& findings);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_SOURCE_TREE_H_
