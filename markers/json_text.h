// The little JSON that stands inside markers: strings, integers, booleans and
// one flat object.
//
//   JsonScanner cursor(data);
//   std::string id;
//   bool ok = cursor.ReadString(id) && cursor.AtEnd();
//
// Threads: a cursor is used by one thread. Errors: false, and the cursor stands
// anywhere.
#ifndef COHORT_MARKERS_JSON_TEXT_H_
#define COHORT_MARKERS_JSON_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cohort/markers/dialect.h"

namespace cohort {

class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  // Each skips white space in front. Text is given unescaped, as valid UTF-8.
  bool ReadString(std::string& into);
  bool ReadInteger(std::int64_t& into);
  bool ReadBool(bool& into);
  bool ReadNull();  // stays where it is at anything else
  // A number or a word, as it stands.
  bool ReadScalar(std::string_view& into);
  // Calls `field` with each key; it reads or skips the value and answers
  // whether it could.
  template <typename Field>
  bool ReadObject(Field&& field);
  bool SkipValue();
  bool Take(char c);  // the next character, if it is this one
  bool AtEnd();

 private:
  void SkipSpace();
  bool ReadEscape(std::string& into);
  bool ReadHex4(std::uint32_t& into);
  bool SkipScalar();

  std::string_view text_;
  std::size_t at_ = 0;
};

template <typename Field>
bool JsonScanner::ReadObject(Field&& field) {
  if (!Take('{')) return false;
  if (Take('}')) return true;
  std::string key;
  do {
    if (!ReadString(key) || !Take(':') || !field(std::string_view(key))) {
      return false;
    }
  } while (Take(','));
  return Take('}');
}

// Appends `text` in quotes, escaped as the dialect does.
void AppendQuoted(std::string& out, std::string_view text, Escaping escaping);

}  // namespace cohort

#endif  // COHORT_MARKERS_JSON_TEXT_H_
