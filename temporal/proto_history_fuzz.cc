// Bytes as a history in wire form: what is read can be written as JSON and read
// back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cohort/base/check.h"
#include "cohort/history/json_writer.h"
#include "cohort/temporal/proto_history.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::Status all = cohort::ForEachProtoHistory(
      bytes, "fuzz", {}, [](cohort::History history) {
        const auto again =
            cohort::History::FromJson(cohort::WriteHistory(history));
        COHORT_CHECK(again.ok(), "what was read can be written and read");
        COHORT_CHECK(again->events().size() == history.events().size(),
                     "no event is lost in writing");
        return absl::OkStatus();
      });
  const auto one = cohort::ReadProtoHistory(bytes, "fuzz");
  if (one.ok()) COHORT_CHECK(all.ok(), "one history is one of all");
  return 0;
}
