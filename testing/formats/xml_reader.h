// A strict reader of small XML, for tests of what is written as XML.
//
//   std::string problem;
//   const auto root = ReadXml(text, problem);
//   ASSERT_TRUE(root) << problem;
//
// Knows elements, quoted attributes, text, the five names and numbers of
// references, the declaration and <!DOCTYPE>; no comments, no CDATA. What is
// inside of <script> and <style> is text as it stands, as in HTML.
//
// Threads: pure function. Errors: nullopt, and `problem` says what and where.
#ifndef COHORT_TESTING_FORMATS_XML_READER_H_
#define COHORT_TESTING_FORMATS_XML_READER_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohort_testing {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;      // its own, without that of its children
  std::string all_text;  // with it, in order
  std::vector<XmlElement> children;

  std::string Get(const std::string& attribute) const;
};

// The root element. Attributes come as an XML reader gives them: a tab or a
// newline that is not a reference is a blank.
std::optional<XmlElement> ReadXml(std::string_view text, std::string& problem);

// Every element below `root`, itself included, with this name, in order.
std::vector<const XmlElement*> FindAll(const XmlElement& root,
                                       std::string_view name);

// Of those, whose `class` has this word.
std::vector<const XmlElement*> FindClass(const XmlElement& root,
                                         std::string_view word);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_FORMATS_XML_READER_H_
