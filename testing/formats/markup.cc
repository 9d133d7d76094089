#include "cohort/testing/formats/markup.h"

#include "fmt/core.h"

namespace cohort::formats {
namespace {

std::string_view ReferenceTo(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return "";
  }
}

std::string_view ReferenceInAttribute(char c) {
  if (c == '\t') return "&#9;";
  if (c == '\n') return "&#10;";
  return ReferenceTo(c);
}

std::string With(std::string_view (*reference_to)(char),
                 std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const std::string_view reference = reference_to(c);
    if (reference.empty()) {
      out += c;
    } else {
      out += reference;
    }
  }
  return out;
}

}  // namespace

std::string Escaped(std::string_view text) { return With(ReferenceTo, text); }

std::string Attribute(std::string_view name, std::string_view text) {
  return fmt::format(" {}=\"{}\"", name, With(ReferenceInAttribute, text));
}

}  // namespace cohort::formats
