#include "cohort/testing/allow_list.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_split.h"
#include "cohort/base/status.h"
#include "cohort/base/text.h"
#include "cohort/corpus/whole_file.h"

namespace cohort {

absl::StatusOr<AllowList> AllowList::Parse(std::string_view text,
                                           std::string_view source) {
  AllowList list;
  int number = 0;
  for (absl::string_view each : absl::StrSplit(ToAbsl(text), '\n')) {
    ++number;
    const std::string_view line = ToStd(each);
    const std::vector<std::string> words =
        absl::StrSplit(ToAbsl(line.substr(0, line.find('#'))),
                       absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty()) continue;
    if (words.size() != 2) {
      return InvalidArgument(
          "{}:{}: give a strict rule and a change id (or *), such as "
          "\"timer-durations slow-retries\"",
          source, number);
    }
    const std::optional<StrictRule> rule = FindStrictRule(words[0]);
    if (!rule) {
      return InvalidArgument(
          "{}:{}: \"{}\" is no strict rule; docs/strictness.md lists them",
          source, number, words[0]);
    }
    list.entries_.push_back({*rule, words[1], std::string(line)});
  }
  return list;
}

absl::StatusOr<AllowList> AllowList::FromFile(const std::string& path) {
  COHORT_ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  return Parse(text, path);
}

std::string_view AllowList::Excuse(StrictRule rule,
                                   std::span<const AskedVersion> asked) const {
  for (const Entry& entry : entries_) {
    if (entry.rule != rule) continue;
    const bool fits =
        entry.change_id == "*" ||
        std::any_of(asked.begin(), asked.end(), [&](const AskedVersion& a) {
          return a.change_id == entry.change_id;
        });
    if (fits) return entry.line;
  }
  return {};
}

}  // namespace cohort
