#include "cohort/corpus/alignment.h"

#include <algorithm>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Words = std::vector<std::string>;

Words Letters(std::string_view text) {
  Words words;
  for (const char c : text) words.emplace_back(1, c);
  return words;
}

// Holds the alignment against both lists; how many words stand opposite an
// equal one.
std::size_t Checked(const Words& a, const Words& b) {
  std::size_t in_a = 0;
  std::size_t in_b = 0;
  std::size_t both = 0;
  const std::vector<AlignedPart> parts = Align(a, b);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const AlignedPart& part = parts[i];
    EXPECT_GT(part.count, 0u);
    EXPECT_EQ(part.a, in_a);
    EXPECT_EQ(part.b, in_b);
    if (i > 0) {
      EXPECT_NE(part.side, parts[i - 1].side);
    }
    if (i > 0 && part.side == Side::kA) {
      EXPECT_EQ(parts[i - 1].side, Side::kBoth);
    }
    if (part.side != Side::kB) in_a += part.count;
    if (part.side != Side::kA) in_b += part.count;
    if (part.side != Side::kBoth) continue;
    both += part.count;
    for (std::size_t n = 0; n < part.count; ++n) {
      EXPECT_EQ(a[part.a + n], b[part.b + n]);
    }
  }
  EXPECT_EQ(in_a, a.size());
  EXPECT_EQ(in_b, b.size());
  return both;
}

// By the table of all beginnings.
std::size_t LongestCommon(const Words& a, const Words& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (const std::string& word : a) {
    std::size_t corner = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = word == b[j] ? corner + 1 : std::max(row[j + 1], row[j]);
      corner = above;
    }
  }
  return row.back();
}

TEST(Align, SmallLists) {
  EXPECT_THAT(Align(Words(), Words()), IsEmpty());
  EXPECT_THAT(Align(Letters("abc"), Letters("abc")),
              ElementsAre(AlignedPart{Side::kBoth, 0, 0, 3}));
  EXPECT_THAT(Align(Letters("ab"), Words()),
              ElementsAre(AlignedPart{Side::kA, 0, 0, 2}));
  EXPECT_THAT(Align(Letters("axc"), Letters("ayyc")),
              ElementsAre(AlignedPart{Side::kBoth, 0, 0, 1},
                          AlignedPart{Side::kA, 1, 1, 1},
                          AlignedPart{Side::kB, 2, 1, 2},
                          AlignedPart{Side::kBoth, 2, 3, 1}));
}

TEST(Align, IsALongestCommonSubsequence) {
  std::mt19937_64 engine(7);
  for (int round = 0; round < 3000; ++round) {
    const auto list = [&] {
      Words words(engine() % 24);
      const std::uint64_t letters = 1 + engine() % 6;
      for (std::string& word : words) word = std::to_string(engine() % letters);
      return words;
    };
    const Words a = list();
    const Words b = list();
    ASSERT_EQ(Checked(a, b), LongestCommon(a, b)) << round;
  }
}

TEST(Align, LongListsWithFewDifferences) {
  Words a;
  for (int i = 0; i < 50'000; ++i) a.push_back(std::to_string(i % 7));
  Words b = a;
  b.erase(b.begin() + 30'000);
  b.insert(b.begin() + 10'000, "new");
  b[45'000] = "changed";
  EXPECT_EQ(Checked(a, b), a.size() - 2);
}

TEST(Align, ListsWithNothingInCommonEndInTime) {
  Words a;
  Words b;
  for (int i = 0; i < 10'000; ++i) {
    a.push_back("a" + std::to_string(i));
    b.push_back("b" + std::to_string(i));
  }
  EXPECT_EQ(Checked(a, b), 0u);
  a[5'000] = b[5'000];
  EXPECT_LE(Checked(a, b), 1u);
}

}  // namespace
}  // namespace cohort
