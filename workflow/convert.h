// User values to payloads and back.
//
//   struct Order { std::string id; int cents; };
//   NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, id, cents)
//
// With that, Order travels as json/plain, as in every SDK. Integers, bool,
// floating point and std::string do so too; `Bytes` travels as binary/plain;
// `Payload` as it is; std::optional as null or its value. A type with another
// encoding specialises PayloadTraits.
//
//   Payload payload = cohort::ToPayload(order);
//   absl::StatusOr<Order> back = cohort::FromPayload<Order>(payload);
//
// Errors: FromPayload answers kInvalidArgument and says what it found; workflow
// code sees it as ConversionError.
#ifndef COHORT_WORKFLOW_CONVERT_H_
#define COHORT_WORKFLOW_CONVERT_H_

#include <charconv>
#include <concepts>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/base/json_nesting.h"
#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/history/payload.h"
#include "nlohmann/json.hpp"

namespace cohort {

// Bytes that travel as they are (binary/plain).
struct Bytes {
  std::string data;
  bool operator==(const Bytes&) const = default;
};

namespace workflow_internal {

inline Payload NullPayload() {
  return Payload{{{"encoding", "binary/null"}}, ""};
}

inline bool IsNull(const Payload& p) {
  return p.encoding() == "binary/null" ||
         (p.encoding() == "json/plain" && p.data == "null");
}

// nullopt for what is no JSON, or nests deeper than kJsonDepthMax.
inline std::optional<nlohmann::json> ParseJson(const std::string& text) {
  if (NestsDeeperThan(kJsonDepthMax, text)) return std::nullopt;
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

// The JSON text of a payload; kInvalidArgument when it is encoded otherwise.
// A payload without metadata is what Cadence's Go client writes: JSON.
inline absl::Status CheckJson(const Payload& p) {
  if (p.encoding() == "json/plain" || p.metadata.empty()) {
    return absl::OkStatus();
  }
  return InvalidArgument(
      "payload of encoding \"{}\" where json/plain is expected; specialise "
      "cohort::PayloadTraits, or decode it with a codec first",
      p.encoding());
}

}  // namespace workflow_internal

template <typename T>
struct PayloadTraits {
  static Payload ToPayload(const T& value) {
    // Invalid UTF-8 becomes U+FFFD: writing may not fail half-way into a turn.
    return JsonPayload(nlohmann::json(value).dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  static absl::Status FromPayload(const Payload& payload, T& value) {
    COHORT_RETURN_IF_ERROR(workflow_internal::CheckJson(payload));
    const auto json = workflow_internal::ParseJson(payload.data);
    if (!json) {
      return InvalidArgument(
          "payload is no JSON, or nests deeper than {} levels: {:.80}",
          kJsonDepthMax, payload.data);
    }
    try {
      json->get_to(value);
    } catch (const nlohmann::json::exception& e) {
      return InvalidArgument("payload {:.80} is of another type: {}",
                             payload.data, e.what());
    }
    return absl::OkStatus();
  }
};

template <std::integral T>
  requires(!std::same_as<T, bool>)
struct PayloadTraits<T> {
  static Payload ToPayload(T value) {
    return JsonPayload(std::to_string(value));
  }
  static absl::Status FromPayload(const Payload& payload, T& value) {
    COHORT_RETURN_IF_ERROR(workflow_internal::CheckJson(payload));
    const char* end = payload.data.data() + payload.data.size();
    auto [rest, error] = std::from_chars(payload.data.data(), end, value);
    while (rest != end && (*rest == '\n' || *rest == ' ')) ++rest;
    if (error == std::errc() && rest == end) return absl::OkStatus();
    return InvalidArgument("payload {:.80} is no integer of the asked type",
                           payload.data);
  }
};

template <>
struct PayloadTraits<Bytes> {
  static Payload ToPayload(const Bytes& value) {
    return Payload{{{"encoding", "binary/plain"}}, value.data};
  }
  static absl::Status FromPayload(const Payload& payload, Bytes& value) {
    if (payload.encoding() != "binary/plain") {
      return InvalidArgument(
          "payload of encoding \"{}\" where binary/plain is expected",
          payload.encoding());
    }
    value.data = payload.data;
    return absl::OkStatus();
  }
};

template <>
struct PayloadTraits<Payload> {
  static Payload ToPayload(const Payload& value) { return value; }
  static absl::Status FromPayload(const Payload& payload, Payload& value) {
    value = payload;
    return absl::OkStatus();
  }
};

template <typename T>
struct PayloadTraits<std::optional<T>> {
  static Payload ToPayload(const std::optional<T>& value) {
    return value ? PayloadTraits<T>::ToPayload(*value)
                 : workflow_internal::NullPayload();
  }
  static absl::Status FromPayload(const Payload& payload,
                                  std::optional<T>& value) {
    if (workflow_internal::IsNull(payload)) {
      value.reset();
      return absl::OkStatus();
    }
    return PayloadTraits<T>::FromPayload(payload, value.emplace());
  }
};

// Reads a value by its traits; what those throw is an error like any other, so
// that one history cannot end the replay of all.
template <typename T>
absl::Status FromPayload(const Payload& payload, T& value) {
  try {
    return PayloadTraits<T>::FromPayload(payload, value);
  } catch (const std::exception& e) {
    return InvalidArgument("payload {:.80} cannot be converted: {}",
                           payload.data, e.what());
  } catch (...) {
    return InvalidArgument("payload {:.80} cannot be converted", payload.data);
  }
}

// The same, as a value; T has a default constructor.
template <typename T>
absl::StatusOr<T> FromPayload(const Payload& payload) {
  T value{};
  COHORT_RETURN_IF_ERROR(FromPayload(payload, value));
  return value;
}

// The payload of one value, for a memo, a search attribute, ...
template <typename T>
Payload ToPayload(const T& value) {
  return PayloadTraits<std::decay_t<const T&>>::ToPayload(value);
}

// One payload per argument.
template <typename... Args>
Payloads ToPayloads(const Args&... args) {
  Payloads out;
  out.reserve(sizeof...(args));
  (out.push_back(ToPayload(args)), ...);
  return out;
}

// String literals travel as strings.
template <>
struct PayloadTraits<const char*> {
  static Payload ToPayload(const char* value) {
    return PayloadTraits<std::string>::ToPayload(value);
  }
};
template <>
struct PayloadTraits<std::string_view> {
  static Payload ToPayload(std::string_view value) {
    return PayloadTraits<std::string>::ToPayload(std::string(value));
  }
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_CONVERT_H_
