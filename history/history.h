// A recorded history: owned bytes, and the events that are views into them.
//
//   absl::StatusOr<History> history = History::FromFile("order-17.json");
//   if (!history.ok()) return history.status();
//   for (const Event& event : history->events()) Use(event.type, event.name());
//
// Read is proto JSON as the servers' tools write it (`{"events": [...]}`, a
// bare array of events, Cadence's spelling of it), in one pass that touches
// only what an Event holds; everything else stays as text in `Event::json`.
// Copies of a History are cheap and share the storage; events are valid as long
// as one of them lives. Ids are not compared here: TurnReader does.
// Threads: const access to one History from several threads is safe.
// Errors: kDataLoss for bytes that are not a history (with source, event and
// offset), kInvalidArgument for a file of another kind, kResourceExhausted
// beyond a limit, kNotFound for a file that cannot be opened.
#ifndef COHORT_HISTORY_HISTORY_H_
#define COHORT_HISTORY_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cohort/base/limits.h"
#include "cohort/history/event.h"

namespace cohort {

enum class Validation : std::uint8_t {
  // Fields that fill an Event are checked; the rest need only be bracketed.
  kWhatIsRead,
  // Every value of the document: numbers, strings, base64 of payload data,
  // times, durations, and that the attributes fit the event's type.
  kEverything,
};

struct ReadOptions {
  Validation validation = Validation::kWhatIsRead;
  // Beyond the first two of base/limits.h without effect.
  std::size_t bytes_max = kHistoryBytesMax;
  std::size_t events_max = kHistoryEventsMax;
  // A text of several lines is indexed in parts of about this size: small ones
  // stay in the processor's cache. Says nothing about what is read.
  std::size_t part_bytes = 256 * 1024;
};

class History {
 public:
  // Without events, from nowhere.
  History();

  // `source` of the last is "<stream>". A file may be a pipe ("/dev/stdin").
  static absl::StatusOr<History> FromJson(
      std::string text, ReadOptions options = {},
      const std::string& source = "<memory>");
  static absl::StatusOr<History> FromFile(const std::string& path,
                                          ReadOptions options = {});
  static absl::StatusOr<History> FromStream(std::istream& in,
                                            ReadOptions options = {});

  std::span<const Event> events() const;

  // The file's name, as given; for messages.
  std::string_view source() const;

  // The events up to and with the one of this id (all of them if it lies
  // behind the last). Shares the storage.
  History Until(std::int64_t event_id) const;

  // Whether this is all that was read, and no prefix of it.
  bool whole() const;

  // Whether this prefix ends among the outputs of one completed workflow task:
  // the next stored event belongs to the same batch. Then nobody can know what
  // that task recorded behind the cut.
  bool cut_inside_batch() const;

 private:
  friend class HistoryReader;
  struct Storage;

  History(std::shared_ptr<const Storage> storage, std::size_t count);

  std::shared_ptr<const Storage> storage_;
  std::size_t count_ = 0;
};

}  // namespace cohort

#endif  // COHORT_HISTORY_HISTORY_H_
