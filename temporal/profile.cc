// temporal.toml: the profiles of Temporal's environment configuration.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/temporal/connection.h"
#include "toml++/toml.h"

namespace cohort {
namespace {

bool IsSetting(std::string_view name) {
  for (const SettingRow& row : kSettings) {
    if (row.name == name) return true;
  }
  return name.starts_with(kMetadataSetting);
}

// Values are not shown in messages: they may be secret.
absl::Status Collect(const toml::table& table, const std::string& prefix,
                     std::string_view where, Settings& settings) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      if (name == "codec") continue;  // of the web UI and the CLI
      COHORT_RETURN_IF_ERROR(Collect(*inner, name + ".", where, settings));
    } else if (!IsSetting(name)) {
      return InvalidArgument("{}: \"{}\" is no setting", where, name);
    } else if (const auto* text = node.as_string()) {
      settings[name] = text->get();
    } else if (const auto* flag = node.as_boolean()) {
      settings[name] = flag->get() ? "true" : "false";
    } else {
      return InvalidArgument("{}: \"{}\" is neither a string nor true or false",
                             where, name);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<Settings>> ReadProfile(
    const std::string& file, const std::string& profile) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return NotFound("{}: no such file", file);
  }
  toml::table document;
  try {
    document = toml::parse_file(file);
  } catch (const toml::parse_error& e) {
    const toml::source_position at = e.source().begin;
    return InvalidArgument("{}:{}:{}: not TOML", file, at.line, at.column);
  }
  const toml::table* table = document["profile"][profile].as_table();
  if (table == nullptr) return std::optional<Settings>();
  Settings settings;
  const std::string where = fmt::format("{}: [profile.{}]", file, profile);
  COHORT_RETURN_IF_ERROR(Collect(*table, "", where, settings));
  return std::optional(std::move(settings));
}

}  // namespace cohort
