#include "cohort/temporal/json_values.h"

#include <charconv>
#include <string_view>

#include "cohort/base/status.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

// JSON text with the room behind it that a JsonView promises.
class Padded {
 public:
  explicit Padded(const nlohmann::json& json) : text_(json.dump()) {
    size_ = text_.size();
    text_.append(64, '\0');
  }
  JsonView view() const { return {std::string_view(text_).substr(0, size_)}; }

 private:
  std::string text_;
  std::size_t size_ = 0;
};

}  // namespace

std::string TextAt(const nlohmann::json& json, const char* field) {
  const auto it = json.find(field);
  return it != json.end() && it->is_string() ? it->get<std::string>() : "";
}

std::int64_t NumberAt(const nlohmann::json& json, const char* field) {
  const auto it = json.find(field);
  if (it == json.end()) return 0;
  if (it->is_number_integer()) return it->get<std::int64_t>();
  const std::string text = TextAt(json, field);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

absl::StatusOr<absl::Time> TimeAt(const nlohmann::json& json,
                                  const char* field) {
  const std::string text = TextAt(json, field);
  if (text.empty()) return absl::UnixEpoch();
  return ParseTime(text);
}

absl::StatusOr<absl::Duration> DurationAt(const nlohmann::json& json,
                                          const char* field) {
  const std::string text = TextAt(json, field);
  if (text.empty()) return absl::ZeroDuration();
  COHORT_ASSIGN_OR_RETURN(const Nanoseconds value, ParseDuration(text));
  return absl::FromChrono(value);
}

absl::StatusOr<Payloads> PayloadsAt(const nlohmann::json& json,
                                    const char* field) {
  const auto it = json.find(field);
  if (it == json.end()) return Payloads{};
  return PayloadReader().ReadPayloads(Padded(*it).view());
}

absl::StatusOr<Failure> FailureAt(const nlohmann::json& json,
                                  const char* field) {
  const auto it = json.find(field);
  if (it == json.end()) return Failure{};
  return PayloadReader().ReadFailure(Padded(*it).view());
}

}  // namespace cohort
