#include "cohort/temporal/commands.h"

#include <utility>

#include "cohort/base/version.h"
#include "cohort/engine/kinds.h"
#include "cohort/history/event_table.h"
#include "cohort/history/json_writer.h"
#include "fmt/format.h"

namespace cohort {
namespace {

using Json = nlohmann::json;

const CommandRow& CommandRowOf(CommandKind kind) {
  return kCommandRows[static_cast<std::size_t>(kind)];
}

// A message's id, and what is in it.
Json Message(const std::string& id, std::string_view update,
             std::string_view type, Json body) {
  body["@type"] =
      fmt::format("type.googleapis.com/temporal.api.update.v1.{}", type);
  return {
      {"id", id}, {"protocolInstanceId", update}, {"body", std::move(body)}};
}

Json ProtocolCommand(const std::string& message_id) {
  return {{"commandType", "COMMAND_TYPE_PROTOCOL_MESSAGE"},
          {"protocolMessageCommandAttributes", {{"messageId", message_id}}}};
}

// What an acceptance and a rejection say of the request that they answer.
Json AboutRequest(const char* prefix, std::string_view update,
                  std::int64_t behind_event, const UpdateMessages& updates) {
  Json body = Json::object();
  const auto it = updates.find(update);
  const std::string stem = std::string(prefix) + "Request";
  if (it == updates.end()) {
    // An event admitted it, as after a reset: there was no message.
    body[stem + "MessageId"] = fmt::format("{}/request", update);
    body[stem + "SequencingEventId"] = behind_event;
    return body;
  }
  body[stem + "MessageId"] = it->second.value("id", "");
  if (it->second.contains("eventId")) {
    body[stem + "SequencingEventId"] = it->second["eventId"];
  }
  Json request = it->second.value("body", Json::object());
  request.erase("@type");
  body[stem] = std::move(request);
  return body;
}

Json OutcomeOf(const Command& command) {
  if (command.failure) return {{"failure", FailureJson(*command.failure)}};
  return {{"success", PayloadsJson(command.input)}};
}

}  // namespace

Json PayloadsJson(const Payloads& payloads) {
  std::string text;
  AppendPayloads(text, payloads);
  return Json::parse(text);
}

Json FailureJson(const Failure& failure) {
  std::string text;
  AppendFailure(text, failure);
  return Json::parse(text);
}

std::string RecordingEventJson(const Command& command) {
  EventDraft draft;
  draft.type = RowOf(command.kind).recorded_by;
  draft.subject = command.subject;
  draft.texts = command.texts;
  draft.input = command.input;
  draft.failure = command.failure;
  draft.details = command.details;
  draft.attributes = command.attributes;
  return WriteEvent(draft);
}

Json CommandJson(const Command& command) {
  const CommandRow& row = CommandRowOf(command.kind);
  const Json event = Json::parse(RecordingEventJson(command));
  const EventType recorded_by = RowOf(command.kind).recorded_by;
  Json fields =
      event.value(std::string(RowOf(recorded_by).attributes()), Json::object());
  if (!row.event_field.empty()) {
    const std::string field(row.event_field);
    Json moved = fields.value(field, Json::object());
    fields.erase(field);
    if (row.command_field.empty()) {
      fields.update(moved);
    } else {
      fields[std::string(row.command_field)] = std::move(moved);
    }
  }
  return {
      {"commandType", fmt::format("COMMAND_TYPE_{}", row.type)},
      {fmt::format("{}CommandAttributes", row.attributes), std::move(fields)}};
}

Json CompletionJson(const TurnCompletion& completion, const std::string& queue,
                    const UpdateMessages& updates) {
  Json commands = Json::array();
  Json messages = Json::array();
  for (const Command& command : completion.emission.commands) {
    const bool accepts = command.kind == CommandKind::kAcceptUpdate;
    if (!accepts && command.kind != CommandKind::kCompleteUpdate) {
      commands.push_back(CommandJson(command));
      if (command.kind == CommandKind::kScheduleActivity) {
        Json& name = commands.back()["scheduleActivityTaskCommandAttributes"]
                                    ["taskQueue"]["name"];
        if (name.is_null()) name = queue;
      }
      continue;
    }
    const std::string update(command.key());
    const std::string id = update + (accepts ? "/accept" : "/complete");
    if (accepts) {
      messages.push_back(
          Message(id, update, "Acceptance",
                  AboutRequest("accepted", update, command.subject, updates)));
    } else {
      messages.push_back(Message(
          id, update, "Response",
          {{"meta", {{"updateId", update}}}, {"outcome", OutcomeOf(command)}}));
    }
    commands.push_back(ProtocolCommand(id));
  }
  for (const RejectedUpdate& rejected : completion.emission.rejected) {
    Json body = AboutRequest("rejected", rejected.id, 0, updates);
    body["failure"] = FailureJson(rejected.failure);
    messages.push_back(Message(rejected.id + "/reject", rejected.id,
                               "Rejection", std::move(body)));
  }
  Json request = {{"commands", std::move(commands)},
                  {"messages", std::move(messages)},
                  {"sdkMetadata",
                   {{"langUsedFlags", completion.emission.lang_used_flags},
                    {"coreUsedFlags", completion.emission.core_used_flags},
                    {"sdkName", kSdkName},
                    {"sdkVersion", kSdkVersion}}},
                  {"forceCreateNewWorkflowTask", completion.goes_on}};
  if (!completion.build_id.empty()) {
    request["workerVersionStamp"] = {{"buildId", completion.build_id}};
  }
  return request;
}

}  // namespace cohort
