#include "cohort/engine/record.h"

#include <string>

#include "cohort/base/version.h"
#include "cohort/engine/kinds.h"

namespace cohort {

EventDraft CompletionOf(const Emission& emission, std::string_view build_id) {
  EventDraft completed;
  completed.type = EventType::kWorkflowTaskCompleted;
  completed.attributes = {{"sdkMetadata.sdkName", std::string(kSdkName)},
                          {"sdkMetadata.sdkVersion", std::string(kSdkVersion)}};
  for (std::int64_t flag : emission.lang_used_flags) {
    completed.attributes.push_back({"sdkMetadata.langUsedFlags[]", flag});
  }
  for (std::int64_t flag : emission.core_used_flags) {
    completed.attributes.push_back({"sdkMetadata.coreUsedFlags[]", flag});
  }
  completed.text(Text::kScope) = build_id;
  return completed;
}

EventDraft EventOf(const Command& command, std::int64_t completed_id) {
  EventDraft draft;
  draft.type = RowOf(command.kind).recorded_by;
  draft.subject = command.subject;
  draft.texts = command.texts;
  draft.input = command.input;
  draft.failure = command.failure;
  draft.details = command.details;
  draft.attributes = command.attributes;
  draft.attributes.push_back({"workflowTaskCompletedEventId", completed_id});
  return draft;
}

}  // namespace cohort
