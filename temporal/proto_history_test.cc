#include "cohort/temporal/proto_history.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>

#include "cohort/corpus/history_file.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/history/event_table.h"
#include "cohort/temporal/proto_json.h"
#include "cohort/temporal/proto_source.h"
#include "cohort/testing/history_builder.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "temporal/api/history/v1/message.pb.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Wire = temporal::api::history::v1::History;
using nlohmann::json;

constexpr const char* kRecorded = "testing/testdata/recorded";

std::string TextOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Wire WireOf(const History& history) {
  Wire wire;
  EXPECT_TRUE(ParseProtoJson(WriteHistory(history), wire).ok());
  return wire;
}

History Small() {
  return HistoryBuilder("Order", {JsonPayload("\"a\xC3\xA9\\n\"")})
      .Turn()
      .Version("Step1", 2)
      .Activity("Charge")
      .Build();
}

// Field 1 of length `bytes`, as in the messages of an export.
std::string Item(const std::string& bytes) {
  std::string out = "\x0A";
  std::size_t size = bytes.size();
  for (; size >= 0x80; size >>= 7) out += static_cast<char>(size | 0x80);
  out += static_cast<char>(size);
  return out + bytes;
}

json JsonOf(const JsonView& view) {
  return view.empty() ? json() : json::parse(view.text);
}

void ExpectEqual(const Event& a, const Event& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.subject, b.subject);
  EXPECT_EQ(a.texts, b.texts);
  EXPECT_EQ(a.worker_may_ignore, b.worker_may_ignore);
  // Not EXPECT_EQ: it prints a JSON value as its bytes.
  EXPECT_TRUE(JsonOf(a.input) == JsonOf(b.input)) << b.input.text;
  EXPECT_TRUE(JsonOf(a.failure) == JsonOf(b.failure)) << b.failure.text;
  EXPECT_TRUE(JsonOf(a.details) == JsonOf(b.details)) << b.details.text;
}

TEST(ProtoHistory, RecordedOnesReadAsTheirJsonDoes) {
  const auto files = ListHistoryFiles(kRecorded);
  ASSERT_TRUE(files.ok());
  std::size_t events = 0;
  for (const std::string& file : *files) {
    SCOPED_TRACE(file);
    const auto history = History::FromFile(file);
    ASSERT_TRUE(history.ok());
    const auto read =
        ReadProtoHistory(WireOf(*history).SerializeAsString(), file);
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_EQ(read->events().size(), history->events().size());
    for (std::size_t i = 0; i < read->events().size(); ++i) {
      ExpectEqual(read->events()[i], history->events()[i]);
    }
    events += read->events().size();
  }
  EXPECT_GT(events, 1000u);
}

TEST(ProtoHistory, TheJsonIsWhatProtobufPrints) {
  const auto files = ListHistoryFiles(kRecorded);
  ASSERT_TRUE(files.ok());
  for (const std::string& file : *files) {
    SCOPED_TRACE(file);
    const auto history = History::FromFile(file);
    ASSERT_TRUE(history.ok());
    const Wire wire = WireOf(*history);
    std::string theirs;
    ASSERT_TRUE(
        google::protobuf::util::MessageToJsonString(wire, &theirs).ok());
    std::string ours;
    AppendProtoJson(wire, ours);
    const json difference = json::diff(json::parse(theirs), json::parse(ours));
    ASSERT_TRUE(difference.empty()) << difference.dump().substr(0, 300);
  }
}

TEST(ProtoHistory, EqualMessagesGiveEqualText) {
  const auto files = ListHistoryFiles(kRecorded);
  ASSERT_TRUE(files.ok());
  const auto history = History::FromFile(files->front());
  ASSERT_TRUE(history.ok());
  const Wire wire = WireOf(*history);
  Wire again;
  ASSERT_TRUE(again.ParseFromString(wire.SerializeAsString()));
  std::string a;
  std::string b;
  AppendProtoJson(wire, a);
  AppendProtoJson(again, b);
  EXPECT_EQ(a, b);
}

TEST(ProtoHistory, OddValues) {
  Wire wire;
  auto& event = *wire.add_events();
  event.set_event_id(-3);
  event.mutable_event_time()->set_seconds(-1);
  event.mutable_event_time()->set_nanos(5);
  event.set_event_type(static_cast<temporal::api::enums::v1::EventType>(4711));
  auto& started = *event.mutable_workflow_execution_started_event_attributes();
  started.mutable_workflow_run_timeout()->set_seconds(-2);
  started.mutable_workflow_run_timeout()->set_nanos(-500000000);
  started.mutable_retry_policy()->set_backoff_coefficient(
      std::numeric_limits<double>::infinity());
  std::string text;
  AppendProtoJson(wire, text);
  const json events = json::parse(text).at("events");
  const json& one = events.at(0);
  EXPECT_EQ(one.at("eventId"), "-3");
  EXPECT_EQ(one.at("eventType"), 4711);
  EXPECT_EQ(one.at("eventTime"), "1969-12-31T23:59:59.000000005Z");
  const json& attributes = one.at("workflowExecutionStartedEventAttributes");
  EXPECT_EQ(attributes.at("workflowRunTimeout"), "-2.500s");
  EXPECT_EQ(attributes.at("retryPolicy").at("backoffCoefficient"), "Infinity");
}

TEST(ProtoHistory, AnExportHoldsSeveral) {
  const std::string run = Item(Item(WireOf(Small()).SerializeAsString()));
  const auto one = ReadProtoHistory(run, "export.proto");
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->events().size(), Small().events().size());
  EXPECT_EQ(one->source(), "export.proto#1");
  std::vector<std::string> sources;
  const auto all =
      ForEachProtoHistory(run + run + run, "x", {}, [&](History history) {
        sources.emplace_back(history.source());
        return absl::OkStatus();
      });
  EXPECT_TRUE(all.ok()) << all;
  EXPECT_THAT(sources, ::testing::ElementsAre("x#1", "x#2", "x#3"));
  EXPECT_EQ(ReadProtoHistory(run + run, "x").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(
      ReadProtoHistory(run.substr(0, run.size() - 1), "x").status().code(),
      absl::StatusCode::kDataLoss);
}

TEST(ProtoHistory, OneBadFileEndsNoListing) {
  const std::string folder = ::testing::TempDir() + "/some_bad";
  std::filesystem::create_directories(folder);
  const auto put = [&](const std::string& name, const std::string& bytes) {
    std::ofstream(folder + "/" + name, std::ios::binary) << bytes;
  };
  put("a.bin", "no history");
  put("b.bin", WireOf(Small()).SerializeAsString());
  put("c.bin", "nor this");
  ProtoSource source;
  std::vector<std::string> names;
  const absl::Status listed = source.List(folder, [&](RunListing run) {
    names.push_back(run.name);
    return absl::OkStatus();
  });
  EXPECT_THAT(names, ::testing::ElementsAre(folder + "/b.bin"));
  EXPECT_THAT(
      std::string(listed.message()),
      ::testing::AllOf(HasSubstr("a.bin: "), HasSubstr("nor could 1 more")));
  EXPECT_EQ(
      source.List(folder, [](RunListing) { return absl::CancelledError("x"); }),
      absl::CancelledError("x"));
}

TEST(ProtoHistory, WhatIsNoneIsSaidWithItsName) {
  for (const std::string& bytes :
       {std::string("{\"events\":[]}"), std::string(), std::string("\x0A\x05x"),
        std::string(100, '\xFF')}) {
    const auto read = ReadProtoHistory(bytes, "order.bin");
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("order.bin: "));
  }
}

TEST(ProtoHistory, LimitsHold) {
  const std::string bytes = WireOf(Small()).SerializeAsString();
  const auto code = [&](ReadOptions options) {
    return ReadProtoHistory(bytes, "x", options).status().code();
  };
  EXPECT_EQ(code({.bytes_max = bytes.size() - 1}),
            absl::StatusCode::kResourceExhausted);
  // The wire form fits, its text does not.
  EXPECT_EQ(code({.bytes_max = bytes.size()}),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code({.events_max = 3}), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code({}), absl::StatusCode::kOk);
}

TEST(ProtoHistory, OfficialOnesHaveTheirFigures) {
  const char* shared = std::getenv("COHORT_SHARED");
  const fs::path root =
      fs::path(shared == nullptr ? "" : shared) / "histories/official";
  if (shared == nullptr || !fs::exists(root / "EXPECTED.json")) {
    std::cout << "skipped: ../shared/histories/official not present\n";
    GTEST_SKIP();
  }
  int files = 0;
  const json expected = json::parse(TextOf(root / "EXPECTED.json"));
  for (const auto& [name, want] : expected.items()) {
    if (!name.ends_with(".bin")) continue;
    SCOPED_TRACE(name);
    const auto read = ReadProtoHistory(TextOf(root / name), name);
    ASSERT_TRUE(read.ok()) << read.status();
    const auto facts = FactsOf(*read);
    ASSERT_TRUE(facts.ok()) << facts.status();
    EXPECT_EQ(json(facts->workflow_type), want.at("workflow_type"));
    EXPECT_EQ(facts->events, want.at("events"));
    EXPECT_EQ(facts->turns, want.at("turns"));
    EXPECT_EQ(json(facts->markers), want.at("markers"));
    EXPECT_EQ(json(facts->lang_used_flags), want.at("lang_used_flags"));
    EXPECT_EQ(json(facts->core_used_flags), want.at("core_used_flags"));
    ++files;
  }
  EXPECT_GE(files, 7);
}

}  // namespace
}  // namespace cohort
