// Histories in protobuf's wire form: what servers store and send, what SDKs'
// tests keep (`.bin`), and the files of Temporal Cloud's export.
//
//   COHORT_ASSIGN_OR_RETURN(History history,
//                           ReadProtoHistory(bytes, "order.bin"));
//
// Needs protobuf, no gRPC. Each event becomes the JSON that the rest of the
// library reads; what Event::json says is what the official tools print for it.
// Threads: functions of their arguments.
// Errors: kDataLoss for bytes that are neither; kResourceExhausted beyond a
// limit; kInvalidArgument for several histories where one is wanted.
#ifndef COHORT_TEMPORAL_PROTO_HISTORY_H_
#define COHORT_TEMPORAL_PROTO_HISTORY_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/history/history.h"

namespace temporal::api::history::v1 {
class History;
}

namespace cohort {

// A temporal.api.history.v1.History, or an export with one run.
absl::StatusOr<History> ReadProtoHistory(std::string_view bytes,
                                         const std::string& source,
                                         ReadOptions options = {});

// Calls `use` for each history of an export (temporal.api.export.v1:
// WorkflowExecutions, ExportedExecutions), or for the one that `bytes` are.
// Their source is "FILE" or "FILE#3", counted from 1. Ends with the first
// error.
absl::Status ForEachProtoHistory(
    std::string_view bytes, const std::string& source, ReadOptions options,
    absl::FunctionRef<absl::Status(cohort::History)> use);

// From a message that is in memory.
absl::StatusOr<History> HistoryOfProto(
    const temporal::api::history::v1::History& message,
    const std::string& source, ReadOptions options = {});

}  // namespace cohort

#endif  // COHORT_TEMPORAL_PROTO_HISTORY_H_
