// Where histories come from when a command's argument is no plain file.
//
//   std::optional<Origin> origin = FindOrigin(io.sources, "cluster:Id='X'");
//   if (origin) origin->source->List(origin->location, use);
//
// A program hands its sources over in its Terminal; "SCHEME:LOCATION" names
// one of them. A file of one of kProtoEndings (corpus/history_file.h) is of
// scheme "proto".
// Threads: as the sources. Errors: none.
#ifndef COHORT_CLI_ORIGIN_H_
#define COHORT_CLI_ORIGIN_H_

#include <optional>
#include <string>
#include <string_view>

#include "cohort/corpus/source.h"

namespace cohort {

struct Origin {
  HistorySource* source = nullptr;
  std::string location;

  // `name`, so that FindOrigin finds this source again.
  std::string Word(std::string_view name) const;
};

// nullopt: a file or a folder. `sources` may be null.
std::optional<Origin> FindOrigin(const HistorySources* sources,
                                 std::string_view word);

}  // namespace cohort

#endif  // COHORT_CLI_ORIGIN_H_
