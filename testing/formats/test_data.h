// The JSON files that the tests of the formats share.
#ifndef COHORT_TESTING_FORMATS_TEST_DATA_H_
#define COHORT_TESTING_FORMATS_TEST_DATA_H_

#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "cohort/testing/formats/xml_reader.h"
#include "nlohmann/json.hpp"

namespace cohort_testing {

inline nlohmann::ordered_json ReadTestData(const std::string& name) {
  std::ifstream in("testing/formats/testdata/" + name);
  if (!in) throw std::runtime_error("no test data " + name);
  return nlohmann::ordered_json::parse(in);
}

// What every user of the library would look at first.
inline nlohmann::ordered_json Example() { return ReadTestData("example.json"); }

// Names that try to be markup, commands and controls; members of wrong types.
inline nlohmann::ordered_json Hostile() { return ReadTestData("hostile.json"); }

// One report with these members on top of a verdict and a source.
inline nlohmann::ordered_json OneReport(nlohmann::ordered_json members) {
  nlohmann::ordered_json report{{"verdict", "clean"}, {"source", "a.json"}};
  if (!members.is_null()) report.update(members);
  return {{"reports", nlohmann::ordered_json::array({std::move(report)})}};
}

inline XmlElement MustReadXml(const std::string& text) {
  std::string problem;
  auto root = ReadXml(text, problem);
  if (!root) throw std::runtime_error(problem);
  return std::move(*root);
}

}  // namespace cohort_testing

#endif  // COHORT_TESTING_FORMATS_TEST_DATA_H_
