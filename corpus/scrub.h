// Histories without anybody's data, for keeping and for giving away.
//
//   Scrubber scrubber({});
//   COHORT_ASSIGN_OR_RETURN(const std::string json, scrubber.Scrub(history));
//
// Payload data is replaced by tokens of the same JSON type, equal values by
// equal tokens, over all histories that one Scrubber sees:
//
//   strings            "s1", "s2", ...       keys of objects  "k1", ...
//   whole numbers      1, 2, ...             fractions        1.5, 2.5, ...
//   true, false, null  as they are; so are lengths of arrays, and ""
//   other encodings    bytes that name no value; of binary/protobuf a message
//                      with one unknown field
//
// Keys are data too, as maps have them; code that reads fields by name needs
// `keys` kept to replay. Failure messages, stack traces, reasons, identities
// and every text of a field that is not known here become "t1", ...
// What decides a replay stays: types, markers of versions, side effects' ids,
// the head of a local activity's marker, change versions in search attributes,
// encodings. Names (of types, signals, queues, failures' types) and ids (of
// workflows, runs, activities, updates) stay unless they are asked to go;
// names of memo fields, search attributes and headers always stay.
// Encrypted payloads cannot be encrypted anew: decrypt before.
// Threads: one at a time.
// Errors: kDataLoss for an event that is no JSON object, kResourceExhausted for
// one nested too deep.
#ifndef COHORT_CORPUS_SCRUB_H_
#define COHORT_CORPUS_SCRUB_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "cohort/corpus/tokens.h"
#include "cohort/history/history.h"

namespace cohort {

enum class Treatment : std::uint8_t { kKept, kReplaced };

struct ScrubOptions {
  Treatment keys = Treatment::kReplaced;  // of objects in payloads
  Treatment names = Treatment::kKept;
  // Of activities' and timers' ids those stay that are numbers: SDKs find local
  // activities by them.
  Treatment ids = Treatment::kKept;
};

class Scrubber {
 public:
  explicit Scrubber(ScrubOptions options) : options_(options) {}

  // {"events":[...]}, an event on each line. What stood beside the events is
  // left out.
  absl::StatusOr<std::string> Scrub(const History& history);

 private:
  ScrubOptions options_;
  Tokens tokens_;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_SCRUB_H_
