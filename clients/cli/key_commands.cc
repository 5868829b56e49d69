// usher keys ...
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "clients/cli/command.h"
#include "clients/cli/numbers.h"
#include "clients/cli/server.h"
#include "clients/cli/table.h"
#include "clients/cli/words.h"

namespace usher {
namespace {

struct KeyArguments {
  std::string name;
  std::vector<std::string> scopes;
  std::string tenant;
  std::string expires_at;
  std::string key_id;
  int limit = 50;
};
using Arguments = std::shared_ptr<KeyArguments>;

const std::map<std::string, v1::KeyScope> kScopeWords = {
    {"check", v1::KEY_SCOPE_CHECK},     {"ingest", v1::KEY_SCOPE_INGEST}, {"roles", v1::KEY_SCOPE_ROLES},
    {"catalog", v1::KEY_SCOPE_CATALOG}, {"admin", v1::KEY_SCOPE_ADMIN},   {"metrics", v1::KEY_SCOPE_METRICS}};

std::string ScopesText(const v1::Key& key) {
  std::string text;
  for (const auto& [word, scope] : kScopeWords) {
    for (const int has : key.scopes()) {
      if (has == scope) text += (text.empty() ? "" : ", ") + word;
    }
  }
  return text;
}

Cell Standing(const v1::Key& key) {
  if (key.has_revoked_at()) return {"revoked " + TimeText(key.revoked_at()), Ink::kRed};
  if (key.has_expires_at()) return {"until " + TimeText(key.expires_at())};
  return {"until revoked", Ink::kDim};
}

int Create(const CommandContext& context, const KeyArguments& arguments) {
  v1::CreateKeyRequest request;
  request.set_name(arguments.name);
  request.set_tenant_id(arguments.tenant);
  for (const std::string& scope : arguments.scopes) request.add_scopes(kScopeWords.at(scope));
  if (!arguments.expires_at.empty()) {
    const absl::StatusOr<Instant> expires_at = ParseInstant(arguments.expires_at);
    if (!expires_at.ok()) return CouldNotAsk(context, "--expires-at: " + StatusMessage(expires_at.status()));
    *request.mutable_expires_at() = ToTimestamp(*expires_at);
  }
  Server server(context.server);
  const auto response = Ask(context, server.keys(), &KeyStub::CreateKey, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  // The key alone goes where answers go, so that it can be sent into a file.
  *context.out << response->secret() << "\n";
  *context.err << response->key().key_id() << " (" << response->key().name() << "): " << ScopesText(response->key())
               << (arguments.tenant.empty() ? "" : ", only tenant " + arguments.tenant)
               << ". The key is shown only now.\n";
  return kExitYes;
}

int List(const CommandContext& context, const KeyArguments& arguments) {
  v1::ListKeysRequest request;
  request.set_page_size(arguments.limit);
  Server server(context.server);
  const auto response = Ask(context, server.keys(), &KeyStub::ListKeys, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  Table table({"key", "name", "scopes", "tenant", "made", "valid"});
  for (const v1::Key& key : response->keys()) {
    table.Add({{key.key_id()},
               {key.name()},
               {ScopesText(key)},
               {key.tenant_id().empty() ? "all" : key.tenant_id()},
               {TimeText(key.created_at())},
               Standing(key)});
  }
  return PrintPage(context, table, "there are no keys", response->next_page_token());
}

int Revoke(const CommandContext& context, const KeyArguments& arguments) {
  v1::RevokeKeyRequest request;
  request.set_key_id(arguments.key_id);
  Server server(context.server);
  const auto response = Ask(context, server.keys(), &KeyStub::RevokeKey, request);
  if (!response) return kExitCouldNotAsk;
  if (PrintedJson(context, *response)) return kExitYes;
  *context.out << response->key().key_id() << " (" << response->key().name() << ") is revoked\n";
  return kExitYes;
}

}  // namespace

void AddKeyCommands(CLI::App& app, CommandContext& context) {
  const Arguments arguments = std::make_shared<KeyArguments>();
  CLI::App* keys = app.add_subcommand("keys", "API keys: who may ask and tell the server what");
  keys->require_subcommand(1);

  CLI::App* create = keys->add_subcommand("create", "makes a key and prints it, once");
  create->add_option("NAME", arguments->name, "what people call it, such as the program that holds it")->required();
  create->add_option("--scope", arguments->scopes, "what it lets its holder do; may be given several times")
      ->required()
      ->delimiter(',')
      ->check(CLI::IsMember(kScopeWords));
  create->add_option("--tenant", arguments->tenant, "the only tenant that it reaches; else all")
      ->check([](const std::string& tenant) {
        // A shell variable that is not set must not make a key for everybody.
        return tenant.empty() ? "expected a tenant, found nothing; leave --tenant out for a key that reaches all" : "";
      });
  create->add_option("--expires-at", arguments->expires_at, "worth nothing from this time on; else until revoked");
  Runs(*create, context, arguments, Create);

  CLI::App* list = keys->add_subcommand("list", "every key, the oldest first, without its secret");
  AddLimit(*list, arguments->limit);
  Runs(*list, context, arguments, List);

  CLI::App* revoke = keys->add_subcommand("revoke", "ends a key at once and for good");
  revoke->add_option("KEY", arguments->key_id, "its id, key_...")->required();
  Runs(*revoke, context, arguments, Revoke);
}

}  // namespace usher
