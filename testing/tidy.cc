#include "cohort/testing/tidy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/cpp_scan.h"
#include "cohort/testing/source_tree.h"
#include "fmt/core.h"

namespace cohort_testing {
namespace {

bool IsProse(std::string_view path) {
  return path.ends_with(".md") || RoomOf(path).empty();
}

// Lines of UTF-8 text are measured in code points.
int Columns(std::string_view line) {
  return static_cast<int>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
  }));
}

bool HasWord(std::string_view text, std::string_view word) {
  return FindWord(text, word) != std::string_view::npos;
}

// One finding for each line of `text` that holds one of `words` as a word.
template <typename Words>
std::vector<Finding> FindWords(const std::string& path, std::string_view text,
                               const Words& words, std::string_view why) {
  std::vector<Finding> findings;
  int number = 0;
  for (std::string_view line : Lines(text)) {
    ++number;
    for (std::string_view word : words) {
      if (!HasWord(line, word)) continue;
      findings.push_back({path, number, fmt::format("{}: {}", word, why)});
    }
  }
  return findings;
}

std::string GuardOf(std::string_view path) {
  std::string guard = "COHORT_";
  for (char c : path) {
    const auto u = static_cast<unsigned char>(c);
    guard += std::isalnum(u) != 0 ? static_cast<char>(std::toupper(u)) : '_';
  }
  return guard + "_";
}

bool StartsWithWord(std::string_view text, std::string_view word) {
  return FindWord(text, word) == 0;
}

bool IsConstant(std::string_view text) {
  return HasWord(text, "const") || HasWord(text, "constexpr") ||
         HasWord(text, "consteval");
}

// A declaration without a parameter list before its value.
bool LooksLikeVariable(std::string_view text) {
  if (HasWord(text, "operator")) return false;
  const std::size_t value = std::min(text.find('='), text.size());
  return text.substr(0, value).find('(') == std::string_view::npos;
}

// At namespace scope: what begins so declares no variable.
bool BeginsOtherDeclaration(std::string_view text) {
  constexpr std::array<std::string_view, 13> kWords = {
      "using",         "namespace", "typedef", "template", "friend",
      "extern",        "class",     "struct",  "union",    "enum",
      "static_assert", "concept",   "public"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return StartsWithWord(text, word);
  });
}

bool IsMutableStatic(const Statement& s) {
  if (HasWord(s.text, "thread_local")) return true;
  if (IsConstant(s.text)) return false;
  const bool is_static = StartsWithWord(s.text, "static");
  switch (s.scope) {
    case ScopeKind::kFunction:
      return is_static;
    case ScopeKind::kType:
      return (is_static || StartsWithWord(s.text, "inline static")) &&
             LooksLikeVariable(s.text);
    case ScopeKind::kNamespace:
      // A type and a name, at least.
      return !BeginsOtherDeclaration(s.text) && LooksLikeVariable(s.text) &&
             s.text.find(' ') != std::string::npos &&
             !s.text.starts_with("inline namespace") &&
             !s.text.starts_with("[[");
    case ScopeKind::kInitializer:
      return false;
  }
  return false;
}

// A source of the rooms that a replay runs through, and no test.
bool IsReplaySource(const SourceFile& file) {
  constexpr std::array<std::string_view, 5> kRooms = {
      "history", "versioning", "markers", "workflow", "engine"};
  return IsCpp(file.path) && !IsTestSource(file.path) &&
         std::find(kRooms.begin(), kRooms.end(), RoomOf(file.path)) !=
             kRooms.end();
}

void Append(std::vector<Finding>& all, std::vector<Finding> more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::vector<Finding> CheckFunctionLines(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!IsCpp(file.path)) return findings;
  for (const Block& block : Scan(StripComments(file.text)).functions) {
    const int lines = block.last_line - block.first_line + 1;
    if (lines <= kFunctionLinesMax) continue;
    findings.push_back({file.path, block.first_line,
                        fmt::format("function of {} lines; at most {}", lines,
                                    kFunctionLinesMax)});
  }
  return findings;
}

std::vector<Finding> CheckFileLines(const SourceFile& file) {
  if (IsProse(file.path)) return {};
  const int most =
      file.path.ends_with("_test.cc") ? kTestLinesMax : kFileLinesMax;
  const int lines = static_cast<int>(Lines(file.text).size());
  if (lines <= most) return {};
  return {{file.path, 0, fmt::format("{} lines; at most {}", lines, most)}};
}

std::vector<Finding> CheckColumns(const SourceFile& file) {
  std::vector<Finding> findings;
  if (IsProse(file.path)) return findings;
  const bool cpp = IsCpp(file.path);
  const std::string stripped = cpp ? StripComments(file.text) : file.text;
  const std::vector<std::string_view> code = Lines(stripped);
  const std::vector<std::string_view> lines = Lines(file.text);
  bool formatted = cpp;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].ends_with("clang-format off")) formatted = false;
    if (lines[i].ends_with("clang-format on")) formatted = cpp;
    const int most = formatted ? kCppColumnsMax : kOtherColumnsMax;
    const int columns = Columns(lines[i]);
    if (columns <= most) continue;
    const bool exempt = code[i].find(kRawStringMark) != code[i].npos ||
                        lines[i].starts_with("#include") ||
                        lines[i].find("://") != lines[i].npos;
    if (exempt) continue;
    findings.push_back({file.path, static_cast<int>(i) + 1,
                        fmt::format("{} columns; at most {}", columns, most)});
  }
  return findings;
}

std::vector<Finding> CheckMarks(const SourceFile& file) {
  // In two parts, so that this file does not find itself.
  constexpr std::array<std::string_view, 3> kMarks = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X"};
  return FindWords(file.path, file.text, kMarks, "mark of unfinished work");
}

std::vector<Finding> CheckFileName(const SourceFile& file) {
  constexpr std::array<std::string_view, 8> kEmptyNames = {
      "util",   "utils",   "common",  "commons",
      "helper", "helpers", "manager", "managers"};
  std::string words = file.path;
  std::replace_if(
      words.begin(), words.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; },
      ' ');
  return FindWords(file.path, words, kEmptyNames, "a name that says nothing");
}

std::vector<Finding> CheckHeaderGuard(const SourceFile& file) {
  if (!IsHeader(file.path)) return {};
  const std::string guard = GuardOf(file.path);
  const std::string open =
      fmt::format("#ifndef {}\n#define {}\n", guard, guard);
  const std::string close = fmt::format("#endif  // {}\n", guard);
  if (file.text.find(open) != std::string::npos && file.text.ends_with(close)) {
    return {};
  }
  return {{file.path, 0, fmt::format("the header guard is not {}", guard)}};
}

std::vector<Finding> CheckMutableStatics(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!IsCpp(file.path) || IsTestSource(file.path)) return findings;
  for (const Statement& s : Scan(StripComments(file.text)).statements) {
    if (!IsMutableStatic(s)) continue;
    findings.push_back(
        {file.path, s.line, fmt::format("mutable static: {}", s.text)});
  }
  return findings;
}

std::vector<Finding> CheckDeterminism(const SourceFile& file) {
  constexpr std::array<std::string_view, 14> kWords = {
      "std::hash",    "absl::Hash",   "absl::HashOf",          "random_device",
      "system_clock", "steady_clock", "high_resolution_clock", "absl::Now",
      "std::rand",    "std::thread",  "std::jthread",          "std::async",
      "std::mutex",   "getenv"};
  if (!IsReplaySource(file)) return {};
  std::vector<Finding> findings =
      FindWords(file.path, StripComments(file.text), kWords,
                "a replay would not see the same; hand it in from outside");
  // A type of time is data; only the clock's present is not.
  std::erase_if(findings, [&](const Finding& f) {
    const auto line = Lines(file.text)[static_cast<std::size_t>(f.line - 1)];
    return f.message.starts_with("system_clock") &&
           line.find("system_clock::time_point") != line.npos;
  });
  return findings;
}

std::vector<Finding> CheckEndsOfProcess(const SourceFile& file) {
  constexpr std::array<std::string_view, 5> kWords = {
      "COHORT_CHECK", "assert", "abort", "std::exit", "std::terminate"};
  if (!IsReplaySource(file)) return {};
  return FindWords(file.path, StripComments(file.text), kWords,
                   "the library ends no process; answer with a Status");
}

std::vector<Finding> CheckUsingNamespace(const SourceFile& file) {
  if (!IsHeader(file.path)) return {};
  constexpr std::array<std::string_view, 1> kWords = {"using namespace"};
  return FindWords(file.path, StripComments(file.text), kWords,
                   "not in a header");
}

std::vector<Finding> CheckMachinePaths(const SourceFile& file) {
  // Split, so that this file does not find itself.
  constexpr std::array<std::string_view, 6> kRoots = {
      "/wo"
      "rk/",
      "/ho"
      "me/",
      "/ro"
      "ot/",
      "/Use"
      "rs/",
      "/tm"
      "p/",
      "/fa"
      "rm/"};
  std::vector<Finding> findings;
  int number = 0;
  for (std::string_view line : Lines(file.text)) {
    ++number;
    for (std::string_view root : kRoots) {
      const std::size_t at = line.find(root);
      if (at == line.npos) continue;
      // "examples/work/" is a path of the project.
      const char before = at == 0 ? ' ' : line[at - 1];
      if (std::isalnum(static_cast<unsigned char>(before)) != 0 ||
          std::string_view("._-}*)").find(before) != std::string_view::npos) {
        continue;
      }
      findings.push_back(
          {file.path, number, fmt::format("path of one machine: {}", root)});
    }
  }
  return findings;
}

std::vector<Finding> CheckTidy(const SourceFile& file) {
  std::vector<Finding> all;
  constexpr std::array kChecks = {
      CheckFunctionLines,  CheckFileLines,   CheckColumns,
      CheckMarks,          CheckFileName,    CheckHeaderGuard,
      CheckMutableStatics, CheckDeterminism, CheckEndsOfProcess,
      CheckUsingNamespace, CheckMachinePaths};
  for (const auto& check : kChecks) Append(all, check(file));
  return all;
}

}  // namespace cohort_testing
