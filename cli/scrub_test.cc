// `cohort scrub` over recorded histories: what was in payloads and messages is
// looked for in all that was written, with a reader of its own.
#include "cohort/cli/scrub.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/cli/run_line.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/shape.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Ran Scrub(std::vector<std::string> words) {
  words.insert(words.begin(), "scrub");
  return RunLine(words);
}

std::string Text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::path Folder(const std::string& name) {
  const fs::path folder = fs::path(::testing::TempDir()) / ("scrub_" + name);
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::optional<std::string> FromBase64(std::string text) {
  static const std::string kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (text.ends_with('=')) text.pop_back();
  if (text.size() < 2 || text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xff);
  }
  return bytes;
}

// What is in a history: what has to go, and what may stay.
struct Contents {
  std::set<std::string> secret;
  std::string open;
};

// Every scalar and key of a JSON value as text; of data that is no JSON, the
// data.
void AddScalars(const Json& value, std::set<std::string>& texts);

void AddData(const std::string& bytes, std::set<std::string>& texts) {
  std::istringstream lines(bytes);  // Cadence has several values
  for (std::string line; std::getline(lines, line);) {
    const Json value = Json::parse(line, nullptr, false);
    if (value.is_discarded()) {
      texts.insert(line);
    } else {
      AddScalars(value, texts);
    }
  }
}

void AddScalars(const Json& value, std::set<std::string>& texts) {
  if (value.is_string()) texts.insert(value.get<std::string>());
  if (value.is_number()) texts.insert(value.dump());
  if (value.is_array()) {
    for (const Json& element : value) AddScalars(element, texts);
  }
  if (!value.is_object()) return;
  if (value.contains("metadata") && value.contains("data")) {
    // A payload in a payload.
    const auto data = FromBase64(value["data"].get<std::string>());
    return AddData(data.value_or(""), texts);
  }
  for (const auto& [key, element] : value.items()) {
    texts.insert(key);
    AddScalars(element, texts);
  }
}

class Reader {
 public:
  Contents Take() { return std::move(contents_); }

  void AddEvent(const Json& event) {
    marker_.clear();
    const auto attributes = event.find("markerRecordedEventAttributes");
    if (attributes != event.end())
      marker_ = attributes->value("markerName", "");
    Walk("", event);
  }

 private:
  bool IsKept(const std::string& key) const {
    if (marker_ == "Version" || marker_ == "core_patch") return true;
    if (marker_ == "core_local_activity") return key == "data";
    if (marker_ == "LocalActivity") {
      return key == "data" || key == "activityId" || key == "type" ||
             key == "time" || key == "meta";
    }
    if (marker_ == "SideEffect") return key == "side-effect-id";
    if (marker_ != "MutableSideEffect") return false;
    return key == "side-effect-id" || key == "id" || key == "skipCount" ||
           key == "mutable-side-effect-call-counter";
  }

  void AddSecret(const std::string& text) {
    contents_.secret.insert(text);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      contents_.secret.insert(line);
    }
  }

  void AddPayload(const std::string& key, const std::string& data) {
    const std::string bytes = FromBase64(data).value_or(data);
    if (key == "TemporalChangeVersion" || key == "CadenceChangeVersion" ||
        (!marker_.empty() && IsKept(key))) {
      contents_.open += bytes + "\n";
    } else {
      AddData(bytes, contents_.secret);
    }
  }

  void Walk(const std::string& key, const Json& value) {
    if (value.is_array()) {
      for (const Json& element : value) Walk(key, element);
    } else if (value.is_object()) {
      const auto data = value.find("data");
      const bool payload = value.contains("metadata") && data != value.end() &&
                           data->is_string();
      if (payload) {
        contents_.open += value["metadata"].dump() + "\nmetadata\n";
        return AddPayload(key, data->get<std::string>());
      }
      for (const auto& [field, inner] : value.items()) {
        contents_.open += field + "\n";
        // Payloads stand in a list below the name that matters.
        Walk(field == "payloads" ? key : field, inner);
      }
    } else if (value.is_string()) {
      WalkText(key, value.get<std::string>());
    }
  }

  void WalkText(const std::string& key, const std::string& text) {
    static const std::set<std::string> kSecret = {"message", "stackTrace",
                                                  "identity"};
    static const std::set<std::string> kBlobs = {"input", "result", "details"};
    if (kSecret.contains(key)) return AddSecret(text);
    if (kBlobs.contains(key) && marker_.empty()) return AddPayload(key, text);
    contents_.open += text + "\n";
  }

  std::string marker_;
  Contents contents_;
};

// All that can be read in a text of JSON: itself, what is base64 in its
// strings, and so on.
void AddReadable(const Json& value, int depth, std::string& text) {
  if (value.is_structured()) {
    for (const Json& inner : value) AddReadable(inner, depth, text);
    return;
  }
  if (!value.is_string() || depth == 0) return;
  const auto bytes = FromBase64(value.get<std::string>());
  if (!bytes) return;
  text += *bytes + "\n";
  std::istringstream lines(*bytes);
  for (std::string line; std::getline(lines, line);) {
    const Json inner = Json::parse(line, nullptr, false);
    if (!inner.is_discarded()) AddReadable(inner, depth - 1, text);
  }
}

struct Searched {
  int histories = 0;
  int secrets = 0;
  int exempt = 0;  // of these: part of an id or a name, which stay
};

// Scrubs all histories of a folder and looks for what was in them.
void SearchAll(const fs::path& in, const fs::path& out, Searched& searched) {
  const Ran ran = Scrub({in.string(), out.string()});
  EXPECT_EQ(ran.code, 0) << ran.err;
  auto files = ListHistoryFiles(in.string());
  ASSERT_TRUE(files.ok()) << files.status();
  for (const std::string& file : *files) {
    const fs::path to = out / fs::path(file).lexically_relative(in);
    const Json before = Json::parse(Text(file));
    Reader reader;
    const Json& events = before.is_array() ? before : before.at("events");
    for (const Json& event : events) reader.AddEvent(event);
    const Contents contents = reader.Take();
    std::string after = Text(to);
    AddReadable(Json::parse(after), 4, after);
    ++searched.histories;
    for (const std::string& secret : contents.secret) {
      // Types stay, and so do these.
      if (secret.size() < 4 || secret == "null" || secret == "true") continue;
      ++searched.secrets;
      if (after.find(secret) == std::string::npos) continue;
      const bool open = contents.open.find(secret) != std::string::npos;
      EXPECT_TRUE(open) << to << " holds \"" << secret << "\"";
      ++searched.exempt;
    }
  }
}

TEST(Scrub, NothingIsLeftInRecordedHistories) {
  Searched searched;
  for (const char* folder : {"golden", "inspected", "made", "recorded"}) {
    SearchAll(fs::path("testing/testdata") / folder, Folder(folder), searched);
  }
  EXPECT_GT(searched.histories, 150);
  EXPECT_GT(searched.secrets, 500);
  std::cout << fmt::format(
      "{} histories, {} texts looked for; {} are part of an id or a name\n",
      searched.histories, searched.secrets, searched.exempt);
}

TEST(Scrub, NothingIsLeftInOfficialHistories) {
  const char* shared = std::getenv("COHORT_SHARED");
  const fs::path root =
      fs::path(shared == nullptr ? "" : shared) / "histories/official";
  if (shared == nullptr || !fs::exists(root)) {
    std::cout << "skipped: ../shared/histories/official not present\n";
    GTEST_SKIP();
  }
  Searched searched;
  for (const fs::directory_entry& folder : fs::directory_iterator(root)) {
    if (!folder.is_directory()) continue;
    const std::string name = folder.path().filename().string();
    SearchAll(folder.path(), Folder(name), searched);
  }
  EXPECT_GT(searched.histories, 80);
  std::cout << fmt::format(
      "{} histories, {} texts looked for; {} are part of an id or a name\n",
      searched.histories, searched.secrets, searched.exempt);
}

TEST(Scrub, TheTurnsStayAsTheyWere) {
  const fs::path in = "testing/testdata/recorded";
  const fs::path out = Folder("turns");
  ASSERT_EQ(Scrub({in.string(), out.string()}).code, 0);
  int compared = 0;
  const auto files = ListHistoryFiles(in.string());
  ASSERT_TRUE(files.ok()) << files.status();
  for (const std::string& file : *files) {
    const auto before = ReadHistoryFile(file);
    const auto after =
        ReadHistoryFile((out / fs::path(file).lexically_relative(in)).string());
    ASSERT_TRUE(before.ok() && after.ok()) << file;
    const auto shape = ShapeOf(*before);
    const auto same = ShapeOf(*after);
    ASSERT_TRUE(shape.ok() && same.ok()) << file;
    EXPECT_EQ(shape->Whole(), same->Whole()) << file;
    ++compared;
  }
  EXPECT_GT(compared, 50);
}

TEST(Scrub, IdsGoFromTheNamesOfFilesToo) {
  const fs::path in = Folder("ids_in");
  const fs::path out = Folder("ids_out");
  fs::copy_file("testing/testdata/recorded/go/Order/g2_plain.json",
                in / "order-go-g2_plain.json");
  ASSERT_EQ(Scrub({"--names", "--ids", in.string(), out.string()}).code, 0);
  const std::string text = Text(out / "history-1.json");
  EXPECT_THAT(text, HasSubstr("\"workflowId\":\"i1"));
  EXPECT_EQ(text.find("order-go-g2_plain"), std::string::npos);
  EXPECT_EQ(text.find("\"Order\""), std::string::npos);
  EXPECT_THAT(text, HasSubstr("\"Version\""));
}

TEST(Scrub, PackedFilesAreWrittenPlain) {
  const fs::path in = Folder("packed_in");
  const fs::path out = Folder("packed_out");
  std::ofstream(in / "a.json.zst", std::ios::binary) << PackedZstd(
      Text("testing/testdata/recorded/go/Order/g2_plain.json"), 3);
  EXPECT_EQ(Scrub({in.string(), out.string()}).code, 0);
  EXPECT_TRUE(fs::exists(out / "a.json"));
  // Two that would become one file.
  fs::copy_file("testing/testdata/recorded/go/Order/g1_plain.json",
                in / "a.json");
  const Ran ran = Scrub({in.string(), out.string()});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("another file became"));
}

TEST(Scrub, OneFileAndWhatGoesWrong) {
  const fs::path folder = Folder("one");
  const std::string file = "testing/testdata/recorded/go/Order/g2_plain.json";
  const fs::path out = folder / "deep/er/out.json";
  EXPECT_EQ(Scrub({file, out.string()}).code, 0);
  EXPECT_TRUE(fs::exists(out));
  const auto files = std::distance(fs::directory_iterator(out.parent_path()),
                                   fs::directory_iterator());
  EXPECT_EQ(files, 1) << "something was left beside it";
  EXPECT_EQ(Scrub({"absent.json", out.string()}).code, 2);
  const Ran same = Scrub({out.string(), out.string()});
  EXPECT_EQ(same.code, 2);
  EXPECT_THAT(same.err, HasSubstr("the original would be lost"));
  const Ran onto_folder = Scrub({file, folder.string()});
  EXPECT_EQ(onto_folder.code, 2);
  EXPECT_THAT(onto_folder.err, HasSubstr("cannot get its name"));
  std::ofstream(folder / "bad.json") << "{\"events\": [";
  const std::string before = Text(out);
  EXPECT_EQ(Scrub({(folder / "bad.json").string(), out.string()}).code, 2);
  EXPECT_EQ(Text(out), before);
  EXPECT_EQ(Scrub({Folder("none").string(), out.string()}).code, 3);
}

}  // namespace
}  // namespace cohort
