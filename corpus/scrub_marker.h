// A marker's details without their data.
//
//   MarkerScrubber markers(fields, payloads);
//   markers.Scrub("SideEffect", attributes["details"]);
//
// Of each SDK's markers the parts stay by which a replay finds them; markers of
// versions stay whole. Of a marker that is not known all payloads go.
// Threads: one at a time. Errors: none.
#ifndef COHORT_CORPUS_SCRUB_MARKER_H_
#define COHORT_CORPUS_SCRUB_MARKER_H_

#include <string_view>

#include "cohort/corpus/scrub_fields.h"
#include "cohort/corpus/scrub_payload.h"
#include "nlohmann/json.hpp"

namespace cohort {

class MarkerScrubber {
 public:
  // Both must outlive this.
  MarkerScrubber(FieldScrubber& fields, PayloadScrubber& payloads)
      : fields_(fields), payloads_(payloads) {}

  void Scrub(std::string_view marker, nlohmann::ordered_json& details);

 private:
  void ScrubList(nlohmann::ordered_json& list);
  void ScrubFields(std::string_view field, nlohmann::ordered_json& value);
  // A payload whose texts are names and ids.
  void ScrubHead(std::string_view key, nlohmann::ordered_json& list);
  void ScrubGoMutable(nlohmann::ordered_json& list);
  std::string ScrubCadence(std::string_view marker, const std::string& bytes);
  std::string ScrubCadenceLocal(const std::string& bytes);

  FieldScrubber& fields_;
  PayloadScrubber& payloads_;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_SCRUB_MARKER_H_
