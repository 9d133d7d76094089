#include "cohort/temporal/proto_json.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "cohort/base/status.h"
#include "cohort/history/base64.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/time.h"
#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"

namespace cohort {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <typename Integer>
void AppendNumber(std::string& out, Integer value) {
  const fmt::format_int text(value);
  out.append(text.data(), text.size());
}

template <typename Integer>
void AppendQuotedNumber(std::string& out, Integer value) {
  out += '"';
  AppendNumber(out, value);
  out += '"';
}

void AppendDouble(std::string& out, double value) {
  if (value != value) {
    out += "\"NaN\"";
  } else if (value - value != 0) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    out += fmt::format("{}", value);
  }
}

void AppendEnum(std::string& out, const EnumDescriptor* type, int number) {
  const EnumValueDescriptor* value = type->FindValueByNumber(number);
  if (value == nullptr) return AppendNumber(out, number);
  out += '"';
  out += value->name();
  out += '"';
}

void AppendBytes(std::string& out, const std::string& bytes) {
  out += '"';
  AppendBase64(out, bytes);
  out += '"';
}

void AppendTimestamp(std::string& out,
                     const google::protobuf::Timestamp& time) {
  out += '"';
  out += TimeText(absl::FromUnixSeconds(time.seconds()) +
                  absl::Nanoseconds(time.nanos()));
  out += '"';
}

// Proto's durations reach further than 64 bits of nanoseconds do.
void AppendDuration(std::string& out,
                    const google::protobuf::Duration& duration) {
  const bool negative = duration.seconds() < 0 || duration.nanos() < 0;
  const auto seconds = static_cast<std::uint64_t>(duration.seconds());
  out += fmt::format("\"{}{}", negative ? "-" : "",
                     negative ? 0 - seconds : seconds);
  const std::int64_t nanos = duration.nanos();
  if (nanos != 0) {
    // Three, six or nine digits.
    std::string digits = fmt::format("{:09}", nanos < 0 ? -nanos : nanos);
    while (digits.ends_with("000")) digits.resize(digits.size() - 3);
    out += "." + digits;
  }
  out += "s\"";
}

class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

  void Print(const Message& message) {
    const Descriptor* type = message.GetDescriptor();
    if (type == google::protobuf::Timestamp::descriptor()) {
      return AppendTimestamp(
          out_, static_cast<const google::protobuf::Timestamp&>(message));
    }
    if (type == google::protobuf::Duration::descriptor()) {
      return AppendDuration(
          out_, static_cast<const google::protobuf::Duration&>(message));
    }
    if (type->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      return PrintWellKnown(message);
    }
    const Reflection* reflection = message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    out_ += '{';
    for (const FieldDescriptor* field : fields) {
      if (field != fields.front()) out_ += ',';
      out_ += '"';
      out_ += field->json_name();
      out_ += "\":";
      if (field->is_map()) {
        PrintMap(message, field);
      } else if (field->is_repeated()) {
        PrintList(message, field);
      } else {
        PrintField(message, field);
      }
    }
    out_ += '}';
  }

 private:
  // Rare ones: wrappers, field masks.
  void PrintWellKnown(const Message& message) {
    std::string text;
    const auto status =
        google::protobuf::util::MessageToJsonString(message, &text);
    out_ += status.ok() ? text : "null";
  }

  void PrintField(const Message& message, const FieldDescriptor* field) {
    const Reflection* r = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return AppendNumber(out_, r->GetInt32(message, field));
      case FieldDescriptor::CPPTYPE_UINT32:
        return AppendNumber(out_, r->GetUInt32(message, field));
      case FieldDescriptor::CPPTYPE_INT64:
        return AppendQuotedNumber(out_, r->GetInt64(message, field));
      case FieldDescriptor::CPPTYPE_UINT64:
        return AppendQuotedNumber(out_, r->GetUInt64(message, field));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return AppendDouble(out_, r->GetDouble(message, field));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return AppendDouble(out_, r->GetFloat(message, field));
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ += r->GetBool(message, field) ? "true" : "false";
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        return AppendEnum(out_, field->enum_type(),
                          r->GetEnumValue(message, field));
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return PrintString(field,
                           r->GetStringReference(message, field, &scratch));
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Print(r->GetMessage(message, field));
    }
  }

  void PrintElement(const Message& message, const FieldDescriptor* field,
                    int i) {
    const Reflection* r = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return AppendNumber(out_, r->GetRepeatedInt32(message, field, i));
      case FieldDescriptor::CPPTYPE_UINT32:
        return AppendNumber(out_, r->GetRepeatedUInt32(message, field, i));
      case FieldDescriptor::CPPTYPE_INT64:
        return AppendQuotedNumber(out_, r->GetRepeatedInt64(message, field, i));
      case FieldDescriptor::CPPTYPE_UINT64:
        return AppendQuotedNumber(out_,
                                  r->GetRepeatedUInt64(message, field, i));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return AppendDouble(out_, r->GetRepeatedDouble(message, field, i));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return AppendDouble(out_, r->GetRepeatedFloat(message, field, i));
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ += r->GetRepeatedBool(message, field, i) ? "true" : "false";
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        return AppendEnum(out_, field->enum_type(),
                          r->GetRepeatedEnumValue(message, field, i));
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return PrintString(
            field, r->GetRepeatedStringReference(message, field, i, &scratch));
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Print(r->GetRepeatedMessage(message, field, i));
    }
  }

  void PrintString(const FieldDescriptor* field, const std::string& text) {
    if (field->type() == FieldDescriptor::TYPE_BYTES) {
      AppendBytes(out_, text);
    } else {
      AppendJsonString(out_, text);
    }
  }

  void PrintList(const Message& message, const FieldDescriptor* field) {
    const int count = message.GetReflection()->FieldSize(message, field);
    out_ += '[';
    for (int i = 0; i < count; ++i) {
      if (i > 0) out_ += ',';
      PrintElement(message, field, i);
    }
    out_ += ']';
  }

  void PrintMap(const Message& message, const FieldDescriptor* field) {
    const Reflection* r = message.GetReflection();
    const FieldDescriptor* key = field->message_type()->map_key();
    const FieldDescriptor* value = field->message_type()->map_value();
    std::vector<std::pair<std::string, const Message*>> entries;
    for (int i = 0; i < r->FieldSize(message, field); ++i) {
      const Message& entry = r->GetRepeatedMessage(message, field, i);
      std::string name;
      std::swap(name, out_);
      PrintField(entry, key);
      std::swap(name, out_);
      if (!name.starts_with('"')) name = '"' + name + '"';
      entries.emplace_back(std::move(name), &entry);
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    out_ += '{';
    for (const auto& [name, entry] : entries) {
      if (out_.back() != '{') out_ += ',';
      out_ += name;
      out_ += ':';
      PrintField(*entry, value);
    }
    out_ += '}';
  }

  std::string& out_;
};

}  // namespace

void AppendProtoJson(const Message& message, std::string& out) {
  Printer(out).Print(message);
}

absl::Status ParseProtoJson(std::string_view json, Message& message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto status = google::protobuf::util::JsonStringToMessage(
      {json.data(), json.size()}, &message, options);
  if (status.ok()) return absl::OkStatus();
  return InvalidArgument("{}: {}", message.GetTypeName(),
                         std::string(status.message()));
}

}  // namespace cohort
