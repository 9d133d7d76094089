#include "cohort/markers/codec.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cohort/history/history.h"
#include "cohort/markers/json_text.h"
#include "cohort/markers/marker_event.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<std::optional<VersionMarker>> Decode(
    std::string_view name, const PayloadsMap& details) {
  const MarkerEvent one(name, DetailsText(details));
  PayloadReader reader;
  return DecodeVersionMarker(one.event, reader);
}

Payloads Json(std::string text) { return {JsonPayload(std::move(text))}; }
Payloads Binary(std::string bytes) {
  return {Payload{{{"encoding", "binary/plain"}}, std::move(bytes)}};
}

std::string DataAt(const Command& command, std::string_view key) {
  const auto it = command.details.find(key);
  return it == command.details.end() ? "<none>" : it->second.front().data;
}

std::string List(const VersionCommands& commands,
                 std::string_view key = kChangeVersionAttribute) {
  return commands.upsert ? DataAt(*commands.upsert, key) : "<skipped>";
}

VersionRecord Versioned(std::string_view id, Version version) {
  return {id, version, Family::kVersion, false};
}
VersionRecord Patch(std::string_view id, bool deprecated = false) {
  return {id, 1, Family::kPatch, deprecated};
}

TEST(EncodeVersion, WritesTheBytesOfEachDialect) {
  VersionBook book;
  book.Record(Versioned("zeta", 2), Standing::kRecorded);
  book.Record(Versioned("old", -1), Standing::kAnswered);
  const auto go = EncodeVersion(Dialect::kGo, book, Versioned("Step1", 1));
  EXPECT_EQ(go.marker.name(), "Version");
  EXPECT_EQ(go.marker.key(), "Step1");
  EXPECT_EQ(go.marker.kind, CommandKind::kRecordVersion);
  EXPECT_EQ(go.marker.details, (PayloadsMap{{"change-id", Json("\"Step1\"")},
                                            {"version", Json("1")}}));
  ASSERT_TRUE(go.upsert.has_value());
  EXPECT_EQ(go.upsert->kind, CommandKind::kUpsertSearchAttributes);
  EXPECT_EQ(go.upsert->details,
            (PayloadsMap{{"TemporalChangeVersion",
                          Json(R"(["Step1-1","zeta-2","old--1"])")}}));

  const auto java = EncodeVersion(Dialect::kJava, book, Versioned("Step1", 1));
  EXPECT_EQ(java.marker.details,
            (PayloadsMap{{"changeId", Json("\"Step1\"")},
                         {"version", Json("1")},
                         {"versionSearchAttributeUpdated", Json("true")}}));
  EXPECT_EQ(List(java), R"(["zeta-2","Step1-1"])");
  EXPECT_EQ(java.upsert->details.begin()->second.front().metadata.at("type"),
            "KeywordList");

  VersionBook patches;
  patches.Record(Patch("b"), Standing::kRecorded);
  patches.Record({"no", -1, Family::kPatch, false}, Standing::kAnswered);
  const auto core = EncodeVersion(Dialect::kCore, patches, Patch("a", true));
  EXPECT_EQ(core.marker.name(), "core_patch");
  EXPECT_EQ(
      core.marker.details,
      (PayloadsMap{{"patch-data", Json(R"({"id":"a","deprecated":true})")}}));
  EXPECT_EQ(List(core), R"(["a","b"])");
  EXPECT_EQ(core.upsert->details.begin()->second.front().metadata.at("type"),
            "KeywordList");

  const auto old = EncodeVersion(Dialect::kCoreOld, patches, Patch("a"));
  EXPECT_EQ(old.marker.details,
            (PayloadsMap{{"patch_id", Binary("a")},
                         {"deprecated", Binary(std::string(1, '\0'))}}));
  const auto cadence =
      EncodeVersion(Dialect::kCadence, VersionBook(), Versioned("x", 3));
  EXPECT_EQ(DataAt(cadence.marker, ""), "\"x\"\n3\n");
  EXPECT_EQ(List(cadence, kCadenceVersionAttribute), R"(["x-3"])");
}

TEST(EncodeVersion, SpellsEachElementByItsOwnFamily) {
  VersionBook book;
  book.Record(Versioned("v", 2), Standing::kRecorded);
  book.Record(Patch("p"), Standing::kRecorded);
  // With and without the new answer in the book already.
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_EQ(List(EncodeVersion(Dialect::kGo, book, Versioned("w", 1))),
              R"(["w-1","v-2","p"])");
    book.Record(Versioned("w", 1), Standing::kRecorded);
  }
  const auto patch = EncodeVersion(Dialect::kGo, book, Patch("a"));
  EXPECT_EQ(patch.marker.name(), "core_patch");
  EXPECT_EQ(List(patch), R"(["a","p","v-2","w-1"])");
}

// Java lists no id that was answered by default, Go does; a patch beside them
// changes nothing about it.
TEST(EncodeVersion, FiltersEachElementByItsOwnDialect) {
  VersionBook book;
  book.Record(Versioned("Step1", -1), Standing::kAnswered);
  const auto java = WriterDialects(Dialect::kJava);
  EXPECT_EQ(List(EncodeVersion(java, book, Patch("p"))), R"(["p"])");
  EXPECT_EQ(List(EncodeVersion(java.With(Dialect::kCoreOld), book, Patch("p"))),
            R"(["p"])");
  EXPECT_EQ(
      List(EncodeVersion(WriterDialects(Dialect::kCoreOld), book, Patch("p"))),
      R"(["Step1--1","p"])");
}

TEST(EncodeVersion, EscapesAsTheDialectDoes) {
  const std::string id = "<&>\"\\/\n\x01\x1f\u2028\u2029\u00e9";
  const std::pair<Dialect, const char*> rows[] = {
      {Dialect::kGo,
       "\"\\u003c\\u0026\\u003e\\\"\\\\/\\n\\u0001\\u001f"
       "\\u2028\\u2029\u00e9\""},
      {Dialect::kJava, "\"<&>\\\"\\\\/\\n\\u0001\\u001F\u2028\u2029\u00e9\""},
  };
  for (const auto& [dialect, bytes] : rows) {
    const auto commands =
        EncodeVersion(dialect, VersionBook(), Versioned(id, 1));
    EXPECT_EQ(DataAt(commands.marker, RowOf(dialect).id_key), bytes);
  }
  EXPECT_EQ(
      DataAt(EncodeVersion(Dialect::kCore, VersionBook(), Patch(id)).marker,
             "patch-data"),
      "{\"id\":\"<&>\\\"\\\\/\\n\\u0001\\u001f\u2028\u2029\u00e9\","
      "\"deprecated\":false}");
}

// The longest id that is still upserted, with one more byte skipped.
TEST(EncodeVersion, SkipsTheUpsertFromTheLimitOn) {
  struct Row {
    Dialect dialect;
    VersionRecord record;
    std::size_t id_bytes_max;
    std::string_view flag_within, flag_beyond;
  };
  const Row rows[] = {
      // ["<id>-1"]: 6 bytes around it; 2047 is sent.
      {Dialect::kGo, Versioned("", 1), 2041, "<none>", "false"},
      // The same around it, and 48 bytes of metadata and framing.
      {Dialect::kJava, Versioned("", 1), 1993, "true", "<none>"},
      {Dialect::kCore, Patch(""), 2043, "<none>", "<none>"},
  };
  for (const Row& row : rows) {
    for (std::size_t extra : {0u, 1u}) {
      const std::string id(row.id_bytes_max + extra, 'x');
      VersionRecord record = row.record;
      record.change_id = id;
      const auto commands = EncodeVersion(row.dialect, VersionBook(), record);
      EXPECT_EQ(commands.upsert.has_value(), extra == 0) << row.id_bytes_max;
      const std::string_view flag = RowOf(row.dialect).flag_key;
      EXPECT_EQ(flag.empty() ? "<none>" : DataAt(commands.marker, flag),
                extra == 0 ? row.flag_within : row.flag_beyond);
    }
  }
  // Go counts its own escapes: '<' is six bytes.
  const std::string id = std::string(2036, 'x') + "<";
  EXPECT_EQ(List(EncodeVersion(Dialect::kGo, VersionBook(), Versioned(id, 1))),
            "<skipped>");
}

TEST(EncodeVersion, SkipsWhereTheSdksDo) {
  VersionBook go;
  VersionBook core;
  VersionBook java;
  int go_sent = 0;
  int core_sent = 0;
  int java_sent = 0;
  for (int i = 0; i < 256; ++i) {
    const std::string id = "versionID:" + std::to_string(i);
    go_sent +=
        EncodeVersion(Dialect::kGo, go, Versioned(id, 1)).upsert.has_value();
    go.Record(Versioned(id, 1), Standing::kRecorded);
    const std::string patch = "patch-" + std::to_string(i + 1);
    core_sent +=
        EncodeVersion(Dialect::kCore, core, Patch(patch)).upsert.has_value();
    core.Record(Patch(patch), Standing::kRecorded);
  }
  for (int i = 0; i < 10; ++i) {
    const std::string id = std::string(256, 'a') + "-" + std::to_string(i);
    java_sent += EncodeVersion(Dialect::kJava, java, Versioned(id, 1))
                     .upsert.has_value();
    java.Record(Versioned(id, 1), Standing::kRecorded);
  }
  EXPECT_EQ(go_sent, 119);
  EXPECT_EQ(core_sent, 179);
  EXPECT_EQ(java_sent, 7);
}

TEST(DecodeVersionMarker, ReadsBackWhatIsWritten) {
  for (const DialectRow& row : kDialects) {
    for (std::string_view id : {"Step1", "a-b--1", "<\"\\\n\u2028\u00e9>"}) {
      for (bool deprecated : {false, true}) {
        VersionRecord record{id, 1, row.family,
                             deprecated && row.family == Family::kPatch};
        const auto commands = EncodeVersion(row.dialect, VersionBook(), record);
        const auto read =
            Decode(commands.marker.name(), commands.marker.details);
        ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
        EXPECT_EQ((*read)->change_id, id);
        EXPECT_EQ((*read)->version, 1);
        EXPECT_EQ((*read)->deprecated, record.deprecated);
        EXPECT_EQ((*read)->dialect, row.dialect);
        EXPECT_EQ((*read)->upserted, row.upsert_flag == UpsertFlag::kNone
                                         ? std::nullopt
                                         : std::optional<bool>(true));
      }
    }
  }
}

TEST(DecodeVersionMarker, ReadsTheOddForms) {
  const auto go = [](std::string flag) {
    return Decode("Version",
                  {{"change-id", Json("\"a\"")},
                   {"version", Json("-1")},
                   {"version-search-attribute-updated", Json(flag)}});
  };
  EXPECT_EQ((*go("false"))->upserted, false);
  EXPECT_EQ((*go("true"))->upserted, true);
  EXPECT_EQ((*go("true"))->version, -1);
  const auto java =
      Decode("Version", {{"changeId", Json("\"a\"")}, {"version", Json("3")}});
  EXPECT_EQ((*java)->upserted, false);
  const auto core = Decode(
      "core_patch",
      {{"patch-data",
        Json(
            R"( {"x":[1,{"y":"]"}], "deprecated":true, "id":"\u00e9\ud83d\ude00"} )")}});
  ASSERT_TRUE(core.ok()) << core.status();
  EXPECT_EQ((*core)->change_id, "\u00e9\U0001F600");
  EXPECT_TRUE((*core)->deprecated);
  const auto other = Decode("SideEffect", {});
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(other->has_value());
  const MarkerEvent blob("Version", "\"InRlc3QtY2hhbmdlIgoxCg==\"");
  PayloadReader reader;
  const auto cadence = DecodeVersionMarker(blob.event, reader);
  ASSERT_TRUE(cadence.ok()) << cadence.status();
  EXPECT_EQ((*cadence)->change_id, "test-change");
  EXPECT_EQ((*cadence)->dialect, Dialect::kCadence);
}

TEST(DecodeVersionMarker, RefusesWhatIsMalformed) {
  const std::pair<const char*, PayloadsMap> rows[] = {
      {"Version", {}},
      {"Version", {{"version", Json("1")}}},
      {"Version", {{"change-id", Json("\"a\"")}}},
      {"Version", {{"changeId", Json("\"a\"")}}},
      {"Version", {{"change-id", Json("a")}, {"version", Json("1")}}},
      {"Version", {{"change-id", Json("\"a\"")}, {"version", Json("1.5")}}},
      {"Version", {{"change-id", Json("\"a\"")}, {"version", Json("1 2")}}},
      {"Version",
       {{"change-id", Json("\"a\"")}, {"version", Json("99999999999")}}},
      {"Version", {{"change-id", {}}, {"version", Json("1")}}},
      {"Version", {{"change-id", Json("\"\\ud800\"")}, {"version", Json("1")}}},
      {"Version", {{"change-id", Binary("\"a\"")}, {"version", Json("1")}}},
      {"Version",
       {{"change-id", Json("\"a\"")},
        {"version", Json("1")},
        {"version-search-attribute-updated", Json("maybe")}}},
      {"core_patch", {}},
      {"core_patch", {{"patch-data", Json(R"({"id":"p"})")}}},
      {"core_patch", {{"patch-data", Json(R"({"deprecated":true})")}}},
      {"core_patch",
       {{"patch-data", Json(R"({"id":"p","id":"q","deprecated":true})")}}},
      {"core_patch",
       {{"patch-data", Json(R"({"id":"p","deprecated":true}x)")}}},
      {"core_patch",
       {{"patch-data", Binary(R"({"id":"p","deprecated":true})")}}},
      {"core_patch", {{"patch_id", Binary("p")}}},
      {"core_patch", {{"patch_id", Binary("p")}, {"deprecated", Binary("")}}},
      {"core_patch",
       {{"patch_id", Binary("\xff")}, {"deprecated", Binary("1")}}},
  };
  for (const auto& [name, details] : rows) {
    const auto read = Decode(name, details);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss)
        << DetailsText(details);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("event 7"));
  }
}

TEST(Roles, AreToldByName) {
  EXPECT_EQ(RoleOfMarker("Version"), MarkerRole::kVersion);
  EXPECT_EQ(RoleOfMarker("core_patch"), MarkerRole::kVersion);
  EXPECT_EQ(RoleOfMarker("SideEffect"), MarkerRole::kSideEffect);
  EXPECT_EQ(RoleOfMarker("MutableSideEffect"), MarkerRole::kMutableSideEffect);
  EXPECT_EQ(RoleOfMarker("LocalActivity"), MarkerRole::kLocalActivity);
  EXPECT_EQ(RoleOfMarker("core_local_activity"), MarkerRole::kLocalActivity);
  EXPECT_EQ(RoleOfMarker("core_has_change"), MarkerRole::kUnknown);
}

TEST(Upserts, AreToldByTheKeyAtTheTop) {
  const std::pair<const char*, bool> rows[] = {
      {R"({"TemporalChangeVersion":{"data":"W10="}})", true},
      {R"({ "A" : {"x":[1,"}"]} , "CadenceChangeVersion":"W10="})", true},
      {R"({"A":{"TemporalChangeVersion":{}}})", false},
      {R"({"A":"TemporalChangeVersion"})", false},
      {R"({"A":{},"MyTemporalChangeVersion":{}})", false},
      {"{}", false},
      {"", false},
  };
  for (const auto& [text, is] : rows) {
    MarkerEvent one("", text);
    EXPECT_FALSE(IsChangeVersionUpsert(one.event));
    one.event.type = EventType::kUpsertWorkflowSearchAttributes;
    EXPECT_EQ(IsChangeVersionUpsert(one.event), is) << text;
  }
  EXPECT_TRUE(CheckUserUpsert("CustomerId").ok());
  EXPECT_EQ(CheckUserUpsert("TemporalChangeVersion").code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Dialects, OneForEachFamily) {
  const auto written = [](WriterDialects dialects, Family family) {
    return dialects.RowFor(family).dialect;
  };
  EXPECT_EQ(written({}, Family::kVersion), Dialect::kGo);
  EXPECT_EQ(written(Dialect::kJava, Family::kVersion), Dialect::kJava);
  EXPECT_EQ(written(Dialect::kJava, Family::kPatch), Dialect::kCore);
  EXPECT_EQ(written(Dialect::kCoreOld, Family::kVersion), Dialect::kGo);
  EXPECT_EQ(written(Dialect::kCoreOld, Family::kPatch), Dialect::kCoreOld);
}

TEST(Dialects, DocumentationHoldsTheTable) {
  std::ifstream file("markers/testdata/markers.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(text.empty()) << "docs/markers.md is not where tests look";
  EXPECT_THAT(text, HasSubstr(DialectTable()))
      << "replace the table in docs/markers.md by:\n"
      << DialectTable();
}

}  // namespace
}  // namespace cohort
