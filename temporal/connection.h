// How to reach a cluster: address, namespace, key, certificates.
//
//   COHORT_ASSIGN_OR_RETURN(
//       ConnectionOptions options,
//       LoadConnection({{"address", "127.0.0.1:7233"}}, ProcessEnvironment()));
//
// Settings have the names and places of Temporal's environment configuration
// (kSettings): what is given directly stands before TEMPORAL_* variables, and
// these before a profile of temporal.toml (TEMPORAL_CONFIG_FILE, else
// temporalio/temporal.toml in the user's configuration folder;
// TEMPORAL_PROFILE, else "default").
// Threads: functions of their arguments and of the files that they name.
// Errors: kInvalidArgument for settings that contradict each other or are not
// understood, kNotFound for a file or profile that was asked for by name. No
// message holds a key, a certificate, or a value of a metadata entry.
#ifndef COHORT_TEMPORAL_CONNECTION_H_
#define COHORT_TEMPORAL_CONNECTION_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace cohort {

struct TlsOptions {
  std::string server_ca;    // PEM; "": the system's
  std::string client_cert;  // PEM; with client_key, for mutual TLS
  std::string client_key;
  std::string server_name;  // "": the address's host
};

struct ConnectionOptions {
  std::string address = "localhost:7233";  // HOST:PORT
  std::string ns = "default";              // the namespace
  std::string api_key;
  // Without: no encryption. Never a fallback from one to the other.
  std::optional<TlsOptions> tls;
  // Sent with every call.
  std::map<std::string, std::string> metadata;
};

// By the names of kSettings: "address", "tls.server_name", ...
using Settings = std::map<std::string, std::string, std::less<>>;
using Environment = std::map<std::string, std::string, std::less<>>;

struct SettingRow {
  std::string_view name;      // also the key in a profile
  std::string_view variable;  // of the environment
};

inline constexpr std::array kSettings = {
    SettingRow{"address", "TEMPORAL_ADDRESS"},
    SettingRow{"namespace", "TEMPORAL_NAMESPACE"},
    SettingRow{"api_key", "TEMPORAL_API_KEY"},
    SettingRow{"tls.enabled", "TEMPORAL_TLS"},
    SettingRow{"tls.disabled", ""},
    SettingRow{"tls.client_cert_path", "TEMPORAL_TLS_CLIENT_CERT_PATH"},
    SettingRow{"tls.client_cert_data", "TEMPORAL_TLS_CLIENT_CERT_DATA"},
    SettingRow{"tls.client_key_path", "TEMPORAL_TLS_CLIENT_KEY_PATH"},
    SettingRow{"tls.client_key_data", "TEMPORAL_TLS_CLIENT_KEY_DATA"},
    SettingRow{"tls.server_ca_cert_path", "TEMPORAL_TLS_SERVER_CA_CERT_PATH"},
    SettingRow{"tls.server_ca_cert_data", "TEMPORAL_TLS_SERVER_CA_CERT_DATA"},
    SettingRow{"tls.server_name", "TEMPORAL_TLS_SERVER_NAME"},
    SettingRow{"tls.disable_host_verification",
               "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"},
};

// Metadata of every call: in a profile "grpc_meta.NAME", in the environment
// with the name in capitals and '_' for '-'.
inline constexpr std::string_view kMetadataSetting = "grpc_meta.";
inline constexpr std::string_view kMetadataVariable = "TEMPORAL_GRPC_META_";

// kInvalidArgument where an API key would leave this machine in the clear.
absl::Status CheckSecrets(const ConnectionOptions& options);

// `given` may also hold "profile" and "config_file".
absl::StatusOr<ConnectionOptions> LoadConnection(
    const Settings& given, const Environment& environment);

// The variables that LoadConnection looks at.
Environment ProcessEnvironment();

// The settings of one profile; empty for a profile that is not there.
absl::StatusOr<std::optional<Settings>> ReadProfile(const std::string& file,
                                                    const std::string& profile);

// `text` with every secret of the options replaced by "***".
std::string WithoutSecrets(std::string text, const ConnectionOptions& options);

}  // namespace cohort

#endif  // COHORT_TEMPORAL_CONNECTION_H_
