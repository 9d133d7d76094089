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
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    default:
      return "";
  }
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    const std::string_view reference = ReferenceTo(c);
    if (reference.empty()) {
      out += c;
    } else {
      out += reference;
    }
  }
  return out;
}

std::string Attribute(std::string_view name, std::string_view text) {
  return fmt::format(" {}=\"{}\"", name, Escaped(text));
}

}  // namespace cohort::formats
