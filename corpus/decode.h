// Histories whose payloads went through a codec: encrypted, compressed.
//
//   const PayloadDecoder decode = [&](const Payload& payload) {
//     return payload.encoding() == "binary/encrypted" ? Decrypted(payload)
//                                                     : payload;
//   };
//   COHORT_ASSIGN_OR_RETURN(const History plain, Decoded(history, decode));
//
// The decoder sees every payload of every event, those of markers, headers,
// memos and failures too, and gives what it does not know back as it is. Where
// a failure's encoded attributes hold a message and a stack trace, these
// return to their fields.
// Threads: as the decoder. Errors: the decoder's, with file and event;
// kDataLoss for base64 that is none.
#ifndef COHORT_CORPUS_DECODE_H_
#define COHORT_CORPUS_DECODE_H_

#include <functional>

#include "absl/status/statusor.h"
#include "cohort/history/history.h"
#include "cohort/history/payload.h"

namespace cohort {

using PayloadDecoder = std::function<absl::StatusOr<Payload>(const Payload&)>;

// Shares the storage if there was nothing to decode.
absl::StatusOr<History> Decoded(const History& history,
                                const PayloadDecoder& decode);

}  // namespace cohort

#endif  // COHORT_CORPUS_DECODE_H_
