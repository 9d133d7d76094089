#include "cohort/temporal/proto_history.h"

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/temporal/proto_json.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "temporal/api/history/v1/message.pb.h"

namespace cohort {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Field 1 of every message here, a message itself.
constexpr std::uint32_t kFirstMessage = 1 << 3 | 2;

// JSON is about four times as long as the wire form of the same events.
constexpr std::size_t kJsonPerWire = 4;

CodedInputStream StreamOf(std::string_view bytes) {
  return CodedInputStream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
}

absl::Status Damaged(std::string_view source) {
  return DataLoss(
      "{}: not a history in protobuf's wire form, or damaged; is it a "
      "temporal.api.history.v1.History?",
      source);
}

// The next field if it is message 1; others are passed. nullopt at the end;
// `good` is false for what is no protobuf.
std::optional<std::string_view> NextMessage(CodedInputStream& in,
                                            std::string_view bytes,
                                            bool& good) {
  while (const std::uint32_t tag = in.ReadTag()) {
    std::uint32_t size = 0;
    if (tag != kFirstMessage) {
      if (WireFormatLite::SkipField(&in, tag)) continue;
    } else if (in.ReadVarint32(&size)) {
      const auto at = static_cast<std::size_t>(in.CurrentPosition());
      if (size <= bytes.size() - at && in.Skip(static_cast<int>(size))) {
        return bytes.substr(at, size);
      }
    }
    good = false;
    return std::nullopt;
  }
  good = good && in.ConsumedEntireMessage();
  return std::nullopt;
}

// Whether the first message 1 holds a message where an event has its id.
bool IsExport(std::string_view bytes) {
  CodedInputStream in = StreamOf(bytes);
  bool good = true;
  while (const auto item = NextMessage(in, bytes, good)) {
    if (item->empty()) continue;
    return static_cast<std::uint8_t>(item->front()) == kFirstMessage;
  }
  return false;
}

absl::Status CheckSize(std::string_view bytes, const std::string& source,
                       const ReadOptions& options) {
  const std::size_t bytes_max =
      std::min({options.bytes_max, kHistoryBytesMax, std::size_t{INT_MAX}});
  if (bytes.size() <= bytes_max) return absl::OkStatus();
  return ResourceExhausted("{}: longer than {} bytes, the most that is read",
                           source, bytes_max);
}

absl::StatusOr<History> ReadWire(std::string_view bytes,
                                 const std::string& source,
                                 const ReadOptions& options) {
  temporal::api::history::v1::History message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Damaged(source);
  }
  return HistoryOfProto(message, source, options);
}

}  // namespace

absl::StatusOr<History> HistoryOfProto(
    const temporal::api::history::v1::History& message,
    const std::string& source, ReadOptions options) {
  const auto events_max = std::min(options.events_max, kHistoryEventsMax);
  if (static_cast<std::size_t>(message.events_size()) > events_max) {
    return ResourceExhausted("{}: more than {} events, the most that are read",
                             source, events_max);
  }
  if (message.events_size() == 0) {
    return DataLoss("{}: no events; was the run's history fetched?", source);
  }
  std::string json;
  json.reserve(message.ByteSizeLong() * kJsonPerWire);
  json += "[";
  for (const auto& event : message.events()) {
    if (json.size() > 1) json += ",\n";
    AppendProtoJson(event, json);
    if (json.size() > std::min(options.bytes_max, kHistoryBytesMax)) break;
  }
  json += "]";
  return History::FromJson(std::move(json), options, source);
}

absl::Status ForEachProtoHistory(
    std::string_view bytes, const std::string& source, ReadOptions options,
    absl::FunctionRef<absl::Status(cohort::History)> use) {
  COHORT_RETURN_IF_ERROR(CheckSize(bytes, source, options));
  if (!IsExport(bytes)) {
    COHORT_ASSIGN_OR_RETURN(History history, ReadWire(bytes, source, options));
    return use(std::move(history));
  }
  CodedInputStream in = StreamOf(bytes);
  bool good = true;
  std::int64_t number = 0;
  while (const auto item = NextMessage(in, bytes, good)) {
    CodedInputStream fields = StreamOf(*item);
    while (const auto run = NextMessage(fields, *item, good)) {
      const std::string name = fmt::format("{}#{}", source, ++number);
      COHORT_ASSIGN_OR_RETURN(History history, ReadWire(*run, name, options));
      COHORT_RETURN_IF_ERROR(use(std::move(history)));
    }
  }
  if (!good) return Damaged(source);
  return absl::OkStatus();
}

absl::StatusOr<History> ReadProtoHistory(std::string_view bytes,
                                         const std::string& source,
                                         ReadOptions options) {
  std::optional<History> only;
  COHORT_RETURN_IF_ERROR(ForEachProtoHistory(
      bytes, source, options, [&](History history) -> absl::Status {
        if (only) {
          return InvalidArgument(
              "{}: an export of several runs where one history is wanted",
              source);
        }
        only = std::move(history);
        return absl::OkStatus();
      }));
  if (!only) return DataLoss("{}: no histories in this export", source);
  return *std::move(only);
}

}  // namespace cohort
