#include "cohort/base/printable.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace cohort {
namespace {

using namespace std::literals;

TEST(PrintableTest, OnlyWhatSteersATerminalChanges) {
  EXPECT_EQ(Printable(""), "");
  EXPECT_EQ(Printable("Charge \\ \"a\" ~"), "Charge \\ \"a\" ~");
  EXPECT_EQ(Printable("Größe \u00a0 \u20ac \U0001F600"),
            "Größe \u00a0 \u20ac \U0001F600");
  EXPECT_EQ(Printable("a\x1b[2Jb\0c\td\ne\x7f"sv),
            "a\\u001b[2Jb\\u0000c\\u0009d\\u000ae\\u007f");
  EXPECT_EQ(Printable("\u0080\u009b31m\u009f"), "\\u0080\\u009b31m\\u009f");
}

TEST(PrintableTest, BytesThatAreNoCharacter) {
  EXPECT_EQ(Printable("\x9b"
                      "31m"),
            "\\x9b31m");
  EXPECT_EQ(Printable("a\xc2"), "a\\xc2");
  EXPECT_EQ(Printable("\xc2\x1b"), "\\xc2\\u001b");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(Printable("\xf0\x9f\x98"), "\\xf0\\x9f\\x98");
  EXPECT_EQ(Printable("\xc0\x9b"), "\\xc0\\x9b");
}

TEST(PrintableTest, LineEndsOfATextOfLines) {
  EXPECT_EQ(PrintableLines("{\n  \"a\": \"\u009b\x7f\"\r\n}"),
            "{\n  \"a\": \"\\u009b\\u007f\"\\u000d\n}");
}

}  // namespace
}  // namespace cohort
