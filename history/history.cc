#include "cohort/history/history.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

#include "cohort/base/status.h"
#include "cohort/history/event_reader.h"
#include "cohort/history/event_table.h"
#include "cohort/history/json_index.h"
#include "cohort/history/json_validate.h"
#include "cohort/history/large_memory.h"

namespace cohort {

namespace {

// What simdjson and the views promise to find behind a text.
constexpr std::size_t kPadding = 64;

// The number of events is estimated from the text that is left and the length
// of these: the first one, with the run's input, is not as the others are.
constexpr std::size_t kSampleBegin = 32;
constexpr std::size_t kSampleEnd = 64;

// Of input whose size is not known.
constexpr std::size_t kBlockBytes = 1 << 16;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// 0 for what has no size: pipes, terminals, the system's own files.
long SizeOf(std::FILE* file) {
  if (std::fseek(file, 0, SEEK_END) != 0) return 0;
  const long end = std::ftell(file);
  std::rewind(file);
  return end;
}

// All that `read(to, bytes)` gives, until it gives nothing or the text is
// longer than `limit`.
template <typename F>
std::string ReadBlocks(std::size_t limit, F&& read) {
  std::string text;
  while (text.size() <= limit) {
    const std::size_t size = text.size();
    text.resize(size + kBlockBytes);
    const std::size_t count = read(text.data() + size, kBlockBytes);
    text.resize(size + count);
    if (count == 0) break;
  }
  return text;
}

}  // namespace

struct History::Storage {
  std::string source;
  std::string text;  // one of the two holds it
  std::unique_ptr<char[]> bytes;
  std::deque<std::string> arena;
  std::vector<Event> events;
};

// Fills one storage.
class HistoryReader {
 public:
  HistoryReader(std::string source, ReadOptions options)
      : storage_(std::make_shared<History::Storage>()), options_(options) {
    storage_->source = std::move(source);
  }

  absl::StatusOr<History> ReadText(std::string text) {
    COHORT_RETURN_IF_ERROR(CheckSize(text.size()));
    const std::size_t size = text.size();
    text.append(kPadding, '\0');
    storage_->text = std::move(text);
    return Read(std::string_view(storage_->text.data(), size));
  }

  absl::StatusOr<History> ReadFile() {
    const std::string& path = storage_->source;
    std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "rb"));
    if (file == nullptr) return NotFound("{}: {}", path, std::strerror(errno));
    std::setvbuf(file.get(), nullptr, _IONBF, 0);
    const long end = SizeOf(file.get());
    if (end < 0 || end == LONG_MAX) {
      return InvalidArgument("{}: not a file that can be read", path);
    }
    if (end == 0) return ReadUnsized(file.get());
    const auto size = static_cast<std::size_t>(end);
    COHORT_RETURN_IF_ERROR(CheckSize(size));
    storage_->bytes = std::make_unique_for_overwrite<char[]>(size + kPadding);
    char* const bytes = storage_->bytes.get();
    ExpectLargeUse(bytes, size + kPadding);
    const std::size_t count = std::fread(bytes, 1, size, file.get());
    if (count != size) {
      return DataLoss("{}: {} of {} bytes could be read: {}", path, count, size,
                      std::strerror(errno));
    }
    std::memset(bytes + size, 0, kPadding);
    return Read(std::string_view(bytes, size));
  }

  absl::StatusOr<History> ReadStream(std::istream& in) {
    std::string text = ReadBlocks(BytesMax(), [&](char* to, std::size_t bytes) {
      in.read(to, static_cast<std::streamsize>(bytes));
      return static_cast<std::size_t>(in.gcount());
    });
    if (in.bad()) {
      return DataLoss("{}: could not be read to its end", storage_->source);
    }
    return ReadText(std::move(text));
  }

 private:
  absl::StatusOr<History> ReadUnsized(std::FILE* file) {
    std::string text = ReadBlocks(BytesMax(), [&](char* to, std::size_t bytes) {
      return std::fread(to, 1, bytes, file);
    });
    if (std::ferror(file) != 0) {
      return DataLoss("{}: only {} bytes could be read: {}", storage_->source,
                      text.size(), std::strerror(errno));
    }
    return ReadText(std::move(text));
  }

  std::size_t BytesMax() const {
    return std::min(options_.bytes_max, kHistoryBytesMax);
  }

  std::size_t EventsMax() const {
    return std::min(options_.events_max, kHistoryEventsMax);
  }

  absl::Status CheckSize(std::size_t size) const {
    if (size <= BytesMax()) return absl::OkStatus();
    return ResourceExhausted("{}: longer than {} bytes, the most that is read",
                             storage_->source, BytesMax());
  }

  absl::StatusOr<History> Read(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      return DataLoss(
          "{}: empty; a history is {{\"events\": [...]}} or an array of events",
          storage_->source);
    }
    text_ = text;
    const bool all = options_.validation == Validation::kEverything;
    if (all) options_.part_bytes = text.size();
    JsonCursor at;
    if (!Refill(at, 0)) return status_;
    if (all && !ValidateJson(at)) return Malformed(at);
    COHORT_RETURN_IF_ERROR(ReadRoot());
    const std::size_t count = storage_->events.size();
    if (count == 0) {
      return DataLoss("{}: no events; was the run's history fetched?",
                      storage_->source);
    }
    return History(std::move(storage_), count);
  }

  absl::Status ReadRoot() {
    JsonCursor at = index_.begin();
    const bool found = More(at) && at.Peek() == '[';
    const bool read = found ? ReadEvents(at) : ReadRootObject(at);
    if (read && More(at) && !(at.at_end() && index_.ends_text())) {
      at.Fail("the end of the file");
      return Malformed(at);
    }
    if (!status_.ok()) return status_;
    if (!read) return Malformed(at);
    if (found || found_events_) return absl::OkStatus();
    return InvalidArgument(
        "{}: an object without \"events\": no history; export one with "
        "`temporal workflow show --output json`",
        storage_->source);
  }

  bool ReadRootObject(JsonCursor& at) {
    if (!at.Take('{')) return at.Fail("an object");
    if (!More(at)) return false;
    if (at.Take('}')) return true;
    while (true) {
      if (!ReadWhole(at, [this](JsonCursor& c) { return ReadRootField(c); }) ||
          !More(at)) {
        return false;
      }
      if (at.Take('}')) return true;
      if (!at.Take(',')) return at.Fail("',' or '}'");
    }
  }

  bool ReadRootField(JsonCursor& at) {
    std::string_view key;
    if (!at.ReadKey(key)) return false;
    if (key != "events") return at.Skip();
    found_events_ = true;
    storage_->events.clear();
    return at.ReadNull() || ReadEvents(at);
  }

  bool ReadEvents(JsonCursor& at) {
    std::vector<Event>& events = storage_->events;
    if (!at.Take('[')) return at.Fail("an array");
    if (!More(at)) return false;
    if (at.Take(']')) return true;
    while (true) {
      const std::size_t count = events.size();
      if (count == kSampleBegin) sample_begin_ = at.offset();
      if (count == kSampleEnd) Reserve(at.offset());
      const bool read = ReadWhole(at, [&](JsonCursor& c) {
        events.resize(count);
        return ReadEvent(c);
      });
      if (!read) {
        if (status_.ok()) status_ = BadEvent(at, events.back());
        return false;
      }
      if (!More(at)) return false;
      if (at.Take(']')) return true;
      if (!at.Take(',')) return at.Fail("',' or ']'");
    }
  }

  void Reserve(std::size_t offset) {
    std::vector<Event>& events = storage_->events;
    const std::size_t bytes =
        (offset - sample_begin_) / (kSampleEnd - kSampleBegin);
    const std::size_t estimate = kSampleEnd + (text_.size() - offset) / bytes;
    events.reserve(std::min(estimate + estimate / 32, EventsMax()));
    ExpectLargeUse(events.data(), events.capacity() * sizeof(Event));
  }

  bool ReadEvent(JsonCursor& at) {
    std::vector<Event>& events = storage_->events;
    const JsonCursor start = at;
    Event& event = events.emplace_back();
    if (!event_reader_.Read(at, event)) return false;
    if (events.size() > EventsMax()) {
      status_ =
          ResourceExhausted("{}: more than {} events, the most that are read",
                            storage_->source, EventsMax());
      return false;
    }
    return options_.validation == Validation::kWhatIsRead ||
           CheckAttributes(start, event);
  }

  // Goes on at `from`, with more text than the last part had from there.
  bool Refill(JsonCursor& at, std::size_t from) {
    const bool longer = from == part_from_ && part_bytes_ != 0;
    part_bytes_ = longer ? part_bytes_ * 2
                         : std::max(options_.part_bytes, std::size_t{1});
    part_from_ = from;
    status_ =
        Annotate(index_.Build(text_, from, part_bytes_), storage_->source);
    if (!status_.ok()) return false;
    at = index_.begin();
    return true;
  }

  // Puts the cursor on a byte of the next part where this one is used up.
  bool More(JsonCursor& at) {
    while (at.at_end() && !index_.ends_text()) {
      if (!Refill(at, index_.end_offset())) return false;
    }
    return true;
  }

  // `read(at)`, again with more text where the part ended within.
  template <typename F>
  bool ReadWhole(JsonCursor& at, F&& read) {
    if (!More(at)) return false;
    while (true) {
      const std::size_t start = at.offset();
      if (read(at)) return true;
      if (!status_.ok() || !at.at_end() || index_.ends_text() ||
          !Refill(at, start)) {
        return false;
      }
    }
  }

  // Attributes of another type than the event's are an unknown field to a
  // reader that only reads.
  bool CheckAttributes(JsonCursor at, const Event& event) {
    if (event.type == EventType::kUnknown) return true;
    const EventRow& row = RowOf(event.type);
    return at.ReadObject([&](std::string_view key) {
      if (!IsAttributesKey(key) || IsAttributesOf(key, row)) return at.Skip();
      status_ = DataLoss(
          "{}: event {} (byte {}): \"{}\" on an event of type {}; one of the "
          "two is wrong",
          storage_->source, event.id, at.offset(), key, row.screaming());
      return false;
    });
  }

  absl::Status BadEvent(const JsonCursor& at, const Event& event) const {
    if (event_reader_.was_page()) {
      return InvalidArgument(
          "{}: an array of pages ({{\"events\": [...]}} each); a history is "
          "one "
          "array: join the pages' events in order",
          storage_->source);
    }
    const std::string_view field = event_reader_.field();
    return DataLoss(
        "{}: event {} of the file (id {}), byte {}: {}{}expected {}; the file "
        "is damaged, export it again",
        storage_->source, storage_->events.size(), event.id, at.offset(), field,
        field.empty() ? "" : ": ", at.error());
  }

  absl::Status Malformed(const JsonCursor& at) const {
    return DataLoss(
        "{}: byte {} of {}: expected {}; the file is cut off or damaged, "
        "export "
        "it again",
        storage_->source, at.offset(), text_.size(), at.error());
  }

  std::shared_ptr<History::Storage> storage_;
  ReadOptions options_;
  std::string_view text_;
  JsonIndex index_;
  std::size_t part_from_ = 0;
  std::size_t part_bytes_ = 0;
  std::size_t sample_begin_ = 0;
  bool found_events_ = false;
  EventReader event_reader_{storage_->arena};
  absl::Status status_;  // better than what the cursor can say
};

History::History()
    : History(std::make_shared<const Storage>(Storage{.source = "<none>"}), 0) {
}

History::History(std::shared_ptr<const Storage> storage, std::size_t count)
    : storage_(std::move(storage)), count_(count) {}

absl::StatusOr<History> History::FromJson(std::string text, ReadOptions options,
                                          const std::string& source) {
  return HistoryReader(source, options).ReadText(std::move(text));
}

absl::StatusOr<History> History::FromFile(const std::string& path,
                                          ReadOptions options) {
  return HistoryReader(path, options).ReadFile();
}

absl::StatusOr<History> History::FromStream(std::istream& in,
                                            ReadOptions options) {
  return HistoryReader("<stream>", options).ReadStream(in);
}

std::span<const Event> History::events() const {
  return {storage_->events.data(), count_};
}

std::string_view History::source() const { return storage_->source; }

History History::Until(std::int64_t event_id) const {
  std::size_t count = 0;
  while (count < count_ && storage_->events[count].id <= event_id) ++count;
  return History(storage_, count);
}

bool History::whole() const { return count_ == storage_->events.size(); }

bool History::cut_inside_batch() const {
  if (whole() || count_ == 0) return false;
  const std::vector<Event>& events = storage_->events;
  // Unknown events that may be skipped do not end a batch.
  std::size_t next = count_;
  while (next < events.size() && events[next].type == EventType::kUnknown) {
    ++next;
  }
  if (next == events.size()) return false;
  if (RoleOf(events[next].type) != Role::kOutput) return false;
  std::size_t last = count_;
  while (last > 0 && events[last - 1].type == EventType::kUnknown) --last;
  return last > 0 &&
         (events[last - 1].type == EventType::kWorkflowTaskCompleted ||
          RoleOf(events[last - 1].type) == Role::kOutput);
}

}  // namespace cohort
