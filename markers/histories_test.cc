// Every version marker of the recorded histories, against the figures beside
// them. They live outside of the repository: without them the test is skipped.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cohort/history/history.h"
#include "cohort/markers/codec.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

struct Figures {
  std::map<std::string, std::set<std::string>> versions;
  std::set<std::string> families;
  int upserts = 0;
};

Figures Wanted(const nlohmann::json& entry) {
  Figures wanted;
  for (const auto& [id, versions] : entry.at("versions").items()) {
    for (const auto& v : versions) {
      wanted.versions[id].insert(v.is_string() ? v.get<std::string>()
                                               : v.dump());
    }
  }
  for (const auto& family : entry.at("version_family")) {
    wanted.families.insert(family.get<std::string>());
  }
  wanted.upserts = entry.at("change_version_upserts").get<int>();
  return wanted;
}

int Read(const History& history, Figures& into) {
  PayloadReader reader;
  int markers = 0;
  for (const Event& event : history.events()) {
    into.upserts += IsChangeVersionUpsert(event);
    const auto marker = DecodeVersionMarker(event, reader);
    if (!marker.ok()) {
      ADD_FAILURE() << history.source() << ": " << marker.status();
      continue;
    }
    if (event.type == EventType::kMarkerRecorded) {
      EXPECT_NE(RoleOfMarker(event.name()), MarkerRole::kUnknown)
          << event.name();
      EXPECT_TRUE(DecodeSideEffect(event, reader).ok());
    }
    if (!marker->has_value()) continue;
    ++markers;
    const VersionMarker& m = **marker;
    const bool patch = RowOf(m.dialect).family == Family::kPatch;
    into.versions[m.change_id].insert(
        !patch ? std::to_string(m.version)
               : (m.deprecated ? "deprecated" : "patched"));
    into.families.insert(std::string(RowOf(m.dialect).family_name));
  }
  return markers;
}

void Compare(const std::filesystem::path& folder) {
  const char* shared = std::getenv("COHORT_SHARED");
  if (shared == nullptr ||
      !std::filesystem::exists(shared / folder / "EXPECTED.json")) {
    GTEST_SKIP() << "COHORT_SHARED does not lead to " << folder
                 << "/EXPECTED.json";
  }
  const std::filesystem::path root = shared / folder;
  std::ifstream file(root / "EXPECTED.json");
  const nlohmann::json expected = nlohmann::json::parse(file);
  int histories = 0;
  int markers = 0;
  for (const auto& [name, entry] : expected.items()) {
    std::filesystem::path path = root / name;
    if (!path.string().ends_with(".json")) path += ".converted.json";
    if (!std::filesystem::exists(path) || !entry.contains("versions")) continue;
    const auto history = History::FromFile(path.string());
    if (!history.ok()) {
      ADD_FAILURE() << path << ": " << history.status();
      continue;
    }
    SCOPED_TRACE(name);
    Figures got;
    markers += Read(*history, got);
    const Figures wanted = Wanted(entry);
    EXPECT_EQ(got.versions, wanted.versions);
    EXPECT_EQ(got.families, wanted.families);
    EXPECT_EQ(got.upserts, wanted.upserts);
    ++histories;
  }
  std::printf("%d histories, %d version markers\n", histories, markers);
  EXPECT_GT(histories, 50);
  EXPECT_GT(markers, 20);
}

TEST(Histories, RecordedMarkersAreReadAsExpected) {
  Compare("histories/recorded");
}

TEST(Histories, OfficialMarkersAreReadAsExpected) {
  Compare("histories/official");
}

}  // namespace
}  // namespace cohort
