// `cohort` with a cluster's runs and protobuf's files as sources of histories.
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "cohort/cli/command_line.h"
#include "cohort/temporal/cluster_source.h"
#include "cohort/temporal/connection.h"
#include "cohort/temporal/proto_source.h"

namespace {

struct OptionRow {
  const char* option;
  const char* setting;
  const char* help;
};

// Keys are left to the environment and to profiles: a command line is read by
// every user of the machine.
constexpr std::array kOptions = {
    OptionRow{"--address", "address", "The server: HOST:PORT"},
    OptionRow{"--namespace", "namespace", "The namespace"},
    OptionRow{"--profile", "profile", "A profile of temporal.toml"},
    OptionRow{"--config-file", "config_file", "Another temporal.toml"},
    OptionRow{"--tls", "tls.enabled", "true, or false: no encryption"},
    OptionRow{"--tls-ca-path", "tls.server_ca_cert_path",
              "The server's authority, PEM"},
    OptionRow{"--tls-cert-path", "tls.client_cert_path",
              "The client's certificate, PEM"},
    OptionRow{"--tls-key-path", "tls.client_key_path", "Its key, PEM"},
    OptionRow{"--tls-server-name", "tls.server_name",
              "The name in the server's certificate"},
};

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const char* no_color = std::getenv("NO_COLOR");
  const bool plain = no_color != nullptr && *no_color != '\0';
  const bool colours = !plain && isatty(STDOUT_FILENO) != 0;
  std::array<std::string, kOptions.size()> values;
  cohort::HistorySources sources;
  sources.push_back(std::make_unique<cohort::ClusterSource>(
      [&](cohort::ServiceOptions options)
          -> absl::StatusOr<std::shared_ptr<cohort::Service>> {
        cohort::Settings settings;
        for (std::size_t i = 0; i < kOptions.size(); ++i) {
          if (!values[i].empty()) settings[kOptions[i].setting] = values[i];
        }
        auto connection =
            cohort::LoadConnection(settings, cohort::ProcessEnvironment());
        if (!connection.ok()) return connection.status();
        return cohort::Service::Open(*connection, std::move(options));
      }));
  sources.push_back(std::make_unique<cohort::ProtoSource>());
  return cohort::CohortMain(
      argc, argv,
      {.out = std::cout,
       .err = std::cerr,
       .paint = colours ? cohort::Paint::kColours : cohort::Paint::kPlain,
       .sources = &sources,
       .add_options = [&](CLI::App& app) {
         for (std::size_t i = 0; i < kOptions.size(); ++i) {
           app.add_option(kOptions[i].option, values[i], kOptions[i].help)
               ->group("Cluster (PATH cluster:QUERY)");
         }
       }});
}
