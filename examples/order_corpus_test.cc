// What ReplayMain says of Order's recorded histories, beside their verdicts:
// which branches may go, what scrubbing changes, and encrypted payloads.
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/corpus/decode.h"
#include "cohort/corpus/history_file.h"
#include "cohort/examples/order.h"
#include "cohort/examples/recorded.h"
#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/replay_main.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_examples {
namespace {

namespace fs = std::filesystem;
using cohort::Context;
using cohort::History;
using cohort::HistoryBuilder;
using cohort::Payload;
using cohort::Registry;
using cohort::Task;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kGo = std::string(kCommittedHistories) + "/go/Order";

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

Ran RunLine(const Registry& registry, const std::vector<std::string>& words,
            const cohort::PayloadDecoder& decode = nullptr) {
  std::vector<const char*> argv = {"order_replay"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int code =
      cohort::ReplayMain(static_cast<int>(argv.size()), argv.data(), registry,
                         {}, out, err, decode);
  return {code, out.str(), err.str()};
}

std::string Folder(const std::string& name) {
  const fs::path folder = fs::path(testing::TempDir()) / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder.string();
}
void Write(const std::string& folder, const std::string& name,
           const std::string& text) {
  std::ofstream(fs::path(folder) / name, std::ios::binary) << text;
}

// --- retire ------------------------------------------------------------------

// A charge behind a change; the run waits for its first activity before that.
Task<void> Charged(Context& ctx) {
  co_await ctx.Activity<void>("check");
  if (cohort::GetVersion(ctx, "charge", cohort::kDefaultVersion, 1) == 1) {
    co_await ctx.Activity<void>("charge-v2");
  } else {
    co_await ctx.Activity<void>("charge");
  }
}
// It has no such change.
Task<void> Unguarded(Context& ctx) {
  co_await ctx.Activity<void>("check");
  co_await ctx.Activity<void>("charge");
}

Registry Of(Task<void> (*workflow)(Context&),
            std::initializer_list<cohort::Change> changes) {
  Registry registry;
  registry.Workflow("Charged", workflow, changes);
  return registry;
}
Registry WithCharge() {
  return Of(Charged, {{"charge", cohort::kDefaultVersion, 1}});
}

HistoryBuilder Waiting(const std::string& run) {
  HistoryBuilder b(cohort::RunStart{
      .workflow_type = "Charged", .workflow_id = "w-" + run, .run_id = run});
  b.Turn().Activity("check");
  return b;
}
HistoryBuilder Passed(const std::string& run) {
  HistoryBuilder b = Waiting(run);
  b.ActivityCompleted().Turn().Activity("charge");
  return b;
}
HistoryBuilder Marked(const std::string& run) {
  HistoryBuilder b = Waiting(run);
  b.ActivityCompleted().Turn().Version("charge", 1).Activity("charge-v2");
  return b;
}

std::vector<std::string> MayDefaultGo(const std::string& folder) {
  return {"retire",
          "charge",
          folder,
          "--branch",
          "default",
          "--now",
          "2026-12-01T00:00:00Z",
          "--retention",
          "3d"};
}

TEST(OrderCorpus, RetireSettlesByReplayWhoHasYetToReachTheCall) {
  const std::string folder = Folder("waiting");
  Write(folder, "waiting.json", Waiting("r1").ToJson());
  Write(folder, "marked.json", Marked("r2").ToJson());
  const Ran ran = RunLine(WithCharge(), MayDefaultGo(folder));
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("default: SAFE"));
}

TEST(OrderCorpus, RetireIsUnsafeForARunThatPassedTheCall) {
  const std::string folder = Folder("passed");
  Write(folder, "passed.json", Passed("r1").ToJson());
  Write(folder, "waiting.json", Waiting("r2").ToJson());
  Write(folder, "marked.json", Marked("r3").ToJson());
  const Ran ran = RunLine(WithCharge(), MayDefaultGo(folder));
  EXPECT_EQ(ran.code, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("default: UNSAFE"), HasSubstr("went by the call"),
                    HasSubstr("passed.json")));
  EXPECT_THAT(ran.out, Not(HasSubstr("waiting.json")));
  std::vector<std::string> words = MayDefaultGo(folder);
  words.insert(words.end(), {"--json", "-"});
  EXPECT_THAT(RunLine(WithCharge(), words).out,
              HasSubstr("\"kind\": \"passed\""));
}

TEST(OrderCorpus, RetireSettlesNothingWithTheWrongCode) {
  const std::string folder = Folder("wrong");
  Write(folder, "waiting.json", Waiting("r1").ToJson());
  Write(folder, "marked.json", Marked("r2").ToJson());
  // Code without the change would say "has yet to reach it" of every run.
  const Ran unguarded = RunLine(Of(Unguarded, {}), MayDefaultGo(folder));
  EXPECT_EQ(unguarded.code, 3);
  EXPECT_THAT(unguarded.err, HasSubstr("nothing is settled by replay"));
  // So would a type that is not registered.
  EXPECT_EQ(
      RunLine(OrderRegistry(OrderStyle::kGo, "g2"), MayDefaultGo(folder)).code,
      3);
  // A history that does not replay settles nothing.
  HistoryBuilder other = Waiting("r3");
  other.ActivityCompleted().Turn().Timer();
  Write(folder, "other.json", other.ToJson());
  const Ran divergent = RunLine(WithCharge(), MayDefaultGo(folder));
  EXPECT_EQ(divergent.code, 3);
  EXPECT_THAT(divergent.err,
              AllOf(HasSubstr("settles nothing"), HasSubstr("other.json")));
  Write(folder, "bad.json", "{");
  EXPECT_EQ(RunLine(WithCharge(), MayDefaultGo(folder)).code, 3);
}

TEST(OrderCorpus, RetireOfRecordedHistories) {
  const std::vector<std::string> words = {
      "retire", "fraud-check",          kGo,           "--branch", "default",
      "--now",  "2026-11-23T00:00:00Z", "--retention", "3d"};
  const Ran ran = RunLine(OrderRegistry(OrderStyle::kGo, "g2"), words);
  // Two closed runs of before the check, which queries still replay.
  EXPECT_EQ(ran.code, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("g0_plain.json"),
                    HasSubstr("closed runs that were on this branch")));
}

// --- scrub -------------------------------------------------------------------

TEST(OrderCorpus, ScrubbingChangesNothingThatOrderDecides) {
  for (const RecordedSdk& sdk : kRecordedSdks) {
    const std::string folder = std::string(kCommittedHistories) + "/" +
                               std::string(sdk.name) + "/Order";
    if (!fs::exists(folder)) continue;
    const Ran ran = RunLine(OrderRegistry(sdk.style, "g2"),
                            {"scrub", "--prove", "--keep-keys", folder});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("histories replay the same"));
  }
}

Task<void> Branches(Context& ctx) {
  const auto kind = co_await ctx.Activity<std::string>("kind");
  co_await ctx.Activity<void>(kind == "gold" ? "gift" : "invoice");
}

TEST(OrderCorpus, CodeThatBranchesOnAValueIsReported) {
  Registry registry;
  registry.Workflow("Branches", Branches);
  const std::string folder = Folder("branches");
  HistoryBuilder b("Branches");
  b.Turn().Activity("kind").ActivityCompleted(
      {cohort::ToPayload(std::string("gold"))});
  b.Turn().Activity("gift");
  Write(folder, "gold.json", b.ToJson());
  const Ran ran = RunLine(registry, {"scrub", "--prove", folder});
  EXPECT_EQ(ran.code, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("gold.json: the code branches on a "
                                       "value: as it is: verdict clean"),
                             HasSubstr("0 of 1 histories replay the same")));
  EXPECT_EQ(RunLine(registry, {"scrub", folder}).code, 2);
}

// --- codec -------------------------------------------------------------------

// Not for keeping secrets: the example of a codec.
std::string Swapped(std::string bytes) {
  for (char& c : bytes) c = static_cast<char>(c ^ 0x5a);
  return bytes;
}
absl::StatusOr<Payload> Encrypted(const Payload& payload) {
  Payload out;
  out.metadata["encoding"] = "binary/encrypted";
  out.metadata["was"] = std::string(payload.encoding());
  out.data = Swapped(payload.data);
  return out;
}
absl::StatusOr<Payload> Decrypted(const Payload& payload) {
  if (payload.encoding() != "binary/encrypted") return payload;
  Payload out;
  out.metadata["encoding"] = payload.metadata.at("was");
  out.data = Swapped(payload.data);
  return out;
}

TEST(OrderCorpus, EncryptedHistoriesReplayWhereTheKeyIs) {
  const std::string folder = Folder("encrypted");
  const auto plain = cohort::ReadHistoryFile(kGo + "/g2_plain.json");
  ASSERT_TRUE(plain.ok()) << plain.status();
  const auto encrypted = cohort::Decoded(*plain, Encrypted);
  ASSERT_TRUE(encrypted.ok()) << encrypted.status();
  Write(folder, "g2.json", cohort::WriteHistory(*encrypted));
  const Registry registry = OrderRegistry(OrderStyle::kGo, "g2");
  EXPECT_NE(RunLine(registry, {"replay", folder}).code, 0);
  for (const char* command : {"replay", "coverage", "scrub"}) {
    std::vector<std::string> words = {command, folder};
    if (words[0] == "scrub") {
      words.insert(words.end(), {"--prove", "--keep-keys"});
    }
    const Ran ran = RunLine(registry, words, Decrypted);
    EXPECT_EQ(ran.err.find("unreadable"), std::string::npos) << ran.err;
    if (words[0] != "coverage") {
      EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    }
  }
  EXPECT_THAT(RunLine(registry, {"replay", folder}, Decrypted).out,
              HasSubstr("1 clean"));
}

}  // namespace
}  // namespace cohort_examples
