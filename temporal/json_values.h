// Fields of the service's answers as values.
//
//   std::string id = TextAt(answer, "activityId");
//   COHORT_ASSIGN_OR_RETURN(Payloads input, PayloadsAt(answer, "input"));
//
// A field that is not there is the type's zero; of a duration none.
// Threads: functions of their arguments. Errors: kDataLoss.
#ifndef COHORT_TEMPORAL_JSON_VALUES_H_
#define COHORT_TEMPORAL_JSON_VALUES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/history/payload.h"
#include "nlohmann/json.hpp"

namespace cohort {

std::string TextAt(const nlohmann::json& json, const char* field);
// Of a number, or of a string that holds one.
std::int64_t NumberAt(const nlohmann::json& json, const char* field);
absl::StatusOr<absl::Time> TimeAt(const nlohmann::json& json,
                                  const char* field);
absl::StatusOr<absl::Duration> DurationAt(const nlohmann::json& json,
                                          const char* field);
absl::StatusOr<Payloads> PayloadsAt(const nlohmann::json& json,
                                    const char* field);
absl::StatusOr<Failure> FailureAt(const nlohmann::json& json,
                                  const char* field);

}  // namespace cohort

#endif  // COHORT_TEMPORAL_JSON_VALUES_H_
