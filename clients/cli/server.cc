#include "clients/cli/server.h"

#include <chrono>
#include <vector>

#include <google/protobuf/util/json_util.h>
#include <grpcpp/support/channel_arguments.h>

#include "clients/channel/channel.h"
#include "server/base/visible.h"

namespace usher {
Server::Server(const ServerOptions& options)
    : channel_(OpenChannel(options, grpc::ChannelArguments())),
      entitlements_(v1::EntitlementService::NewStub(channel_)),
      tenants_(v1::TenantService::NewStub(channel_)),
      events_(v1::EventService::NewStub(channel_)),
      ingest_(v1::IngestService::NewStub(channel_)),
      keys_(v1::KeyService::NewStub(channel_)),
      roles_(v1::RoleService::NewStub(channel_)),
      work_(v1::WorkService::NewStub(channel_)),
      test_clock_(v1::TestClockService::NewStub(channel_)) {}

Question::Question(std::chrono::seconds patience) { context.set_deadline(std::chrono::system_clock::now() + patience); }

void MakeVisible(google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    const bool is_text = field->type() == google::protobuf::FieldDescriptor::TYPE_STRING;
    const bool is_message = field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field->is_repeated()) {
      if (is_text) reflection.SetString(&message, field, Visible(reflection.GetString(message, field)));
      if (is_message) MakeVisible(*reflection.MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (is_text) {
        reflection.SetRepeatedString(&message, field, i, Visible(reflection.GetRepeatedString(message, field, i)));
      }
      if (is_message) MakeVisible(*reflection.MutableRepeatedMessage(&message, field, i));
    }
  }
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  return VisibleLines(json);
}

bool PrintedJson(const CommandContext& context, const google::protobuf::Message& response) {
  if (context.format != "json") return false;
  *context.out << ToJson(response);
  return true;
}

int PrintPage(const CommandContext& context, const Table& rows, const std::string& none,
              const std::string& next_page_token) {
  if (rows.empty()) {
    *context.out << none << "\n";
  } else {
    rows.Print(*context.out, context.colors);
  }
  if (!next_page_token.empty()) *context.out << "there is more: ask with a larger --limit\n";
  return kExitYes;
}

}  // namespace usher
