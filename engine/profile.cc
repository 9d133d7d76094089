#include "cohort/engine/profile.h"

#include "cohort/history/payload_reader.h"
#include "cohort/markers/codec.h"

namespace cohort {
namespace {

const Profile* BySdkName(std::string_view sdk_name) {
  for (const Profile& profile : kProfiles) {
    if (profile.sdk_name == sdk_name) return &profile;
  }
  return nullptr;
}

const Profile* ByDialect(Dialect dialect) {
  switch (dialect) {
    case Dialect::kGo:
      return FindProfile("go");
    case Dialect::kJava:
      return FindProfile("java");
    case Dialect::kCore:
    case Dialect::kCoreOld:
      return FindProfile("python");
    case Dialect::kCadence:
      return FindProfile("cadence");
  }
  return nullptr;
}

}  // namespace

const Profile* FindProfile(std::string_view name) {
  for (const Profile& profile : kProfiles) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

const Profile& DetectProfile(std::span<const Event> events) {
  PayloadReader reader;
  const Profile* by_marker = nullptr;
  for (const Event& event : events) {
    if (event.type == EventType::kWorkflowTaskCompleted &&
        !event.details.empty()) {
      auto metadata = reader.ReadSdkMetadata(event.details);
      if (!metadata.ok() || metadata->sdk_name.empty()) continue;
      if (const Profile* p = BySdkName(metadata->sdk_name)) return *p;
    } else if (event.type == EventType::kMarkerRecorded &&
               by_marker == nullptr) {
      auto marker = DecodeVersionMarker(event, reader);
      if (marker.ok() && marker->has_value()) {
        by_marker = ByDialect((*marker)->dialect);
      }
    }
  }
  return by_marker != nullptr ? *by_marker : kOwnProfile;
}

}  // namespace cohort
