#include "cohort/corpus/history_file.h"

#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "cohort/corpus/folder_source.h"
#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string PackedGzip(const std::string& text) {
  z_stream stream = {};
  constexpr int kGzipWindow = 15 + 16;
  EXPECT_EQ(
      deflateInit2(&stream, 6, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY),
      Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

class HistoryFileTest : public ::testing::Test {
 protected:
  HistoryFileTest() : folder_(::testing::TempDir() + "/files") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  std::string Put(const std::string& name, const std::string& bytes) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  absl::Status Read(const std::string& name, const std::string& bytes,
                    ReadOptions options = {}) {
    return ReadHistoryFile(Put(name, bytes), options).status();
  }

  std::string folder_;
  std::string text_ =
      WriteHistory(HistoryBuilder("Order").Turn().Activity("charge").Build());
};

TEST_F(HistoryFileTest, PlainGzipAndZstdReadAlike) {
  for (const std::string& bytes :
       {text_, PackedGzip(text_), PackedZstd(text_, 3)}) {
    auto history = ReadHistoryFile(Put("any", bytes));
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(WriteHistory(*history), text_);
    EXPECT_EQ(history->source(), folder_ + "/any");
  }
}

TEST_F(HistoryFileTest, ArchivesInPartsReadAsOne) {
  const std::string a = text_.substr(0, 100);
  const std::string b = text_.substr(100);
  EXPECT_TRUE(Read("gz", PackedGzip(a) + PackedGzip(b)).ok());
  EXPECT_TRUE(Read("zst", PackedZstd(a, 1) + PackedZstd(b, 19)).ok());
}

TEST_F(HistoryFileTest, DamagedAndTruncatedArchivesAreDataLoss) {
  for (std::string packed : {PackedGzip(text_), PackedZstd(text_, 3)}) {
    for (std::size_t size :
         {packed.size() - 1, packed.size() / 2, std::size_t{5}}) {
      const absl::Status status = Read("cut", packed.substr(0, size));
      EXPECT_TRUE(absl::IsDataLoss(status)) << size << ": " << status;
      EXPECT_THAT(std::string(status.message()), HasSubstr("cut"));
    }
    packed[packed.size() / 2] ^= 0x55;
    EXPECT_FALSE(Read("bad", packed).ok());
  }
}

TEST_F(HistoryFileTest, AnArchiveMayNotUnpackToMoreThanTheLimit) {
  const std::string huge(50'000'000, ' ');
  for (const std::string& packed : {PackedGzip(huge), PackedZstd(huge, 1)}) {
    const absl::Status status = Read("bomb", packed, {.bytes_max = 1'000'000});
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  }
}

TEST_F(HistoryFileTest, MissingAndEmptyFilesAreErrors) {
  EXPECT_FALSE(ReadHistoryFile(folder_ + "/absent").ok());
  EXPECT_FALSE(Read("empty", "").ok());
}

TEST_F(HistoryFileTest, AFolderListsWhatItCanReadAndNamesTheRest) {
  Put("b.json", text_);
  Put("a.json.gz", PackedGzip(text_));
  Put("c.json.zst", "not zstd");
  Put("d.txt", "ignored");
  std::vector<std::string> bad;
  FolderSource source([&](const std::string& file, const absl::Status& why) {
    EXPECT_FALSE(why.ok());
    bad.push_back(file);
  });
  std::vector<std::string> names;
  ASSERT_TRUE(source
                  .List(folder_,
                        [&](const RunListing& run) {
                          EXPECT_EQ(run.workflow_type, "Order");
                          names.push_back(run.name);
                          return absl::OkStatus();
                        })
                  .ok());
  EXPECT_THAT(names, ElementsAre(folder_ + "/a.json.gz", folder_ + "/b.json"));
  EXPECT_THAT(bad, ElementsAre(folder_ + "/c.json.zst"));
  EXPECT_TRUE(source.Fetch(names[0]).ok());
}

TEST_F(HistoryFileTest, LinksAreFollowedAndThoseToNowhereAreSaid) {
  namespace fs = std::filesystem;
  fs::create_directories(folder_ + "/there");
  fs::create_directories(folder_ + "/here");
  Put("there/a.json", text_);
  fs::create_symlink(folder_ + "/there", folder_ + "/here/linked");
  fs::create_symlink(folder_ + "/gone", folder_ + "/here/lost.json");
  const auto files = ListHistoryFiles(folder_ + "/here");
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(*files, ElementsAre(folder_ + "/here/linked/a.json",
                                  folder_ + "/here/lost.json"));
  EXPECT_TRUE(ReadHistoryFile(files->front()).ok());
  const absl::Status lost = ReadHistoryFile(files->back()).status();
  EXPECT_TRUE(absl::IsNotFound(lost)) << lost;
  fs::create_symlink(folder_ + "/here", folder_ + "/here/round");
  EXPECT_EQ(*ListHistoryFiles(folder_ + "/here"), *files);
}

TEST_F(HistoryFileTest, AnEmptyFolderIsNotOneThatIsMissing) {
  EXPECT_TRUE(absl::IsFailedPrecondition(ListHistoryFiles(folder_).status()));
  EXPECT_TRUE(absl::IsNotFound(ListHistoryFiles(folder_ + "/no").status()));
}

}  // namespace
}  // namespace cohort
