// Which texts of an event are data, and which it cannot do without.
//
//   FieldScrubber fields(options, tokens);
//   fields.Scrub("signalName", value);
//
// Threads: one at a time. Errors: none.
#ifndef COHORT_CORPUS_SCRUB_FIELDS_H_
#define COHORT_CORPUS_SCRUB_FIELDS_H_

#include <string>
#include <string_view>

#include "cohort/corpus/scrub.h"
#include "cohort/corpus/tokens.h"

namespace cohort {

class FieldScrubber {
 public:
  // Both must outlive this.
  FieldScrubber(const ScrubOptions& options, Tokens& tokens)
      : options_(options), tokens_(tokens) {}

  // What the field of this name holds afterwards.
  std::string Scrub(std::string_view field, std::string_view value);

  // Whatever the field: "t1".
  std::string Text(std::string_view value) {
    return tokens_.Of(TokenKind::kText, value);
  }
  std::string Name(std::string_view value);

 private:
  std::string Id(std::string_view value);
  std::string MessageId(std::string_view value);

  const ScrubOptions& options_;
  Tokens& tokens_;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_SCRUB_FIELDS_H_
