#include "cohort/engine/divergence.h"

#include <array>

#include "cohort/base/enum_table.h"
#include "cohort/base/printable.h"
#include "cohort/base/status.h"

namespace cohort {
namespace {

struct CauseRow {
  DivergenceCause cause;
  std::string_view name;
};
constexpr std::array<CauseRow, kDivergenceCauseCount> kCauses = {{
    {DivergenceCause::kKind, "kind"},
    {DivergenceCause::kFields, "fields"},
    {DivergenceCause::kMissingCommand, "missing command"},
    {DivergenceCause::kExtraCommand, "extra command"},
    {DivergenceCause::kUnmatchedMarker, "unmatched marker"},
    {DivergenceCause::kLateMarker, "late marker"},
    {DivergenceCause::kRepeatedMarker, "repeated marker"},
    {DivergenceCause::kMissingMarker, "missing marker"},
}};
static_assert(RowsFollowEnum(kCauses, &CauseRow::cause));

}  // namespace

std::string_view NameOf(DivergenceCause cause) {
  return kCauses[static_cast<std::size_t>(cause)].name;
}

std::string SiteText(const std::source_location& site) {
  if (site.line() == 0) return "";
  std::string_view file = site.file_name();
  file.remove_prefix(file.rfind('/') + 1);
  return fmt::format("{}:{}", file, site.line());
}

std::string Divergence::ToString() const {
  std::string out = fmt::format("turn {}", turn);
  if (event_id != 0) out += fmt::format(", event {}", event_id);
  out += history.empty() ? ": history has nothing here,"
                         : fmt::format(": history has {},", Printable(history));
  if (code.empty()) {
    out += "\n  the code issued nothing more.";
  } else {
    const std::string where = SiteText(site);
    out += fmt::format("\n  the code issued {}{}{}.", Printable(code),
                       where.empty() ? "" : " at ", where);
  }
  for (const FieldDifference& d : differences) {
    out += fmt::format("\n  differs: {}: history \"{}\", code \"{}\"", d.field,
                       Printable(d.history), Printable(d.code));
  }
  if (!rule.empty()) out += fmt::format("\n  strict rule: {}", rule);
  if (!hint.empty()) out += "\n  hint: " + Printable(hint);
  return out;
}

absl::Status Divergence::ToStatus() const {
  return FailedPrecondition("[TMPRL1100] {}", ToString());
}

}  // namespace cohort
