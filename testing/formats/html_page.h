// The parts of the page that are files of their own (html_*.html, .css, .js),
// as embed.py puts them into the library.
#ifndef COHORT_TESTING_FORMATS_HTML_PAGE_H_
#define COHORT_TESTING_FORMATS_HTML_PAGE_H_

#include <string_view>

namespace cohort::formats {

// With {{name}} where something belongs.
extern const std::string_view kHtmlPage;
extern const std::string_view kHtmlStyle;
extern const std::string_view kHtmlScript;
// "sha256-...": by it the page's policy knows the script.
extern const std::string_view kHtmlScriptHash;

}  // namespace cohort::formats

#endif  // COHORT_TESTING_FORMATS_HTML_PAGE_H_
