#include "cohort/testing/formats/printable.h"

#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort::formats {
namespace {

using namespace std::string_literals;

struct TextCase {
  const char* name;
  std::string text;
  std::string printable;
};

class PrintableText : public testing::TestWithParam<TextCase> {};

TEST_P(PrintableText, IsAsExpected) {
  EXPECT_EQ(Printable(std::string_view(GetParam().text)), GetParam().printable);
}

INSTANTIATE_TEST_SUITE_P(
    All, PrintableText,
    testing::Values(
        TextCase{"Plain", "a b\tc\nd", "a b\tc\nd"}, TextCase{"Empty", "", ""},
        TextCase{"Letters", "é 日本 😀", "é 日本 😀"},
        TextCase{"Controls", "\0\x1b[31m\x7f"s, "\\x00\\x1b[31m\\x7f"},
        TextCase{"UpperControls", "\xc2\x85", "\\x85"},
        TextCase{"LineEnds", "a\r\nb\rc", "a\nb\\x0dc"},
        TextCase{"Direction", "\u202ex\u2066\u200f", "\\u202ex\\u2066\\u200f"},
        TextCase{"NoCharacters", "\uffff\ufeff", "\\uffff\\ufeff"},
        TextCase{"CutShort", "a\xe6\x97", "a\ufffd\ufffd"},
        TextCase{"NotASequence", "\xc3(", "\ufffd("},
        TextCase{"AloneInside", "\x80\xbf", "\ufffd\ufffd"},
        TextCase{"LongerThanNeeded", "\xc0\xaf\xe0\x80\xaf",
                 "\ufffd\ufffd\ufffd\ufffd\ufffd"},
        TextCase{"Surrogate", "\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
        TextCase{"TooGreat", "\xf4\x90\x80\x80\xff",
                 "\ufffd\ufffd\ufffd\ufffd\ufffd"},
        TextCase{"Greatest", "\U0010fffd", "\U0010fffd"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(PrintableJson, ReachesEveryTextAndKey) {
  const nlohmann::ordered_json value = {
      {"a\x1b", {"\x07", 1, nullptr, true, {{"deep", "\xff"}}}}};
  const nlohmann::ordered_json expected = {
      {"a\\x1b", {"\\x07", 1, nullptr, true, {{"deep", "\ufffd"}}}}};
  EXPECT_EQ(Printable(value), expected);
}

}  // namespace
}  // namespace cohort::formats
