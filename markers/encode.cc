// The writing half of codec.h.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cohort/base/limits.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/json_text.h"
#include "fmt/core.h"

namespace cohort {
namespace {

std::string ElementText(Element element, std::string_view id, Version version) {
  if (element == Element::kId) return std::string(id);
  return fmt::format("{}-{}", id, version);
}

// The run's answers as elements, `record` included, in the row's order.
std::vector<std::string> Elements(const WriterDialects& dialects,
                                  const VersionBook& book,
                                  const VersionRecord& record) {
  const DialectRow& row = dialects.RowFor(record.family);
  std::vector<std::string> elements;
  elements.reserve(book.size() + 1);
  for (const VersionBook::Entry& entry : book.entries()) {
    const DialectRow& own = dialects.RowFor(entry.family);
    if (entry.id == record.change_id) continue;
    if (!entry.recorded && !own.lists_unrecorded) continue;
    elements.push_back(ElementText(own.element, entry.id, entry.version));
  }
  std::string added =
      ElementText(row.element, record.change_id, record.version);
  if (row.order == ListOrder::kNewFirst) {
    elements.insert(elements.begin(), std::move(added));
  } else {
    elements.push_back(std::move(added));
  }
  if (row.order == ListOrder::kByteSorted) {
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()),
                   elements.end());
  }
  return elements;
}

std::string ListText(const std::vector<std::string>& elements,
                     Escaping escaping) {
  std::string out = "[";
  for (const std::string& element : elements) {
    if (out.size() > 1) out.push_back(',');
    AppendQuoted(out, element, escaping);
  }
  out.push_back(']');
  return out;
}

std::size_t VarintBytes(std::size_t value) {
  std::size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}

// A length-delimited protobuf field with a number below 16.
std::size_t FieldBytes(std::size_t length) {
  return 1 + VarintBytes(length) + length;
}

// temporal.api.common.v1.Payload on the wire: metadata = 1 (a map: key = 1,
// value = 2), data = 2. An empty data is not written; a list never is empty.
std::size_t PayloadBytes(const Payload& payload) {
  std::size_t bytes = FieldBytes(payload.data.size());
  for (const auto& [key, value] : payload.metadata) {
    bytes += FieldBytes(FieldBytes(key.size()) + FieldBytes(value.size()));
  }
  return bytes;
}

bool WithinSize(SizeRule rule, const Payload& payload) {
  switch (rule) {
    case SizeRule::kData:
      return payload.data.size() < kSearchAttributeBytesMax;
    case SizeRule::kPayload:
      return PayloadBytes(payload) < kSearchAttributeBytesMax;
    case SizeRule::kNone:
      break;
  }
  return true;
}

PayloadsMap MarkerDetails(const DialectRow& row, const VersionRecord& record) {
  std::string id;
  AppendQuoted(id, record.change_id, row.escaping);
  PayloadsMap details;
  const auto put = [&details](std::string_view key, Payload payload) {
    details.emplace(key, Payloads{std::move(payload)});
  };
  switch (row.form) {
    case DetailsForm::kJsonKeys:
      put(row.id_key, JsonPayload(std::move(id)));
      put(row.value_key, JsonPayload(fmt::format("{}", record.version)));
      break;
    case DetailsForm::kJsonObject:
      put(row.object_key,
          JsonPayload(fmt::format("{{\"{}\":{},\"{}\":{}}}", row.id_key, id,
                                  row.value_key, record.deprecated)));
      break;
    case DetailsForm::kBinaryKeys: {
      const auto binary = [](std::string data) {
        return Payload{{{"encoding", "binary/plain"}}, std::move(data)};
      };
      put(row.id_key, binary(std::string(record.change_id)));
      put(row.value_key, binary(std::string(1, record.deprecated ? 1 : 0)));
      break;
    }
    case DetailsForm::kBlob:
      put("", Payload{{}, fmt::format("{}\n{}\n", id, record.version)});
      break;
  }
  return details;
}

}  // namespace

VersionCommands EncodeVersion(WriterDialects dialects, const VersionBook& book,
                              const VersionRecord& record) {
  const DialectRow& row = dialects.RowFor(record.family);
  VersionCommands commands;
  commands.marker.kind = CommandKind::kRecordVersion;
  commands.marker.text(Text::kName) = row.marker_name;
  commands.marker.text(Text::kId) = record.change_id;
  commands.marker.details = MarkerDetails(row, record);

  Payload list =
      JsonPayload(ListText(Elements(dialects, book, record), row.escaping));
  if (row.form == DetailsForm::kBlob) list.metadata.clear();
  if (!row.attribute_type.empty()) {
    list.metadata.emplace("type", row.attribute_type);
  }
  const bool upsert = WithinSize(row.size_rule, list);
  if ((row.upsert_flag == UpsertFlag::kFalseIfSkipped && !upsert) ||
      (row.upsert_flag == UpsertFlag::kTrueIfUpserted && upsert)) {
    commands.marker.details.emplace(
        row.flag_key, Payloads{JsonPayload(upsert ? "true" : "false")});
  }
  if (upsert) {
    Command& command = commands.upsert.emplace();
    command.kind = CommandKind::kUpsertSearchAttributes;
    command.details.emplace(row.attribute, Payloads{std::move(list)});
  }
  return commands;
}

}  // namespace cohort
