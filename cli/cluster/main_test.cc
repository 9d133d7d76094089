// The program cohort_cluster, as a user calls it.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "cohort/temporal/cluster_client.h"
#include "cohort/temporal/dev_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

struct Ran {
  int exit = -1;
  std::string out;  // both streams
};

Ran Shell(const std::string& command) {
  Ran ran;
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> block;
  while (const std::size_t n =
             std::fread(block.data(), 1, block.size(), pipe)) {
    ran.out.append(block.data(), n);
  }
  ran.exit = WEXITSTATUS(pclose(pipe));
  return ran;
}

Ran Cluster(const std::string& args) {
  return Shell("cli/cluster/cohort_cluster " + args);
}

constexpr const char* kWire = "temporal/testdata/wire";

TEST(CohortCluster, ReadsProtobufsFiles) {
  const Ran ran = Cluster("inspect --json " + std::string(kWire) + "/go.bin");
  EXPECT_EQ(ran.exit, 0) << ran.out;
  EXPECT_EQ(json::parse(ran.out).at("workflow_type"), "Order");
  EXPECT_EQ(Cluster("turns " + std::string(kWire) + "/go.bin").exit, 0);
  // All runs of an export; a folder by its scheme.
  const Ran many =
      Cluster("inspect --json " + std::string(kWire) + "/export.proto");
  EXPECT_EQ(json::parse(many.out).size(), 2u) << many.out;
  const Ran folder = Cluster("inspect --json proto:" + std::string(kWire));
  EXPECT_EQ(json::parse(folder.out).size(), 6u) << folder.out;
  const Ran census = Cluster("census --json proto:" + std::string(kWire));
  EXPECT_EQ(census.exit, 0) << census.out;
}

TEST(CohortCluster, SaysWhatIsWrong) {
  const Ran absent = Cluster("inspect no-such.bin");
  EXPECT_EQ(absent.exit, 2);
  EXPECT_THAT(absent.out, HasSubstr("no-such.bin: no such file"));
  const Ran address = Cluster("inspect cluster: --address nowhere");
  EXPECT_EQ(address.exit, 2);
  EXPECT_THAT(address.out, HasSubstr("not HOST:PORT"));
  const Ran key = Shell(
      "TEMPORAL_API_KEY=s3cr3t TEMPORAL_TLS=false "
      "cli/cluster/cohort_cluster inspect cluster: --address far:1");
  EXPECT_EQ(key.exit, 2);
  EXPECT_THAT(key.out, HasSubstr("in the clear"));
  EXPECT_THAT(key.out, Not(HasSubstr("s3cr3t")));
}

// What has no need of a server must not carry one's client.
TEST(CohortCluster, ThePlainProgramLinksNeitherProtobufNorGrpc) {
  const Ran plain = Shell("ldd cli/cohort");
  EXPECT_THAT(plain.out, HasSubstr("libsimdjson"));
  EXPECT_THAT(plain.out, Not(HasSubstr("libprotobuf")));
  EXPECT_THAT(plain.out, Not(HasSubstr("libgrpc")));
  EXPECT_THAT(Shell("ldd cli/cluster/cohort_cluster").out,
              HasSubstr("libgrpc"));
}

TEST(CohortCluster, OfficialFilesHaveTheirFigures) {
  const char* shared = std::getenv("COHORT_SHARED");
  const fs::path root =
      fs::path(shared == nullptr ? "" : shared) / "histories/official";
  if (shared == nullptr || !fs::exists(root / "EXPECTED.json")) {
    std::cout << "skipped: ../shared/histories/official not present\n";
    GTEST_SKIP();
  }
  std::ifstream in(root / "EXPECTED.json");
  const json expected = json::parse(in);
  int compared = 0;
  for (const auto& [name, want] : expected.items()) {
    if (!name.ends_with(".bin")) continue;
    const Ran ran = Cluster("inspect --json " + (root / name).string());
    const json got = json::parse(ran.out, nullptr, false);
    ASSERT_FALSE(got.is_discarded()) << ran.out;
    for (const char* key :
         {"workflow_type", "events", "turns", "tasks_scheduled",
          "tasks_started", "tasks_failed", "tasks_timed_out", "markers",
          "versions", "version_family", "upserts", "change_version_upserts",
          "last_event", "lang_used_flags", "core_used_flags", "sdk"}) {
      if (!want.contains(key)) continue;
      EXPECT_TRUE(got.at(key) == want.at(key))
          << name << " " << key << ": " << got.at(key);
      ++compared;
    }
  }
  EXPECT_GT(compared, 7 * 10);
}

TEST(CohortCluster, ReadsALiveCluster) {
  auto server = DevServer::Start();
  if (!server.ok()) {
    std::cout << "skipped: " << server.status().message() << "\n";
    GTEST_SKIP();
  }
  const std::string address = " --address " + (*server)->address();
  ClusterClient client(*Service::Open({.address = (*server)->address()}));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Start(ClusterStart("Order", "nobody")).ok());
  }
  Ran inspected;
  for (int i = 0; i < 200; ++i) {  // the listing comes a little later
    inspected = Cluster("inspect --json cluster:" + address);
    const json found = json::parse(inspected.out, nullptr, false);
    if (found.is_array() && found.size() == 3) break;
    absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_EQ(inspected.exit, 0);
  EXPECT_EQ(json::parse(inspected.out, nullptr, false).size(), 3u)
      << inspected.out;
  const Ran none = Cluster("census \"cluster:WorkflowType='No'\"" + address);
  EXPECT_EQ(none.exit, 3) << none.out;
  const std::string corpus =
      std::string(std::getenv("TEST_TMPDIR")) + "/corpus";
  const Ran sampled =
      Cluster("sample --from \"cluster:WorkflowType='Order'\" --into " +
              corpus + address);
  EXPECT_EQ(sampled.exit, 0) << sampled.out;
  EXPECT_THAT(Cluster("inspect --json " + corpus).out, Not(HasSubstr("error")));
  const Ran retire = Cluster("retire Step1 cluster:" + address);
  EXPECT_NE(retire.exit, 2) << retire.out;
  const Ran bad = Cluster("inspect \"cluster:~~\"" + address);
  EXPECT_EQ(bad.exit, 2);
}

}  // namespace
}  // namespace cohort
