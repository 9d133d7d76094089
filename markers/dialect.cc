#include "cohort/markers/dialect.h"

#include <functional>

#include "fmt/core.h"

namespace cohort {
namespace {

std::string Code(std::string_view text) {
  return text.empty() ? "-" : fmt::format("`{}`", text);
}

std::string CallsOf(const DialectRow& row) {
  return row.family == Family::kVersion ? "GetVersion" : "Patched";
}

std::string FormOf(const DialectRow& row) {
  switch (row.form) {
    case DetailsForm::kJsonKeys:
      return "a `json/plain` payload under each key";
    case DetailsForm::kJsonObject:
      return fmt::format("a `json/plain` object under `{}`", row.object_key);
    case DetailsForm::kBinaryKeys:
      return "a `binary/plain` payload under each key";
    case DetailsForm::kBlob:
      break;
  }
  return "no map: JSON string, newline, JSON number, newline";
}

std::string FlagOf(const DialectRow& row) {
  switch (row.upsert_flag) {
    case UpsertFlag::kFalseIfSkipped:
      return fmt::format("`{}`: `false` if skipped", row.flag_key);
    case UpsertFlag::kTrueIfUpserted:
      return fmt::format("`{}`: `true` if upserted", row.flag_key);
    case UpsertFlag::kNone:
      break;
  }
  return "-";
}

std::string ToleranceOf(const DialectRow& row) {
  return row.tolerance == Tolerance::kAlways ? "always" : "only if deprecated";
}

std::string ElementOf(const DialectRow& row) {
  return row.element == Element::kId ? "`<id>`" : "`<id>-<version>`";
}

std::string OrderOf(const DialectRow& row) {
  switch (row.order) {
    case ListOrder::kNewFirst:
      return "new first, then as first seen";
    case ListOrder::kFirstSeen:
      return "as first seen, new last";
    case ListOrder::kByteSorted:
      break;
  }
  return "byte-sorted";
}

std::string UnrecordedOf(const DialectRow& row) {
  return row.lists_unrecorded ? "yes" : "no";
}

std::string SizeOf(const DialectRow& row) {
  switch (row.size_rule) {
    case SizeRule::kData:
      return "data >= 2048 bytes";
    case SizeRule::kPayload:
      return "Payload message >= 2048 bytes";
    case SizeRule::kNone:
      break;
  }
  return "never";
}

std::string EscapingOf(const DialectRow& row) {
  switch (row.escaping) {
    case Escaping::kGo:
      return "also `<` `>` `&` U+2028 U+2029";
    case Escaping::kPlain:
      return "`\\u00xx`";
    case Escaping::kUpper:
      break;
  }
  return "`\\u00XX`";
}

struct Property {
  std::string_view title;
  std::function<std::string(const DialectRow&)> text;
};

}  // namespace

std::string DialectTable() {
  const Property properties[] = {
      {"calls", CallsOf},
      {"marker name",
       [](const DialectRow& row) { return Code(row.marker_name); }},
      {"details", FormOf},
      {"change id", [](const DialectRow& row) { return Code(row.id_key); }},
      {"version or flag",
       [](const DialectRow& row) { return Code(row.value_key); }},
      {"marker without a call is fine", ToleranceOf},
      {"search attribute",
       [](const DialectRow& row) { return Code(row.attribute); }},
      {"its element", ElementOf},
      {"its order", OrderOf},
      {"lists ids answered by default", UnrecordedOf},
      {"its metadata `type`",
       [](const DialectRow& row) { return Code(row.attribute_type); }},
      {"upsert skipped if", SizeOf},
      {"marker says so by", FlagOf},
      {"JSON escapes", EscapingOf},
  };
  std::string out = "|";
  for (const DialectRow& row : kDialects) {
    out += fmt::format(" | {}", row.family_name);
  }
  out += " |\n|---";
  for (std::size_t i = 0; i < kDialects.size(); ++i) out += "|---";
  out += "|\n";
  for (const Property& property : properties) {
    out += fmt::format("| {}", property.title);
    for (const DialectRow& row : kDialects) {
      out += fmt::format(" | {}", property.text(row));
    }
    out += " |\n";
  }
  return out;
}

}  // namespace cohort
