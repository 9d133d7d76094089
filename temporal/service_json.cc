// The one file that sees the service's generated messages whole (5 MB of
// header): they are looked up by name, and spoken to in JSON.
#include <memory>
#include <string>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/temporal/proto_json.h"
#include "cohort/temporal/service.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "temporal/api/workflowservice/v1/request_response.pb.h"

namespace cohort {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

std::unique_ptr<Message> NewMessage(const std::string& name) {
  // Named, so that the linker keeps the messages.
  const auto* file =
      temporal::api::workflowservice::v1::GetSystemInfoRequest::descriptor()
          ->file();
  const Descriptor* type =
      file->pool()->FindMessageTypeByName(file->package() + "." + name);
  if (type == nullptr) return nullptr;
  return std::unique_ptr<Message>(
      MessageFactory::generated_factory()->GetPrototype(type)->New());
}

}  // namespace

absl::StatusOr<nlohmann::json> Service::CallJson(std::string_view method,
                                                 nlohmann::json request,
                                                 const CallOptions& options) {
  const auto sent = NewMessage(std::string(method) + "Request");
  const auto received = NewMessage(std::string(method) + "Response");
  if (sent == nullptr || received == nullptr) {
    return InvalidArgument("the service has no method {}", method);
  }
  if (request.is_null()) request = nlohmann::json::object();
  if (sent->GetDescriptor()->FindFieldByName("namespace") != nullptr &&
      !request.contains("namespace")) {
    request["namespace"] = ns();
  }
  COHORT_RETURN_IF_ERROR(Annotate(
      ParseProtoJson(request.dump(-1, ' ', false,
                                  nlohmann::json::error_handler_t::replace),
                     *sent),
      method));
  COHORT_RETURN_IF_ERROR(Call(method, *sent, *received, options));
  std::string text;
  AppendProtoJson(*received, text);
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace cohort
