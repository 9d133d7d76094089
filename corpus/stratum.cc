#include "cohort/corpus/stratum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "cohort/base/status.h"

namespace cohort {
namespace {

struct AgeRow {
  int hours_below;  // 0: no limit
  std::string_view words;
};

// Bucket i + 1 is row i.
constexpr std::array kAges = {
    AgeRow{1, "under 1 hour old"},        AgeRow{24, "under 1 day old"},
    AgeRow{24 * 7, "under 1 week old"},   AgeRow{24 * 30, "under 30 days old"},
    AgeRow{24 * 90, "under 90 days old"}, AgeRow{24 * 365, "under 1 year old"},
    AgeRow{0, "1 year old or more"},
};

void AppendField(std::string& out, std::string_view field) {
  out += fmt::format("{}:", field.size());
  out += field;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

}  // namespace

int LengthBucket(std::int64_t events) {
  if (events <= 0) return 0;
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(events)));
}

std::string LengthWords(int bucket) {
  if (bucket <= 0) return "length not known";
  const std::uint64_t least = std::uint64_t{1} << (bucket - 1);
  if (least == 1) return "1 event";
  return fmt::format("{}-{} events", least, least * 2 - 1);
}

int AgeBucket(absl::Time started, absl::Time now) {
  if (started == absl::InfinitePast()) return 0;
  int bucket = 0;
  for (const AgeRow& row : kAges) {
    ++bucket;
    if (now - started < absl::Hours(row.hours_below)) break;
  }
  return bucket;
}

std::string_view AgeWords(int bucket) {
  if (bucket <= 0) return "age not known";
  const auto row = static_cast<std::size_t>(bucket - 1);
  return kAges[std::min(row, kAges.size() - 1)].words;
}

StratumKey StratumOf(const RunListing& run, absl::Time now) {
  StratumKey key;
  key.workflow_type = run.workflow_type;
  key.status = run.status;
  if (run.change_versions) {
    key.changes_known = true;
    key.changes = *run.change_versions;
    std::sort(key.changes.begin(), key.changes.end());
    key.changes.erase(std::unique(key.changes.begin(), key.changes.end()),
                      key.changes.end());
  }
  key.length_bucket = LengthBucket(run.events);
  key.age_bucket = AgeBucket(run.started, now);
  key.build_id = run.build_id;
  return key;
}

StratumKey StratumOf(const RunFacts& facts, absl::Time now) {
  StratumKey key = StratumOf(ListingOf(facts, ""), now);
  key.stage = facts.Stage();
  return key;
}

std::string StratumKey::Text() const {
  std::string text = fmt::format("{}, {}, ", workflow_type, NameOf(status));
  if (!changes_known) {
    text += "changes not known";
  } else {
    text += changes.empty() ? "no changes" : Joined(changes);
  }
  text +=
      fmt::format(", {}, {}", LengthWords(length_bucket), AgeWords(age_bucket));
  if (!build_id.empty()) text += ", build " + build_id;
  if (!stage.empty()) text += ", " + stage;
  return text;
}

std::string StratumKey::Encoded() const {
  std::string text =
      fmt::format("{},{},{},{},", static_cast<int>(status),
                  changes_known ? 1 : 0, length_bucket, age_bucket);
  AppendField(text, workflow_type);
  AppendField(text, build_id);
  AppendField(text, stage);
  for (const std::string& change : changes) AppendField(text, change);
  return text;
}

}  // namespace cohort
