// Printable text inside of XML and HTML.
//
// Threads: pure functions. Errors: none.
#ifndef COHORT_TESTING_FORMATS_MARKUP_H_
#define COHORT_TESTING_FORMATS_MARKUP_H_

#include <string>
#include <string_view>

namespace cohort::formats {

// Between tags: & < > " ' as references that XML and HTML know both.
std::string Escaped(std::string_view text);

// ` name="escaped text"`. Tab and newline, which an XML reader would turn into
// blanks here, are references too.
std::string Attribute(std::string_view name, std::string_view text);

}  // namespace cohort::formats

#endif  // COHORT_TESTING_FORMATS_MARKUP_H_
