// VersionBook: the answers of one run, by change id.
//
//   cohort::VersionBook book;
//   book.Record({.change_id = "Step1", .version = 2},
//               cohort::Standing::kRecorded);
//   const cohort::VersionBook::Entry* entry = book.Find("Step1");  // version 2
//
// A book starts empty with each run: nothing is carried over by
// continue-as-new, retry or cron. It answers every call after the first, so
// Find() is the hot path of versioning: one hash of the id, one probe, one
// comparison.
// Threads: none of its own; used by the run's thread.
// Errors: none.
#ifndef COHORT_VERSIONING_VERSION_BOOK_H_
#define COHORT_VERSIONING_VERSION_BOOK_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/versioning/decision.h"
#include "cohort/versioning/version.h"

namespace cohort {

// Does an answer stand in the run's history?
enum class Standing : std::uint8_t {
  kAnswered,  // no: -1 given on replay, or `false` chosen by a policy
  kRecorded,  // yes: the code asked, and a marker was read or issued
  kUnasked,   // yes: history records it, and the code has not asked
};

// Is a `false` of Patched that was given on replay, for want of a marker,
// remembered? The recorded histories of all SDKs but TypeScript's say yes.
enum class UnrecordedPatch : std::uint8_t { kRemember, kForget };

// The first call for an id that gave this version, and what it said.
struct AskedVersion {
  std::string change_id;
  Version min = kDefaultVersion;
  Version max = 1;
  Version version = kDefaultVersion;  // the answer
  Family family = Family::kVersion;
  VersionSource source = VersionSource::kBook;
  std::source_location site;
};

class VersionBook {
 public:
  struct Entry {
    std::string id;
    Version version = kDefaultVersion;
    Family family = Family::kVersion;
    bool recorded = false;    // a marker of it stands in history
    bool asked = false;       // code has asked for this answer
    bool deprecated = false;  // the marker came from DeprecatePatch
  };

  // The answer for the id, or null. Valid until the next Record or Overwrite.
  const Entry* Find(std::string_view change_id) const;

  // Notes the first answer for an id. Where the id stands already, nothing
  // changes: the first answer holds for the run.
  void Record(const VersionRecord& record, Standing standing);

  // As Record, but a later answer replaces an earlier one, in its place: for
  // histories in which a turn records an id that an earlier turn answered by
  // default.
  void Overwrite(const VersionRecord& record, Standing standing);

  // Notes that code asked. Of calls for one id with one answer the first
  // counts.
  void NoteAsked(AskedVersion call);
  // In the order of the first calls: which branches this run's code took.
  std::span<const AskedVersion> asked() const { return asked_; }

  // All answers in the order in which they were first given.
  std::span<const Entry> entries() const { return entries_; }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

  void set_unrecorded_patch(UnrecordedPatch rule) { unrecorded_patch_ = rule; }
  UnrecordedPatch unrecorded_patch() const { return unrecorded_patch_; }

 private:
  // One slot of the index: the hash's upper half and the entry's number plus
  // one; 0 is an empty slot.
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t entry = 0;
  };
  static constexpr std::size_t kSlotsMin = 16;  // a power of two

  static std::uint64_t Hash(std::string_view text);
  Entry* FindMutable(std::string_view change_id) {
    return const_cast<Entry*>(Find(change_id));
  }
  static void Fill(Entry& entry, const VersionRecord& record,
                   Standing standing);
  void Append(const VersionRecord& record, Standing standing);
  void Insert(std::uint64_t hash, std::uint32_t entry);
  void Grow();

  std::vector<Entry> entries_;
  std::vector<Slot> slots_;  // at most half full
  std::vector<AskedVersion> asked_;
  std::set<std::pair<std::string, Version>> asked_for_;  // what stands there
  UnrecordedPatch unrecorded_patch_ = UnrecordedPatch::kRemember;
};

// Eight bytes at a time, for speed. It decides nothing (the order of answers
// is entries_'s), so unlike StableHash it may change with any release.
inline std::uint64_t VersionBook::Hash(std::string_view text) {
  constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15u;
  const char* data = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = left * kMultiplier;
  while (left >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data, 8);
    hash = (hash ^ word) * kMultiplier;
    hash ^= hash >> 32;
    data += 8;
    left -= 8;
  }
  std::uint64_t tail = 0;
  if (left >= 4) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, data, 4);
    std::memcpy(&high, data + left - 4, 4);
    tail = (std::uint64_t{high} << 32) | low;
  } else if (left > 0) {
    tail = static_cast<unsigned char>(data[0]) |
           std::uint64_t{static_cast<unsigned char>(data[left / 2])} << 8 |
           std::uint64_t{static_cast<unsigned char>(data[left - 1])} << 16;
  }
  hash = (hash ^ tail) * kMultiplier;
  // Slots are chosen by the low bits, which so far know nothing of the text's
  // last bytes: the number in "Step17".
  hash = (hash ^ (hash >> 32)) * kMultiplier;
  hash = (hash ^ (hash >> 29)) * kMultiplier;
  return hash ^ (hash >> 32);
}

inline const VersionBook::Entry* VersionBook::Find(
    std::string_view change_id) const {
  if (slots_.empty()) return nullptr;
  const std::uint64_t hash = Hash(change_id);
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot slot = slots_[at];
    if (slot.entry == 0) return nullptr;
    if (slot.tag != tag) continue;
    const Entry& entry = entries_[slot.entry - 1];
    if (entry.id == change_id) return &entry;
  }
}

inline void VersionBook::Record(const VersionRecord& record,
                                Standing standing) {
  if (Find(record.change_id) == nullptr) Append(record, standing);
}

inline void VersionBook::Overwrite(const VersionRecord& record,
                                   Standing standing) {
  if (Entry* entry = FindMutable(record.change_id)) {
    Fill(*entry, record, standing);
  } else {
    Append(record, standing);
  }
}

inline void VersionBook::NoteAsked(AskedVersion call) {
  if (Entry* entry = FindMutable(call.change_id)) entry->asked = true;
  if (!asked_for_.emplace(call.change_id, call.version).second) return;
  asked_.push_back(std::move(call));
}

inline void VersionBook::Fill(Entry& entry, const VersionRecord& record,
                              Standing standing) {
  entry.version = record.version;
  entry.family = record.family;
  entry.recorded = standing != Standing::kAnswered;
  entry.asked = standing != Standing::kUnasked;
  entry.deprecated = record.deprecated;
}

inline void VersionBook::Append(const VersionRecord& record,
                                Standing standing) {
  if (slots_.size() < kSlotsMin || (entries_.size() + 1) * 2 > slots_.size()) {
    Grow();
  }
  Entry& entry = entries_.emplace_back();
  entry.id = record.change_id;
  Fill(entry, record, standing);
  Insert(Hash(entry.id), static_cast<std::uint32_t>(entries_.size()));
}

inline void VersionBook::Insert(std::uint64_t hash, std::uint32_t entry) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].entry != 0) at = (at + 1) & mask;
  slots_[at] = Slot{static_cast<std::uint32_t>(hash >> 32), entry};
}

inline void VersionBook::Grow() {
  const std::size_t slots =
      slots_.size() < kSlotsMin ? kSlotsMin : slots_.size() * 2;
  slots_.assign(slots, Slot{});
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Insert(Hash(entries_[i].id), static_cast<std::uint32_t>(i + 1));
  }
}

}  // namespace cohort

#endif  // COHORT_VERSIONING_VERSION_BOOK_H_
