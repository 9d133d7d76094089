#include "cohort/workflow/convert.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace cohort_orders {

struct Order {
  std::string id;
  int cents = 0;
  bool operator==(const Order&) const = default;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, id, cents)

}  // namespace cohort_orders

namespace cohort {
namespace {

using cohort_orders::Order;

Payload Plain(std::string json) { return JsonPayload(std::move(json)); }

template <typename T>
void ExpectRoundTrip(const T& value, const Payload& payload) {
  EXPECT_EQ(PayloadTraits<T>::ToPayload(value), payload);
  T back{};
  const absl::Status status = PayloadTraits<T>::FromPayload(payload, back);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(back, value);
}

TEST(PayloadTraitsTest, DeepJsonIsRefusedNotFollowed) {
  const auto nested = [](std::size_t depth) {
    return Plain(std::string(depth, '[') + std::string(depth, ']'));
  };
  nlohmann::json value;
  EXPECT_TRUE(
      PayloadTraits<nlohmann::json>::FromPayload(nested(256), value).ok());
  for (const std::size_t depth : {257u, 1'000'000u}) {
    const absl::Status status =
        PayloadTraits<nlohmann::json>::FromPayload(nested(depth), value);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << depth;
  }
  // Brackets in a text are none.
  EXPECT_TRUE(PayloadTraits<nlohmann::json>::FromPayload(
                  Plain("\"" + std::string(1000, '[') + "\\\"[\""), value)
                  .ok());
}

TEST(PayloadTraitsTest, RoundTrips) {
  ExpectRoundTrip(7, Plain("7"));
  ExpectRoundTrip(std::int64_t{-9007199254740993}, Plain("-9007199254740993"));
  ExpectRoundTrip(std::uint64_t{18446744073709551615u},
                  Plain("18446744073709551615"));
  ExpectRoundTrip(true, Plain("true"));
  ExpectRoundTrip(0.5, Plain("0.5"));
  ExpectRoundTrip(std::string("a\"\n"), Plain("\"a\\\"\\n\""));
  ExpectRoundTrip(
      Bytes{std::string("\0\xff", 2)},
      Payload{{{"encoding", "binary/plain"}}, std::string("\0\xff", 2)});
  ExpectRoundTrip(std::optional<int>(),
                  Payload{{{"encoding", "binary/null"}}, ""});
  ExpectRoundTrip(std::optional<int>(3), Plain("3"));
  ExpectRoundTrip(Order{"o-1", 5}, Plain("{\"cents\":5,\"id\":\"o-1\"}"));
  ExpectRoundTrip(Payload{{{"encoding", "own/thing"}}, "x"},
                  Payload{{{"encoding", "own/thing"}}, "x"});
}

template <typename T>
void ExpectRefused(const Payload& payload) {
  T value{};
  const absl::Status status = PayloadTraits<T>::FromPayload(payload, value);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument)
      << payload.data << ": " << status;
}

TEST(PayloadTraitsTest, Refuses) {
  ExpectRefused<int>(Plain("\"7\""));
  ExpectRefused<int>(Plain("2147483648"));
  ExpectRefused<int>(Plain("7.5"));
  ExpectRefused<int>(Plain(""));
  ExpectRefused<unsigned>(Plain("-1"));
  ExpectRefused<bool>(Plain("1"));
  ExpectRefused<std::string>(Plain("7"));
  ExpectRefused<std::string>(Plain("\"open"));
  ExpectRefused<Order>(Plain("{\"id\":\"o-1\"}"));
  ExpectRefused<std::string>(Payload{{{"encoding", "binary/encrypted"}}, "x"});
  ExpectRefused<Bytes>(Plain("\"x\""));
  ExpectRefused<std::optional<int>>(Plain("[]"));
}

TEST(PayloadTraitsTest, InvalidUtf8IsRepaired) {
  EXPECT_EQ(PayloadTraits<std::string>::ToPayload("a\xff").data,
            "\"a\xEF\xBF\xBD\"");
}

TEST(PayloadTraitsTest, WithoutMetadataIsJson) {
  int value = 0;
  EXPECT_TRUE(PayloadTraits<int>::FromPayload(Payload{{}, "7\n"}, value).ok());
  EXPECT_EQ(value, 7);
}

// A type whose reader throws what is no JSON error.
struct Odd {
  int value = 0;
};
void from_json(const nlohmann::json&, Odd&) { throw std::out_of_range("odd"); }

TEST(PayloadTest, OneValueThereAndBack) {
  EXPECT_EQ(ToPayload(7), Plain("7"));
  EXPECT_EQ(ToPayload("literal"), Plain("\"literal\""));
  EXPECT_EQ(ToPayload(std::string_view("view")), Plain("\"view\""));
  const Order order{"o-1", 5};
  const absl::StatusOr<Order> back = FromPayload<Order>(ToPayload(order));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, order);
  EXPECT_EQ(FromPayload<int>(Plain("no")).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FromPayload<Odd>(Plain("{}")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ToPayloadsTest, OnePerArgument) {
  const Payloads payloads =
      ToPayloads("literal", std::string_view("view"), 1, true);
  ASSERT_EQ(payloads.size(), 4u);
  EXPECT_EQ(payloads[0].data, "\"literal\"");
  EXPECT_EQ(payloads[1].data, "\"view\"");
}

}  // namespace
}  // namespace cohort
