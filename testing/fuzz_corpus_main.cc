// The plain-test side of a fuzz target: each file named on the command line is
// one test case that feeds it to the fuzz entry. No file is a failure.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace {

std::optional<std::vector<char>> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::vector<char> bytes((std::istreambuf_iterator<char>(in)),
                          std::istreambuf_iterator<char>());
  if (in.bad()) return std::nullopt;
  return bytes;
}

class CorpusFile : public testing::Test {
 public:
  explicit CorpusFile(std::string path) : path_(std::move(path)) {}

  void TestBody() override {
    const std::optional<std::vector<char>> bytes = ReadFile(path_);
    ASSERT_TRUE(bytes.has_value()) << "cannot read " << path_;
    // A copy of the exact size: a read past its end is then a read past an
    // allocation, which the address sanitizer sees.
    const std::vector<std::uint8_t> input(bytes->begin(), bytes->end());
    EXPECT_EQ(LLVMFuzzerTestOneInput(input.data(), input.size()), 0);
  }

 private:
  std::string path_;
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2) {
    std::fputs("no corpus file was named\n", stderr);
    return 1;
  }
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    testing::RegisterTest(
        "Corpus", path.c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [path]() -> testing::Test* { return new CorpusFile(path); });
  }
  return RUN_ALL_TESTS();
}
