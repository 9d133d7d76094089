#include "cohort/testing/formats/xml_reader.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "fmt/core.h"

namespace cohort_testing {
namespace {

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
}

class Reader {
 public:
  Reader(std::string_view text, std::string& problem)
      : text_(text), problem_(problem) {}

  std::optional<XmlElement> Read() {
    for (const char c : text_) {
      const auto u = static_cast<unsigned char>(c);
      if (u < 0x20 && c != '\t' && c != '\n')
        return Fail("a control character");
    }
    SkipHead("<?xml", "?>");
    SkipHead("<!DOCTYPE", ">");
    SkipBlanks();
    auto root = Element();
    if (!root) return std::nullopt;
    SkipBlanks();
    if (at_ != text_.size()) return Fail("something behind the root");
    return root;
  }

 private:
  std::nullopt_t Fail(std::string_view what) {
    if (problem_.empty()) {
      problem_ =
          fmt::format("byte {}: {}: {}", at_, what, text_.substr(at_, 60));
    }
    return std::nullopt;
  }

  bool Take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) {
      ++at_;
    }
  }

  void SkipHead(std::string_view open, std::string_view close) {
    SkipBlanks();
    if (!text_.substr(at_).starts_with(open)) return;
    const std::size_t end = text_.find(close, at_);
    if (end != text_.npos) at_ = end + close.size();
  }

  std::string Name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsNameChar(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  // Behind "&"; adds what the reference is for.
  bool Reference(std::string& out) {
    const std::size_t end = text_.find(';', at_);
    if (end == text_.npos) return false;
    const std::string_view name = text_.substr(at_, end - at_);
    constexpr std::array<std::pair<std::string_view, char>, 5> kNames = {
        {{"amp", '&'},
         {"lt", '<'},
         {"gt", '>'},
         {"quot", '"'},
         {"apos", '\''}}};
    for (const auto& [known, c] : kNames) {
      if (name != known) continue;
      out += c;
      at_ = end + 1;
      return true;
    }
    unsigned value = 0;
    const auto [stop, error] =
        std::from_chars(name.data() + 1, name.data() + name.size(), value);
    const bool number = name.starts_with('#') && error == std::errc() &&
                        stop == name.data() + name.size();
    // More is not written.
    if (!number || value > 0x7f) return false;
    out += static_cast<char>(value);
    at_ = end + 1;
    return true;
  }

  bool Attributes(XmlElement& e) {
    while (true) {
      SkipBlanks();
      const std::string name = Name();
      if (name.empty()) return true;
      if (!Take("=\"")) return false;
      std::string value;
      while (at_ < text_.size() && text_[at_] != '"') {
        const char c = text_[at_++];
        if (c == '<') return false;
        if (c == '&') {
          if (!Reference(value)) return false;
        } else {
          value += c == '\n' || c == '\t' ? ' ' : c;
        }
      }
      if (!Take("\"") || !e.attributes.emplace(name, value).second) {
        return false;
      }
    }
  }

  std::optional<XmlElement> Element() {
    if (!Take("<")) return Fail("no element");
    XmlElement e;
    e.name = Name();
    if (e.name.empty() || !Attributes(e)) return Fail("in a tag");
    if (Take("/>")) return e;
    if (!Take(">")) return Fail("in a tag");
    if (e.name == "script" || e.name == "style") {
      const std::size_t end = text_.find("</", at_);
      if (end == text_.npos) return Fail("no end of " + e.name);
      e.text = text_.substr(at_, end - at_);
      e.all_text = e.text;
      at_ = end;
    } else if (!Content(e)) {
      return std::nullopt;
    }
    if (!Take("</" + e.name + ">")) return Fail("no end of " + e.name);
    return e;
  }

  bool Content(XmlElement& e) {
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with("</")) return true;
      if (text_[at_] == '<') {
        auto child = Element();
        if (!child) return false;
        e.all_text += child->all_text;
        e.children.push_back(std::move(*child));
        continue;
      }
      std::string piece(1, text_[at_++]);
      if (piece == "&") {
        piece.clear();
        if (!Reference(piece)) return Fail("a reference"), false;
      }
      e.text += piece;
      e.all_text += piece;
    }
    return Fail("the end of the text"), false;
  }

  std::string_view text_;
  std::string& problem_;
  std::size_t at_ = 0;
};

template <typename Matches>
void Collect(const XmlElement& e, const Matches& matches,
             std::vector<const XmlElement*>& out) {
  if (matches(e)) out.push_back(&e);
  for (const XmlElement& child : e.children) Collect(child, matches, out);
}

}  // namespace

std::string XmlElement::Get(const std::string& attribute) const {
  const auto it = attributes.find(attribute);
  return it == attributes.end() ? "" : it->second;
}

std::optional<XmlElement> ReadXml(std::string_view text, std::string& problem) {
  return Reader(text, problem).Read();
}

std::vector<const XmlElement*> FindAll(const XmlElement& root,
                                       std::string_view name) {
  std::vector<const XmlElement*> out;
  Collect(
      root, [&](const XmlElement& e) { return e.name == name; }, out);
  return out;
}

std::vector<const XmlElement*> FindClass(const XmlElement& root,
                                         std::string_view word) {
  std::vector<const XmlElement*> out;
  const std::string padded = fmt::format(" {} ", word);
  Collect(
      root,
      [&](const XmlElement& e) {
        return (" " + e.Get("class") + " ").find(padded) != std::string::npos;
      },
      out);
  return out;
}

}  // namespace cohort_testing
