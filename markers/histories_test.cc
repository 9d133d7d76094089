// Every marker of the recorded histories: version markers against the figures
// beside them, value markers against their own bytes. The histories live
// outside of the repository: without them the test is skipped.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cohort/history/history.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"
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

// Which markers were compared byte by byte, by name and form.
using Counts = std::map<std::string, int>;

// What is read, written again, has the event's own details. Java's also hold
// the arguments, and the metadata not always; Go once counted from 0.
void CheckActivity(const Event& event, PayloadReader& reader, Counts& counts) {
  const auto marker = DecodeLocalActivity(event, reader);
  ASSERT_TRUE(marker.ok()) << marker.status();
  if (!marker->has_value()) return;
  EXPECT_FALSE((*marker)->type.empty());
  EXPECT_NE((*marker)->completed, absl::UnixEpoch());
  PayloadsMap details = *reader.ReadPayloadsMap(event.details);
  if (details.contains("")) {
    ++counts["cadence"];
    return;
  }
  const bool core = event.name() == "core_local_activity";
  const bool java = details.contains("activityId");
  details.erase("input");
  const Command again = EncodeLocalActivity(core   ? Dialect::kCore
                                            : java ? Dialect::kJava
                                                   : Dialect::kGo,
                                            **marker);
  EXPECT_EQ(again.name(), event.name());
  std::string data;
  if (!java) {
    std::string& text = details.at("data").front().data;
    // Core's latest releases add it; nothing here has that number.
    if (const std::size_t at = text.find(",\"activation_index\"");
        at != text.npos) {
      text.replace(at, text.npos, "}");
    }
    data = text;
  }
  if ((java && !details.contains("meta")) || data.find("\": ") != data.npos ||
      data.find("\"Attempt\":0") != data.npos) {
    ++counts["read only"];
    return;
  }
  EXPECT_EQ(again.details, details);
  ++counts[core ? "core" : java ? "java" : "go"];
}

void CheckSideEffects(const Event& event, PayloadReader& reader,
                      Counts& counts) {
  const auto plain = DecodeSideEffect(event, reader);
  ASSERT_TRUE(plain.ok()) << plain.status();
  const auto varying = DecodeMutableSideEffect(event, reader);
  ASSERT_TRUE(varying.ok()) << varying.status();
  if (!plain->has_value() && !varying->has_value()) return;
  PayloadsMap details = *reader.ReadPayloadsMap(event.details);
  if (plain->has_value()) {
    EXPECT_EQ(EncodeSideEffect(**plain).details, details);
  } else {
    // Go's proto JSON now and then has a blank.
    std::string& text = details.at("data")[1].data;
    if (const std::size_t at = text.find(", "); at != text.npos) {
      text.erase(at + 1, 1);
    }
    // Go may count a command more than became events.
    const std::string id = details.at("side-effect-id").front().data;
    const std::int64_t sequence = std::stoll(id.substr(id.rfind('_') + 1));
    EXPECT_EQ(EncodeMutableSideEffect(**varying, sequence).details, details);
  }
  ++counts[std::string(event.name())];
}

// The folder below the shared ones; empty if it is not there.
std::filesystem::path SharedFolder(const std::filesystem::path& folder) {
  const char* shared = std::getenv("COHORT_SHARED");
  if (shared == nullptr ||
      !std::filesystem::exists(shared / folder / "EXPECTED.json")) {
    return {};
  }
  return shared / folder;
}

Counts CheckValueMarkers(const std::filesystem::path& root) {
  Counts counts;
  PayloadReader reader;
  for (const auto& file : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = file.path().filename().string();
    if (!name.ends_with(".json") || name == "EXPECTED.json") continue;
    const auto history = History::FromFile(file.path().string());
    if (!history.ok()) continue;  // other JSON
    SCOPED_TRACE(file.path());
    for (const Event& event : history->events()) {
      CheckActivity(event, reader, counts);
      CheckSideEffects(event, reader, counts);
    }
  }
  for (const auto& [form, count] : counts) {
    std::printf("%s: %d\n", form.c_str(), count);
  }
  return counts;
}

void Compare(const std::filesystem::path& folder) {
  const std::filesystem::path root = SharedFolder(folder);
  if (root.empty()) {
    GTEST_SKIP() << "COHORT_SHARED does not lead to " << folder
                 << "/EXPECTED.json";
  }
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

TEST(Histories, RecordedValueMarkersKeepTheirBytes) {
  const std::filesystem::path root = SharedFolder("histories/recorded");
  if (root.empty()) GTEST_SKIP() << "COHORT_SHARED does not lead to them";
  Counts counts = CheckValueMarkers(root);
  EXPECT_GT(counts["go"], 20);
  EXPECT_GT(counts["java"], 20);
  EXPECT_GT(counts["core"], 20);
}

TEST(Histories, OfficialValueMarkersKeepTheirBytes) {
  const std::filesystem::path root = SharedFolder("histories/official");
  if (root.empty()) GTEST_SKIP() << "COHORT_SHARED does not lead to them";
  Counts counts = CheckValueMarkers(root);
  EXPECT_GE(counts["go"], 3);
  EXPECT_GE(counts["java"], 2);
  EXPECT_GE(counts["core"], 10);
  EXPECT_GE(counts["cadence"], 13);
  EXPECT_GE(counts["MutableSideEffect"], 4);
  EXPECT_GE(counts["SideEffect"], 3);
}

}  // namespace
}  // namespace cohort
