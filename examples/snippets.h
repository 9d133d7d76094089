// Snippets: the C++ blocks of documents and the examples of headers, held equal
// to code that compiles.
//
//   EXPECT_THAT(CheckSnippets(document, SnippetsOf({source})), IsEmpty());
//   EXPECT_THAT(CheckExample("base/a.h", header, snippets), IsEmpty());
//
// Code stands between the lines `// snippet: NAME` and `// end of snippet`,
// indented or not; parts of one name follow each other. A document has
// `<!-- snippet: NAME -->` before the fenced block that shows it; a header's
// example is the first block of its opening comment that is indented, and its
// snippet has the name of the header.
//
// Threads: pure functions. Errors: a list of findings.
#ifndef COHORT_EXAMPLES_SNIPPETS_H_
#define COHORT_EXAMPLES_SNIPPETS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cohort_examples {

using Snippets = std::map<std::string, std::string>;

// The snippets of the sources by name.
Snippets SnippetsOf(const std::vector<std::string>& sources);

// A finding for each C++ block that is not the snippet it names.
std::vector<std::string> CheckSnippets(const std::string& document,
                                       const Snippets& snippets);

// The first indented block ("//   ") of a header's opening comment, up to the
// first line that is not; "" if there is none.
std::string FirstExample(std::string_view header);

// A finding if the header's example has no snippet or differs from it by more
// than white space; none for a header without an example.
std::vector<std::string> CheckExample(const std::string& path,
                                      std::string_view header,
                                      const Snippets& snippets);

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_SNIPPETS_H_
