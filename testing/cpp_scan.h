// A reader of C++ text that knows just enough for the tidy test: comments,
// strings, and which braces are functions.
//
//   for (const Block& function : Scan(StripComments(text)).functions) {
//     Use(function.first_line, function.last_line);
//   }
//
// It is no parser: it follows the formatted code of this project. Threads: pure
// functions. Errors: none; text that it does not follow yields fewer findings.
#ifndef COHORT_TESTING_CPP_SCAN_H_
#define COHORT_TESTING_CPP_SCAN_H_

#include <string>
#include <string_view>
#include <vector>

namespace cohort_testing {

// What StripComments puts in the place of a raw string's characters.
inline constexpr char kRawStringMark = '\x01';

// The text with comments and the contents of strings and character literals
// blanked, of the same length and with the same line ends.
std::string StripComments(std::string_view text);

// A function body with its signature; lines count from 1, both included.
struct Block {
  int first_line = 0;
  int last_line = 0;
};

enum class ScopeKind { kNamespace, kType, kFunction, kInitializer };

// A statement up to its ';' or '{', blanks folded, and where it stands.
struct Statement {
  ScopeKind scope = ScopeKind::kNamespace;
  int line = 0;
  std::string text;
  // It ended at '{'.
  char end = ';';
};

struct Scanned {
  std::vector<Block> functions;
  std::vector<Statement> statements;
};

// `stripped` is what StripComments gave. Preprocessor lines are left out.
Scanned Scan(std::string_view stripped);

// Where `word` stands in `text` as a whole word from `from` on; npos if
// nowhere.
std::size_t FindWord(std::string_view text, std::string_view word,
                     std::size_t from = 0);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_CPP_SCAN_H_
