#include "cohort/testing/source_tree.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "fmt/core.h"

namespace cohort_testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAnchor = "testing/source_tree.h";

bool IsSkippedFolder(std::string_view name) {
  return name.starts_with('.') || name.starts_with("bazel-") ||
         name == "fuzz-findings" || name == "__pycache__" || name == "testdata";
}

bool IsSourceName(std::string_view name) {
  constexpr std::array<std::string_view, 5> kSuffixes = {".h", ".cc", ".py",
                                                         ".bzl", ".md"};
  // Scripts have no suffix here; everything else with one is data.
  return name.find('.') == std::string_view::npos || name == "BUILD.bazel" ||
         name.ends_with(".sh") ||
         std::any_of(kSuffixes.begin(), kSuffixes.end(),
                     [&](std::string_view s) { return name.ends_with(s); });
}

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return std::string((std::istreambuf_iterator<char>(in)),
                     std::istreambuf_iterator<char>());
}

}  // namespace

fs::path WorkspaceRoot() {
  const char* sources = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  if (sources == nullptr || workspace == nullptr) {
    throw std::runtime_error("run this test through Bazel");
  }
  const fs::path anchor =
      fs::canonical(fs::path(sources) / workspace / std::string(kAnchor));
  const fs::path root = anchor.parent_path().parent_path();
  if (!fs::exists(root / "WORKSPACE")) {
    throw std::runtime_error("no WORKSPACE in " + root.string());
  }
  return root;
}

std::vector<SourceFile> ReadSourceTree(const fs::path& root) {
  std::vector<SourceFile> files;
  auto it = fs::recursive_directory_iterator(root);
  for (const fs::directory_entry& entry : it) {
    const std::string name = entry.path().filename().string();
    if (entry.is_symlink()) continue;
    if (entry.is_directory()) {
      if (IsSkippedFolder(name)) it.disable_recursion_pending();
    } else if (!name.starts_with('.') && IsSourceName(name)) {
      files.push_back({entry.path().lexically_relative(root).generic_string(),
                       ReadText(entry.path())});
    }
  }
  std::sort(
      files.begin(), files.end(),
      [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

bool IsHeader(std::string_view path) { return path.ends_with(".h"); }

bool IsCpp(std::string_view path) {
  return IsHeader(path) || path.ends_with(".cc");
}

bool IsTestSource(std::string_view path) {
  return path.ends_with("_test.cc") || path.ends_with("_fuzz.cc") ||
         path.ends_with("_benchmark.cc");
}

std::string_view RoomOf(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string Report(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings) {
    text += fmt::format("{}:{}: {}\n", f.path, f.line, f.message);
  }
  return text;
}

}  // namespace cohort_testing
