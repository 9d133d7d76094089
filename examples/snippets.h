// Snippets: the C++ blocks of documents, held equal to code that compiles.
//
//   EXPECT_THAT(CheckSnippets(document, {source}), IsEmpty());
//
// Code stands between the lines `// snippet: NAME` and `// end of snippet`; the
// document has `<!-- snippet: NAME -->` before the fenced block that shows it.
//
// Threads: pure functions. Errors: a list of findings.
#ifndef COHORT_EXAMPLES_SNIPPETS_H_
#define COHORT_EXAMPLES_SNIPPETS_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cohort_examples {

// The snippets of the sources by name.
inline std::map<std::string, std::string> SnippetsOf(
    const std::vector<std::string>& sources) {
  constexpr std::string_view kBegin = "\n// snippet: ";
  constexpr std::string_view kEnd = "// end of snippet\n";
  std::map<std::string, std::string> snippets;
  for (const std::string& source : sources) {
    std::size_t at = 0;
    while ((at = source.find(kBegin, at)) != std::string::npos) {
      at += kBegin.size();
      const std::size_t line = source.find('\n', at);
      const std::size_t end = source.find(kEnd, at);
      if (line == std::string::npos || end == std::string::npos) break;
      snippets[source.substr(at, line - at)] =
          source.substr(line + 1, end - line - 1);
      at = end;
    }
  }
  return snippets;
}

// A finding for each C++ block that is not the snippet it names.
inline std::vector<std::string> CheckSnippets(
    const std::string& document,
    const std::map<std::string, std::string>& snippets) {
  constexpr std::string_view kFence = "```cpp\n";
  constexpr std::string_view kMark = "<!-- snippet: ";
  constexpr std::string_view kMarkEnd = " -->\n";
  std::vector<std::string> findings;
  std::size_t at = 0;
  while ((at = document.find(kFence, at)) != std::string::npos) {
    const std::size_t begin = at + kFence.size();
    const std::size_t end = document.find("```\n", begin);
    const std::string block = document.substr(begin, end - begin);
    const std::size_t mark = document.rfind(kMark, at);
    std::string name;
    if (mark != std::string::npos) {
      const std::size_t name_at = mark + kMark.size();
      const std::size_t name_end = document.find(kMarkEnd, name_at);
      if (name_end + kMarkEnd.size() == at) {
        name = document.substr(name_at, name_end - name_at);
      }
    }
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

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_SNIPPETS_H_
