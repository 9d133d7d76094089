#include "cohort/cli/origin.h"

#include "cohort/corpus/history_file.h"
#include "fmt/format.h"

namespace cohort {

std::string Origin::Word(std::string_view name) const {
  return fmt::format("{}:{}", source->scheme(), name);
}

std::optional<Origin> FindOrigin(const HistorySources* sources,
                                 std::string_view word) {
  if (sources == nullptr) return std::nullopt;
  const bool proto = EndsInOneOf(word, kProtoEndings);
  std::optional<Origin> by_ending;
  for (const auto& source : *sources) {
    const std::string prefix = fmt::format("{}:", source->scheme());
    if (word.starts_with(prefix)) {
      return Origin{source.get(), std::string(word.substr(prefix.size()))};
    }
    if (proto && source->scheme() == "proto") {
      by_ending = Origin{source.get(), std::string(word)};
    }
  }
  return by_ending;
}

}  // namespace cohort
