#include "cohort/examples/snippets.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cohort_examples {
namespace {

// The next line of `text` without its end, and off it goes.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string_view WithoutIndent(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

// Without white space, but for one blank where it parts two words.
std::string Squeezed(std::string_view code) {
  std::string out;
  bool blank = false;
  for (const char c : code) {
    if (c == ' ' || c == '\n') {
      blank = true;
      continue;
    }
    if (blank && !out.empty() && IsWordCharacter(out.back()) &&
        IsWordCharacter(c)) {
      out.push_back(' ');
    }
    out.push_back(c);
    blank = false;
  }
  return out;
}

// The name in the line that ends right before `at`; "" if it names none.
std::string NameBefore(const std::string& document, std::size_t at) {
  constexpr std::string_view kMark = "<!-- snippet: ";
  constexpr std::string_view kMarkEnd = " -->\n";
  const std::size_t mark = document.rfind(kMark, at);
  if (mark == std::string::npos) return "";
  const std::size_t name = mark + kMark.size();
  const std::size_t end = document.find(kMarkEnd, name);
  if (end == std::string::npos || end + kMarkEnd.size() != at) return "";
  return document.substr(name, end - name);
}

}  // namespace

Snippets SnippetsOf(const std::vector<std::string>& sources) {
  constexpr std::string_view kBegin = "// snippet: ";
  constexpr std::string_view kEnd = "// end of snippet";
  Snippets snippets;
  for (std::string_view rest : sources) {
    std::string* snippet = nullptr;
    while (!rest.empty()) {
      const std::string_view line = TakeLine(rest);
      const std::string_view mark = WithoutIndent(line);
      if (mark.starts_with(kBegin)) {
        snippet = &snippets[std::string(mark.substr(kBegin.size()))];
      } else if (mark == kEnd) {
        snippet = nullptr;
      } else if (snippet != nullptr) {
        snippet->append(line).push_back('\n');
      }
    }
  }
  return snippets;
}

std::vector<std::string> CheckSnippets(const std::string& document,
                                       const Snippets& snippets) {
  constexpr std::string_view kFence = "```cpp\n";
  std::vector<std::string> findings;
  std::size_t at = 0;
  while ((at = document.find(kFence, at)) != std::string::npos) {
    const std::size_t begin = at + kFence.size();
    const std::size_t end = document.find("```\n", begin);
    const std::string block = document.substr(begin, end - begin);
    const std::string name = NameBefore(document, at);
    const auto snippet = snippets.find(name);
    if (name.empty()) {
      findings.push_back("a block names no snippet:\n" + block);
    } else if (snippet == snippets.end()) {
      findings.push_back("there is no snippet " + name);
    } else if (snippet->second != block) {
      findings.push_back("the block of " + name + " must be exactly:\n" +
                         snippet->second);
    }
    at = begin;
  }
  return findings;
}

std::string FirstExample(std::string_view header) {
  constexpr std::string_view kIndented = "//   ";
  std::string example;
  while (header.starts_with("//")) {
    const std::string_view line = TakeLine(header);
    if (line.starts_with(kIndented)) {
      example.append(line.substr(kIndented.size())).push_back('\n');
    } else if (!example.empty()) {
      break;
    }
  }
  return example;
}

std::vector<std::string> CheckExample(const std::string& path,
                                      std::string_view header,
                                      const Snippets& snippets) {
  const std::string example = FirstExample(header);
  if (example.empty()) return {};
  const auto snippet = snippets.find(path);
  if (snippet == snippets.end()) {
    return {path + ": no snippet compiles its example:\n" + example};
  }
  if (Squeezed(snippet->second) == Squeezed(example)) return {};
  return {path + ": its example is\n" + example + "and what compiles is\n" +
          snippet->second};
}

}  // namespace cohort_examples
