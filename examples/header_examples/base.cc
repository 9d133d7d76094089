// The examples of the headers of base.
#include <array>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "cohort/base/check.h"
#include "cohort/base/enum_table.h"
#include "cohort/base/json_nesting.h"
#include "cohort/base/limits.h"
#include "cohort/base/paint.h"
#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/base/suggest.h"
#include "cohort/base/utf8.h"
#include "cohort/history/event.h"
#include "cohort/history/json_writer.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

void CompareTexts(const EventDraft& a, const EventDraft& b) {
  // snippet: base/check.h
  COHORT_CHECK(a.texts == b.texts, "texts survive writing");
  // end of snippet
}

TEST(BaseHeaders, BrokenCheckEndsTheProcess) {
  EventDraft a;
  a.text(Text::kId) = "5";
  CompareTexts(a, a);
  EXPECT_DEATH(CompareTexts(a, EventDraft()), "texts survive writing");
}

enum class Kind : std::uint8_t { kTimer, kActivity };
struct KindRow {
  Kind kind;
  std::string_view name;
};
constexpr std::array kKinds = {KindRow{Kind::kTimer, "timer"},
                               KindRow{Kind::kActivity, "activity"}};
// snippet: base/enum_table.h
static_assert(RowsFollowEnum(kKinds, &KindRow::kind));
// end of snippet

TEST(BaseHeaders, TextForTerminals) {
  std::ostringstream out;
  // snippet: base/paint.h
  out << Bold("order-17.json", Paint::kColours) << "\n";
  // end of snippet
  EXPECT_EQ(out.str(), "\x1b[1morder-17.json\x1b[0m\n");
}

TEST(BaseHeaders, PrintableDoesNotSteerTheTerminal) {
  Event event;
  event.texts[static_cast<std::size_t>(Text::kName)] = "a\x1b[31mb";
  std::ostringstream out;
  // snippet: base/printable.h
  out << Printable(event.name()) << "\n";
  // end of snippet
  EXPECT_EQ(out.str(), "a\\u001b[31mb\n");
}

// snippet: base/status.h
absl::Status Check(int min, int max) {
  if (min > max) return InvalidArgument("min {} > max {}", min, max);
  return absl::OkStatus();
}
// end of snippet

TEST(BaseHeaders, StatusIsMadeFromAFormat) {
  EXPECT_TRUE(Check(1, 2).ok());
  EXPECT_EQ(Check(3, 2).message(), "min 3 > max 2");
}

TEST(BaseHeaders, AMistypedNameIsGuessed) {
  const auto guess = [] {
    // snippet: base/suggest.h
    const std::vector<std::string> names = {"census", "retire"};
    return UnknownName("cenus", "command", names);
    // "cenus" is no command; did you mean "census"?
    // end of snippet
  };
  EXPECT_EQ(guess(), "\"cenus\" is no command; did you mean \"census\"?");
}

absl::Status TooDeep() { return InvalidArgument("it nests too deep"); }
absl::Status CheckNesting(std::string_view text) {
  // snippet: base/json_nesting.h
  if (NestsDeeperThan(kJsonDepthMax, text)) return TooDeep();
  // end of snippet
  return absl::OkStatus();
}

TEST(BaseHeaders, DeepJsonIsRefusedBeforeItIsParsed) {
  EXPECT_TRUE(CheckNesting("[[[]]]").ok());
  EXPECT_FALSE(CheckNesting(std::string(kJsonDepthMax + 1, '[')).ok());
}

absl::Status CheckId(std::string_view change_id) {
  // snippet: base/utf8.h
  if (!IsUtf8(change_id)) return InvalidArgument("the id is not UTF-8");
  // end of snippet
  return absl::OkStatus();
}

TEST(BaseHeaders, BytesThatAreNoTextAreFound) {
  EXPECT_TRUE(CheckId("\xc3\xa9t\xc3\xa9").ok());
  EXPECT_TRUE(absl::IsInvalidArgument(CheckId("\xe9t\xe9")));
}

}  // namespace
}  // namespace cohort
