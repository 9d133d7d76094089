#include "cohort/temporal/connection.h"

#include <cstdlib>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPem = "-----BEGIN X-----\nabc\n-----END X-----\n";

std::string File(const std::string& name, const std::string& text) {
  const std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/" + name;
  std::ofstream(path) << text;
  return path;
}

std::string ErrorOf(const Settings& given, const Environment& environment) {
  const auto options = LoadConnection(given, environment);
  return options.ok() ? "" : std::string(options.status().message());
}

TEST(Connection, WithoutAnythingItIsTheDevelopmentServer) {
  const auto options = LoadConnection({}, {});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->address, "localhost:7233");
  EXPECT_EQ(options->ns, "default");
  EXPECT_FALSE(options->tls);
}

TEST(Connection, GivenBeforeEnvironmentBeforeProfile) {
  const std::string file = File("order.toml",
                                "[profile.prod]\n"
                                "address = \"p:1\"\n"
                                "namespace = \"p\"\n"
                                "api_key = \"p-key\"\n"
                                "[profile.prod.tls]\n"
                                "server_name = \"p.name\"\n"
                                "[profile.prod.grpc_meta]\n"
                                "x-team = \"orders\"\n");
  const auto options = LoadConnection({{"address", "g:3"}},
                                      {{"TEMPORAL_CONFIG_FILE", file},
                                       {"TEMPORAL_PROFILE", "prod"},
                                       {"TEMPORAL_ADDRESS", "e:2"},
                                       {"TEMPORAL_NAMESPACE", "e"},
                                       {"TEMPORAL_GRPC_META_X_OTHER", "o"}});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->address, "g:3");
  EXPECT_EQ(options->ns, "e");
  EXPECT_EQ(options->api_key, "p-key");
  ASSERT_TRUE(options->tls);
  EXPECT_EQ(options->tls->server_name, "p.name");
  EXPECT_EQ(options->metadata.at("x-team"), "orders");
  EXPECT_EQ(options->metadata.at("x-other"), "o");
}

TEST(Connection, TheUsersOwnFileIsFound) {
  const std::string home = std::string(std::getenv("TEST_TMPDIR")) + "/config";
  ASSERT_EQ(std::system(("mkdir -p " + home + "/temporalio").c_str()), 0);
  File("config/temporalio/temporal.toml",
       "[profile.default]\naddress = \"own:1\"\n");
  EXPECT_EQ(LoadConnection({}, {{"XDG_CONFIG_HOME", home}})->address, "own:1");
  EXPECT_THAT(
      ErrorOf({}, {{"XDG_CONFIG_HOME", home}, {"TEMPORAL_PROFILE", "other"}}),
      HasSubstr("no [profile.other]"));
  EXPECT_THAT(ErrorOf({{"profile", "prod"}}, {}),
              HasSubstr("there is no temporal.toml"));
}

TEST(Connection, AKeyMeansTls) {
  EXPECT_TRUE(LoadConnection({{"api_key", "k"}}, {})->tls);
  EXPECT_TRUE(LoadConnection({}, {{"TEMPORAL_TLS", "true"}})->tls);
  EXPECT_FALSE(LoadConnection({}, {{"TEMPORAL_TLS", "false"},
                                   {"TEMPORAL_TLS_SERVER_NAME", "x"}})
                   ->tls);
  // Off, and a key: to this machine only.
  // Whoever makes the options is asked again: the key never goes in the clear.
  for (const char* address : {"127.example.com:1", "example.com:1"}) {
    EXPECT_EQ(CheckSecrets({.address = address, .api_key = "k"}).code(),
              absl::StatusCode::kInvalidArgument)
        << address;
  }
  EXPECT_TRUE(CheckSecrets({.address = "127.0.0.1:1", .api_key = "k"}).ok());
  EXPECT_TRUE(
      CheckSecrets({.address = "x:1", .api_key = "k", .tls = TlsOptions{}})
          .ok());
  const Settings off = {{"api_key", "k"}, {"tls.disabled", "true"}};
  EXPECT_FALSE(LoadConnection(off, {})->tls);
  Settings away = off;
  away["address"] = "cluster.example:7233";
  EXPECT_THAT(ErrorOf(away, {}), HasSubstr("in the clear"));
}

TEST(Connection, CertificatesComeAsFilesOrAsText) {
  const std::string pem = File("client.pem", kPem);
  const auto options =
      LoadConnection({}, {{"TEMPORAL_TLS_CLIENT_CERT_PATH", pem},
                          {"TEMPORAL_TLS_CLIENT_KEY_DATA", kPem}});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->tls->client_cert, kPem);
  EXPECT_EQ(options->tls->client_key, kPem);
  // A variable's file stands before the profile's text.
  const std::string file = File(
      "text.toml", "[profile.default.tls]\nserver_ca_cert_data = \"bad\"\n");
  EXPECT_EQ(LoadConnection({{"config_file", file}},
                           {{"TEMPORAL_TLS_SERVER_CA_CERT_PATH", pem}})
                ->tls->server_ca,
            kPem);
}

TEST(Connection, WhatMakesNoSenseIsSaid) {
  const auto given = [](std::string name, std::string value) {
    return ErrorOf({{std::move(name), std::move(value)}}, {});
  };
  EXPECT_THAT(given("address", "nowhere"), HasSubstr("not HOST:PORT"));
  EXPECT_THAT(given("address", "http://x:1"), HasSubstr("not HOST:PORT"));
  EXPECT_THAT(given("address", ":1"), HasSubstr("not HOST:PORT"));
  EXPECT_THAT(given("namespace", ""), HasSubstr("namespace"));
  EXPECT_THAT(given("tls.enabled", "perhaps"), HasSubstr("tls.enabled"));
  EXPECT_THAT(given("tls.client_cert_data", kPem), HasSubstr("key is missing"));
  EXPECT_THAT(given("tls.client_key_data", kPem),
              HasSubstr("certificate is missing"));
  EXPECT_THAT(given("tls.client_key_path", "/no/such"),
              HasSubstr("cannot be read"));
  EXPECT_THAT(given("tls.disable_host_verification", "true"),
              HasSubstr("not supported"));
  EXPECT_THAT(given("config_file", "/no/such.toml"), HasSubstr("no such file"));
  EXPECT_THAT(ErrorOf({}, {{"TEMPORAL_TLS_CLIENT_KEY_DATA", kPem},
                           {"TEMPORAL_TLS_CLIENT_KEY_PATH", "/x"}}),
              HasSubstr("set one"));
}

TEST(Connection, AProfileIsReadStrictly) {
  const auto of = [](const std::string& text) {
    return ErrorOf({{"config_file", File("bad.toml", text)}}, {});
  };
  EXPECT_THAT(of("[profile.default]\naddres = \"x:1\"\n"),
              HasSubstr("\"addres\" is no setting"));
  EXPECT_THAT(of("[profile.default]\naddress = 7\n"),
              HasSubstr("\"address\" is neither"));
  EXPECT_THAT(of("[profile.default\n"), HasSubstr("bad.toml:1:"));
  EXPECT_EQ(of("[profile.default.codec]\nendpoint = \"x\"\n"), "");
}

// Every error above, made again with secrets at hand.
TEST(Connection, NoErrorShowsASecret) {
  const std::string secret = "s3cr3t-k3y";
  const std::string bad =
      File("secret.toml", "[profile.default]\napi_key = \"" + secret +
                              "\"\naddress = [\"" + secret + "\"]\n");
  const std::string broken =
      File("broken.toml", "[profile.default]\napi_key = \"" + secret + "\n");
  const std::vector<std::pair<Settings, Environment>> cases = {
      {{{"config_file", bad}}, {}},
      {{{"config_file", broken}}, {}},
      {{{"api_key", secret}, {"address", "x"}}, {}},
      {{{"api_key", secret}, {"tls.disabled", "true"}, {"address", "x:1"}}, {}},
      {{{"tls.client_key_data", secret}}, {}},
      {{{"tls.enabled", secret}}, {{"TEMPORAL_API_KEY", secret}}},
  };
  for (const auto& [given, environment] : cases) {
    const std::string error = ErrorOf(given, environment);
    EXPECT_NE(error, "");
    EXPECT_THAT(error, Not(HasSubstr(secret)));
  }
  ConnectionOptions options;
  options.api_key = secret;
  options.metadata["x"] = "abc";
  EXPECT_EQ(WithoutSecrets("a " + secret + " abc " + secret, options),
            "a *** *** ***");
}

}  // namespace
}  // namespace cohort
