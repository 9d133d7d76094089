#include "cohort/temporal/connection.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "cohort/base/status.h"

namespace cohort {
namespace {

constexpr std::string_view kDefaultProfile = "default";

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

std::string Get(const std::map<std::string, std::string, std::less<>>& from,
                std::string_view name) {
  const auto it = from.find(name);
  return it == from.end() ? "" : it->second;
}

absl::StatusOr<bool> FlagOf(const Settings& settings, std::string_view name) {
  const std::string text = Lower(Get(settings, name));
  if (text.empty() || text == "false" || text == "0") return false;
  if (text == "true" || text == "1") return true;
  return InvalidArgument("{}: neither true nor false", name);
}

// A PEM by its setting "..._data" or the file of "..._path".
absl::StatusOr<std::string> PemOf(const Settings& settings,
                                  const std::string& stem) {
  const std::string path = Get(settings, stem + "_path");
  std::string data = Get(settings, stem + "_data");
  if (!path.empty() && !data.empty()) {
    return InvalidArgument("{}_path and {}_data are both set; set one", stem,
                           stem);
  }
  if (!path.empty()) {
    std::ifstream in(path, std::ios::binary);
    data.assign(std::istreambuf_iterator<char>(in), {});
    if (!in || data.empty()) {
      return NotFound("{}_path: {} cannot be read, or is empty", stem, path);
    }
  }
  if (!data.empty() && data.find("-----BEGIN ") == std::string::npos) {
    return InvalidArgument("{}: not in PEM form (no \"-----BEGIN\" line)",
                           stem);
  }
  return data;
}

std::string DefaultFile(const Environment& environment) {
  std::string folder = Get(environment, "XDG_CONFIG_HOME");
  if (folder.empty() && !Get(environment, "HOME").empty()) {
    folder = Get(environment, "HOME") + "/.config";
  }
  return folder.empty() ? "" : folder + "/temporalio/temporal.toml";
}

// The profile's settings; a file or a profile must be there if it was named.
absl::StatusOr<Settings> FromFile(const Settings& given,
                                  const Environment& environment) {
  std::string file = Get(given, "config_file");
  if (file.empty()) file = Get(environment, "TEMPORAL_CONFIG_FILE");
  std::string profile = Get(given, "profile");
  if (profile.empty()) profile = Get(environment, "TEMPORAL_PROFILE");
  const bool profile_named = !profile.empty();
  if (!profile_named) profile = kDefaultProfile;
  if (file.empty()) {
    file = DefaultFile(environment);
    std::error_code error;
    if (file.empty() || !std::filesystem::exists(file, error)) {
      if (!profile_named) return Settings();
      return NotFound(
          "profile \"{}\": there is no temporal.toml; name one by "
          "TEMPORAL_CONFIG_FILE",
          profile);
    }
  }
  COHORT_ASSIGN_OR_RETURN(std::optional<Settings> settings,
                          ReadProfile(file, profile));
  if (settings) return *std::move(settings);
  if (!profile_named) return Settings();
  return NotFound("{}: no [profile.{}]", file, profile);
}

void AddEnvironment(const Environment& environment, Settings& settings) {
  Settings variables;
  for (const SettingRow& row : kSettings) {
    if (row.variable.empty()) continue;
    const std::string value = Get(environment, row.variable);
    if (!value.empty()) variables[std::string(row.name)] = value;
  }
  // A file that is named here takes the place of a profile's text, and the
  // other way round.
  for (const auto& [name, value] : variables) {
    std::string other = name;
    if (other.ends_with("_path")) other.replace(other.size() - 4, 4, "data");
    if (name.ends_with("_data")) other.replace(other.size() - 4, 4, "path");
    settings.erase(other);
  }
  for (const auto& [name, value] : variables) settings[name] = value;
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(kMetadataVariable)) continue;
    std::string name = Lower(variable.substr(kMetadataVariable.size()));
    std::replace(name.begin(), name.end(), '_', '-');
    settings[std::string(kMetadataSetting) + name] = value;
  }
}

absl::Status CheckAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  const std::string port =
      colon == std::string::npos ? "" : address.substr(colon + 1);
  const bool number =
      !port.empty() && port.size() <= 5 &&
      std::all_of(port.begin(), port.end(),
                  [](unsigned char c) { return std::isdigit(c) != 0; });
  if (number && colon > 0 && address.find("://") == std::string::npos) {
    return absl::OkStatus();
  }
  return InvalidArgument("address {}: not HOST:PORT, like 127.0.0.1:7233",
                         address);
}

bool IsLoopback(std::string_view address) {
  const std::string_view host = address.substr(0, address.rfind(':'));
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

absl::StatusOr<std::optional<TlsOptions>> TlsOf(
    const Settings& settings, const ConnectionOptions& options) {
  TlsOptions tls;
  COHORT_ASSIGN_OR_RETURN(tls.server_ca, PemOf(settings, "tls.server_ca_cert"));
  COHORT_ASSIGN_OR_RETURN(tls.client_cert, PemOf(settings, "tls.client_cert"));
  COHORT_ASSIGN_OR_RETURN(tls.client_key, PemOf(settings, "tls.client_key"));
  tls.server_name = Get(settings, "tls.server_name");
  if (tls.client_cert.empty() != tls.client_key.empty()) {
    return InvalidArgument(
        "tls: a client certificate and its key are needed together; the {} is "
        "missing",
        tls.client_cert.empty() ? "certificate" : "key");
  }
  COHORT_ASSIGN_OR_RETURN(const bool unverified,
                          FlagOf(settings, "tls.disable_host_verification"));
  if (unverified) {
    return InvalidArgument(
        "tls.disable_host_verification is not supported: name the server's "
        "authority (tls.server_ca_cert_path) and tls.server_name instead");
  }
  COHORT_ASSIGN_OR_RETURN(const bool enabled, FlagOf(settings, "tls.enabled"));
  COHORT_ASSIGN_OR_RETURN(const bool disabled,
                          FlagOf(settings, "tls.disabled"));
  const bool off =
      !enabled && (disabled || !Get(settings, "tls.enabled").empty());
  const bool meant = enabled || !tls.server_ca.empty() ||
                     !tls.client_cert.empty() || !tls.server_name.empty() ||
                     !options.api_key.empty();
  if (meant && !off) return std::optional(std::move(tls));
  return std::optional<TlsOptions>();
}

}  // namespace

absl::Status CheckSecrets(const ConnectionOptions& options) {
  if (options.tls || options.api_key.empty() || IsLoopback(options.address)) {
    return absl::OkStatus();
  }
  return InvalidArgument(
      "TLS is turned off for {}, and an API key would be sent in the clear",
      options.address);
}

absl::StatusOr<ConnectionOptions> LoadConnection(
    const Settings& given, const Environment& environment) {
  COHORT_ASSIGN_OR_RETURN(Settings settings, FromFile(given, environment));
  AddEnvironment(environment, settings);
  for (const auto& [name, value] : given) settings[name] = value;

  ConnectionOptions options;
  if (settings.contains("address")) options.address = settings["address"];
  if (settings.contains("namespace")) options.ns = settings["namespace"];
  options.api_key = Get(settings, "api_key");
  COHORT_RETURN_IF_ERROR(CheckAddress(options.address));
  if (options.ns.empty()) return InvalidArgument("namespace: empty");
  COHORT_ASSIGN_OR_RETURN(options.tls, TlsOf(settings, options));
  COHORT_RETURN_IF_ERROR(CheckSecrets(options));
  for (const auto& [name, value] : settings) {
    if (!name.starts_with(kMetadataSetting)) continue;
    options.metadata[Lower(name.substr(kMetadataSetting.size()))] = value;
  }
  return options;
}

Environment ProcessEnvironment() {
  Environment found;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry = *at;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = entry.substr(0, equals);
    if (name.starts_with("TEMPORAL_") || name == "HOME" ||
        name == "XDG_CONFIG_HOME") {
      found.emplace(name, entry.substr(equals + 1));
    }
  }
  return found;
}

std::string WithoutSecrets(std::string text, const ConnectionOptions& options) {
  std::vector<std::string> secrets = {options.api_key};
  if (options.tls) secrets.push_back(options.tls->client_key);
  for (const auto& [name, value] : options.metadata) secrets.push_back(value);
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  return text;
}

}  // namespace cohort
