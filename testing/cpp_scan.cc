#include "cohort/testing/cpp_scan.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace cohort_testing {
namespace {

bool IsWordChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

void Blank(std::string& text, std::size_t from, std::size_t to, char mark) {
  for (std::size_t i = from; i < to && i < text.size(); ++i) {
    if (text[i] != '\n') text[i] = mark;
  }
}

// One past the closing quote of the literal whose opening one is at `at`.
std::size_t LiteralEnd(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

// Blanks the raw string whose quote is at `at`; returns one past its end.
std::size_t BlankRawString(std::string& text, std::size_t at) {
  const std::size_t open = text.find('(', at);
  if (open == std::string::npos) return text.size();
  const std::string close = ")" + text.substr(at + 1, open - at - 1) + "\"";
  std::size_t end = text.find(close, open);
  if (end == std::string::npos) end = text.size();
  const std::size_t past = std::min(end + close.size(), text.size());
  Blank(text, at + 1, past - 1, kRawStringMark);
  return past;
}

// The start of a type's or namespace's header, without `template <...>`.
std::string_view SkipTemplate(std::string_view header) {
  while (header.starts_with("template")) {
    std::size_t i = header.find('<');
    if (i == std::string_view::npos) return header;
    int depth = 0;
    for (; i < header.size(); ++i) {
      if (header[i] == '<') ++depth;
      if (header[i] == '>' && --depth == 0) break;
    }
    header.remove_prefix(std::min(i + 1, header.size()));
    header.remove_prefix(
        std::min(header.find_first_not_of(' '), header.size()));
  }
  return header;
}

ScopeKind Classify(std::string_view header, ScopeKind around) {
  if (around == ScopeKind::kFunction || around == ScopeKind::kInitializer) {
    return around;
  }
  header = SkipTemplate(header);
  const std::size_t paren = header.find('(');
  const bool linkage = header.starts_with("extern \"") && paren == header.npos;
  if (linkage || header.starts_with("namespace") ||
      header.starts_with("inline namespace")) {
    return ScopeKind::kNamespace;
  }
  const bool constrained = FindWord(header, "requires") == 0;
  constexpr std::array<std::string_view, 4> kTypes = {"class", "struct",
                                                      "union", "enum"};
  for (std::string_view word : kTypes) {
    const std::size_t at = FindWord(header, word);
    if (at == 0 || (constrained && at != header.npos)) return ScopeKind::kType;
  }
  const std::size_t equals = header.find('=');
  const bool lambda = header.find("](") != std::string_view::npos ||
                      header.find("] {") != std::string_view::npos;
  const bool has_operator = FindWord(header, "operator") != header.npos;
  if (lambda || (paren != header.npos && (paren < equals || has_operator))) {
    return ScopeKind::kFunction;
  }
  return ScopeKind::kInitializer;
}

// Walks the braces of one text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Scanned Run() {
    bool line_start = true;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (line_start && IsDirective(i)) i = DirectiveEnd(i);
      if (i >= text_.size()) break;
      Take(text_[i]);
      line_start = text_[i] == '\n';
      if (line_start) ++line_;
    }
    return std::move(out_);
  }

 private:
  struct Open {
    ScopeKind kind;
    int first_line;
    bool outermost_function;
  };

  bool IsDirective(std::size_t at) const {
    const std::size_t first = text_.find_first_not_of(" \t", at);
    return first != std::string_view::npos && text_[first] == '#';
  }

  // The line end of a directive with all its continued lines.
  std::size_t DirectiveEnd(std::size_t at) {
    std::size_t end = text_.find('\n', at);
    while (end != std::string_view::npos && text_[end - 1] == '\\') {
      ++line_;
      end = text_.find('\n', end + 1);
    }
    return std::min(end, text_.size());
  }

  ScopeKind Around() const {
    return open_.empty() ? ScopeKind::kNamespace : open_.back().kind;
  }

  // Braces inside parentheses hold values, as in `: table_(Row{1, 2}) {`.
  bool TakeValue(char c) {
    if (Around() == ScopeKind::kFunction) return false;
    if (c == '(') ++parens_;
    if (c == ')' && parens_ > 0) --parens_;
    return parens_ > 0 && (c == '{' || c == '}' || c == ';');
  }

  void Take(char c) {
    if (TakeValue(c)) return;
    if (c == '{') {
      TakeOpen();
    } else if (c == '}') {
      TakeClose();
    } else if (c == ';') {
      EndStatement(';');
    } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      if (header_.empty()) header_line_ = line_;
      header_ += c;
    } else if (!header_.empty() && header_.back() != ' ') {
      header_ += ' ';
    }
  }

  void TakeOpen() {
    const ScopeKind around = Around();
    const ScopeKind kind = Classify(header_, around);
    const bool outermost =
        kind == ScopeKind::kFunction && around != ScopeKind::kFunction;
    open_.push_back({kind, header_.empty() ? line_ : header_line_, outermost});
    EndStatement('{', around);
  }

  void TakeClose() {
    header_.clear();
    if (open_.empty()) return;
    const Open closed = open_.back();
    open_.pop_back();
    if (closed.outermost_function) {
      out_.functions.push_back({closed.first_line, line_});
    }
  }

  void EndStatement(char end) { EndStatement(end, Around()); }

  void EndStatement(char end, ScopeKind scope) {
    while (!header_.empty() && header_.back() == ' ') header_.pop_back();
    if (!header_.empty()) {
      out_.statements.push_back({scope, header_line_, header_, end});
    }
    header_.clear();
    parens_ = 0;
  }

  std::string_view text_;
  Scanned out_;
  std::vector<Open> open_;
  std::string header_;
  int header_line_ = 1;
  int parens_ = 0;
  int line_ = 1;
};

}  // namespace

std::string StripComments(std::string_view text) {
  std::string out(text);
  std::size_t i = 0;
  while (i < out.size()) {
    const std::string_view rest = std::string_view(out).substr(i);
    if (rest.starts_with("//")) {
      const std::size_t end = std::min(out.find('\n', i), out.size());
      Blank(out, i, end, ' ');
      i = end;
    } else if (rest.starts_with("/*")) {
      const std::size_t close = out.find("*/", i + 2);
      const std::size_t end = close == out.npos ? out.size() : close + 2;
      Blank(out, i, end, ' ');
      i = end;
    } else if (rest.starts_with("R\"") && (i == 0 || !IsWordChar(out[i - 1]))) {
      i = BlankRawString(out, i + 1);
    } else if (out[i] == '"' ||
               (out[i] == '\'' && (i == 0 || !IsWordChar(out[i - 1])))) {
      const std::size_t end = LiteralEnd(out, i);
      Blank(out, i + 1, end - 1, ' ');
      i = end;
    } else {
      ++i;
    }
  }
  return out;
}

Scanned Scan(std::string_view stripped) { return Scanner(stripped).Run(); }

std::size_t FindWord(std::string_view text, std::string_view word,
                     std::size_t from) {
  for (std::size_t at = text.find(word, from); at != text.npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !IsWordChar(text[at - 1]);
    const bool ends = end == text.size() || !IsWordChar(text[end]);
    if (starts && ends) return at;
  }
  return text.npos;
}

}  // namespace cohort_testing
