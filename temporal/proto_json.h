// Protobuf messages as the JSON that this library reads, and back.
//
//   std::string json;
//   AppendProtoJson(message, json);
//   COHORT_RETURN_IF_ERROR(ParseProtoJson(json, message));
//
// The JSON is proto3's own (names in camel case, 64-bit numbers as strings,
// enums by name, bytes in base64, fields without a value left out), with maps
// in the order of their keys, so that equal messages give equal text. The
// writer is this file's; the reader is protobuf's.
// Threads: functions of their arguments.
// Errors: ParseProtoJson: kInvalidArgument with protobuf's words. Fields that
// the message does not know are passed over.
#ifndef COHORT_TEMPORAL_PROTO_JSON_H_
#define COHORT_TEMPORAL_PROTO_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}

namespace cohort {

void AppendProtoJson(const google::protobuf::Message& message,
                     std::string& out);

absl::Status ParseProtoJson(std::string_view json,
                            google::protobuf::Message& message);

}  // namespace cohort

#endif  // COHORT_TEMPORAL_PROTO_JSON_H_
