#include "cohort/benchmarks/full_walk.h"

#include "simdjson.h"

namespace cohort_benchmarks {
namespace {

namespace ondemand = simdjson::ondemand;

std::uint64_t SumOf(ondemand::value value) {
  std::uint64_t sum = 0;
  switch (value.type().value()) {
    case ondemand::json_type::array:
      for (auto element : value.get_array()) sum += SumOf(element.value());
      return sum;
    case ondemand::json_type::object:
      for (auto field : value.get_object()) {
        sum += std::string_view(field.unescaped_key()).size();
        sum += SumOf(field.value().value());
      }
      return sum;
    case ondemand::json_type::string:
      return std::string_view(value.get_string()).size();
    default:
      return value.raw_json_token().size();
  }
}

}  // namespace

struct FullWalk::Parser {
  ondemand::parser parser;
};

FullWalk::FullWalk() : parser_(std::make_unique<Parser>()) {}
FullWalk::~FullWalk() = default;

std::uint64_t FullWalk::Sum(std::string_view text) {
  ondemand::document document =
      parser_->parser.iterate(text.data(), text.size(), text.size() + 64);
  return SumOf(document.get_value());
}

}  // namespace cohort_benchmarks
