// Files in protobuf's wire form as a source of histories.
//
//   ProtoSource source;
//   COHORT_RETURN_IF_ERROR(source.List("export.proto", [&](RunListing run) {
//     names.push_back(run.name);  // "export.proto#3"
//     return absl::OkStatus();
//   }));
//   COHORT_ASSIGN_OR_RETURN(History history, source.Fetch(names.back()));
//
// A location is a file, or a folder of *.bin, *.pb and *.proto files; each may
// be packed by gzip or zstd inside, and hold one history or an export's many.
// A run's name is its file, and its number from 1 in an export.
// Threads: List by one; Fetch by several.
// Errors: kNotFound for what is not there; those of ReadProtoHistory. Files
// that cannot be read are left out; of them List returns the first one's error
// at its end.
#ifndef COHORT_TEMPORAL_PROTO_SOURCE_H_
#define COHORT_TEMPORAL_PROTO_SOURCE_H_

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/source.h"

namespace cohort {

class ProtoSource : public HistorySource {
 public:
  std::string_view scheme() const override { return "proto"; }
  absl::Status List(std::string_view location,
                    absl::FunctionRef<absl::Status(RunListing)> use) override;
  absl::StatusOr<History> Fetch(std::string_view name) override;
};

}  // namespace cohort

#endif  // COHORT_TEMPORAL_PROTO_SOURCE_H_
