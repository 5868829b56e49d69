#include "clients/cli/story.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "catalog/absl_bridge.h"
#include "clients/cli/role_text.h"
#include "clients/cli/server.h"
#include "clients/cli/story_roles.h"
#include "clients/cli/story_scenes.h"
#include "clients/cli/table.h"
#include "clients/cli/words.h"
#include "server/base/secret.h"
#include "server/base/visible.h"
#include "server/integrations/stripe/signature.h"
#include "server/outbound/http_client.h"

namespace usher {
namespace {

constexpr int kMostTenants = 99;
constexpr std::chrono::milliseconds kRelayPatience{15'000};
constexpr std::size_t kLabelColumns = 11;

std::int64_t NowMillis() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

// Short, and unlike that of another telling.
std::string TagOf(std::int64_t number) {
  std::string tag;
  for (; number > 0; number /= 36) tag.insert(0, 1, "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]);
  return tag;
}

std::string FirstLineOf(const std::string& path) {
  std::string text;
  std::ifstream file(path);
  std::getline(file, text);
  return text;
}

absl::StatusOr<Secret> ReadSecret(const StoryArguments& arguments) {
  std::string text;
  if (arguments.secret_file.empty()) {
    const char* set = std::getenv("USHER_STRIPE_WEBHOOK_SECRET");
    text = set == nullptr ? "" : set;
  } else {
    text = FirstLineOf(arguments.secret_file);
  }
  if (text.empty()) {
    return InvalidArgument(
        "the story needs the webhook secret that the server verifies with: --secret-file FILE or "
        "USHER_STRIPE_WEBHOOK_SECRET");
  }
  return Secret(text);
}

// What the relay said about one delivery.
struct Reply {
  int status = 0;
  std::string disposition;  // empty: none
  std::string text;         // the reason, or the message of an error
};

Reply ReadReply(const HttpAnswer& answer) {
  Reply reply{.status = answer.status, .disposition = "", .text = ""};
  google::protobuf::Struct json;
  if (!google::protobuf::util::JsonStringToMessage(answer.body, &json).ok()) return reply;
  const auto text = [&](const char* name) {
    const auto found = json.fields().find(name);
    return found == json.fields().end() ? std::string() : Visible(found->second.string_value());
  };
  reply.disposition = text("disposition");
  reply.text = answer.status == 200 ? text("reason") : text("message");
  return reply;
}

class StoryTeller {
 public:
  StoryTeller(const CommandContext& context, const StoryArguments& arguments, Secret secret)
      : context_(context),
        url_(arguments.relay + "/webhooks/stripe"),
        secret_(std::move(secret)),
        server_(context.server) {
    if (!arguments.clerk_url.empty())
      clerk_.emplace(arguments.clerk_url, Secret(FirstLineOf(arguments.clerk_key_file)));
  }

  // Exit code.
  int Tell() {
    const std::optional<std::string> tenant = ChooseTenant();
    if (!tenant) return kExitCouldNotAsk;
    tenant_ = *tenant;
    const std::int64_t now_ms = NowMillis();
    *context_.out << Paint("The story of a subscription", Ink::kBold, context_.colors) << "\n"
                  << "Signed Stripe events go to " << url_ << "; the server at " << context_.server.address
                  << " is asked\nwhat tenant " << tenant_ << " may do. Growth has the feature sso, Enterprise has "
                  << "audit_log as well.\n";
    users_ = StoryUsers(TagOf(now_ms));
    if (clerk_) {
      *context_.out << "Its users are " << users_[0].name << ", an " << users_[0].kind << ", and " << users_[1].name
                    << ", a " << users_[1].kind << ". Their roles are what Clerk at " << clerk_->url()
                    << "\nhas of them: the server brings them there by itself.\n";
    }
    int number = 0;
    for (const StoryScene& scene : StoryScenes(tenant_, TagOf(now_ms), now_ms / 1000)) {
      *context_.out << "\n"
                    << Paint(std::to_string(number++) + "  " + scene.title, Ink::kBold, context_.colors) << "\n";
      if (const int code = Play(scene); code != kExitYes) return code;
      *context_.out << "   " << Paint(scene.remark, Ink::kDim, context_.colors) << "\n";
    }
    *context_.out << "\n"
                  << Paint("Every answer was the one that the story tells.", Ink::kGreen, context_.colors) << "\n";
    return kExitYes;
  }

 private:
  // The first of acme, acme-2, ... that has no history: an older telling would mix with this one.
  std::optional<std::string> ChooseTenant() {
    for (int i = 1; i <= kMostTenants; ++i) {
      const std::string tenant = i == 1 ? "acme" : "acme-" + std::to_string(i);
      const std::optional<v1::Decision> decision = Check(tenant, "sso");
      if (!decision) return std::nullopt;
      if (!decision->tenant_known()) return tenant;
    }
    CouldNotAsk(context_, "the story was told to this server 99 times; start it with an empty store");
    return std::nullopt;
  }

  std::optional<v1::Decision> Check(const std::string& tenant, const std::string& feature) {
    v1::CheckEntitlementRequest request;
    request.set_tenant_id(tenant);
    request.set_feature(feature);
    const auto response = Ask(context_, server_.entitlements(), &EntitlementStub::CheckEntitlement, request);
    if (!response) return std::nullopt;
    return response->decision();
  }

  int Play(const StoryScene& scene) {
    for (const StoryDelivery& delivery : scene.deliveries) {
      if (const int code = Deliver(delivery); code != kExitYes) return code;
    }
    for (const StoryAnswer& expected : scene.answers) {
      const std::optional<v1::Decision> decision = Check(tenant_, expected.feature);
      if (!decision) return kExitCouldNotAsk;
      PrintAnswer(*decision);
      if (!Agrees(*decision, expected)) return kExitNo;
      version_ = decision->tenant_version();
    }
    return clerk_ && !scene.roles.plan.empty() ? ShowRoles(scene.roles) : kExitYes;
  }

  // What Clerk has of every user, once the server has brought it there.
  int ShowRoles(const StoryRoles& expected) {
    for (const StoryUser& user : users_) {
      if (const int code = Join(user); code != kExitYes) return code;
    }
    joined_ = true;
    for (const StoryUser& user : users_) {
      const auto roles = clerk_->Await(user.id, version_);
      if (!roles.ok()) {
        return CouldNotAsk(context_, "no Clerk answers at " + clerk_->url() + " (" + StatusMessage(roles.status()) +
                                         "); name it with --clerk-url URL and --clerk-secret-key-file FILE");
      }
      Line(user.name, Ink::kMagenta, user.kind + ", " + (*roles ? MetadataText(**roles) : "nothing"));
      const std::string role = RoleOf(expected, user.kind);
      const bool agrees = *roles && (*roles)->plan() == expected.plan && (*roles)->roles_size() == 1 &&
                          (*roles)->roles(0) == role && (*roles)->version() >= version_;
      if (agrees) continue;
      *context_.err << "usher: the story tells that " << user.name << " is " << role << " by " << expected.plan
                    << "; look at: usher --server " << context_.server.address << " roles sync " << tenant_
                    << " --dry-run\n";
      return kExitNo;
    }
    return kExitYes;
  }

  // Makes the user a member as soon as the tenant is known.
  int Join(const StoryUser& user) {
    if (joined_) return kExitYes;
    v1::PutMemberRequest request;
    request.set_tenant_id(tenant_);
    request.set_user_id(user.id);
    request.set_kind(user.kind);
    return Ask(context_, server_.roles(), &RoleStub::PutMember, request) ? kExitYes : kExitCouldNotAsk;
  }

  int Deliver(const StoryDelivery& delivery) {
    const StoryEvent& event = delivery.event;
    const std::string signature = stripe::SignatureHeader(secret_, NowMillis() / 1000, event.body);
    const absl::StatusOr<HttpAnswer> answer =
        relay_.Call({.method = "POST",
                     .url = url_,
                     .headers = {{"Content-Type", "application/json"}, {"Stripe-Signature", signature}},
                     .body = event.body},
                    kRelayPatience);
    if (!answer.ok()) {
      return CouldNotAsk(context_, "no relay answers at " + url_ + " (" + StatusMessage(answer.status()) +
                                       "); start usher-relay, or name it with --relay URL");
    }
    const Reply reply = ReadReply(*answer);
    std::string type = event.type;
    type.resize(40, ' ');
    const bool as_told =
        reply.status == 200 && "DISPOSITION_" + reply.disposition == v1::Disposition_Name(delivery.disposition);
    const std::string became = reply.status == 200 ? reply.disposition : "HTTP " + std::to_string(reply.status);
    Line("event", Ink::kDim,
         type + Paint(became, as_told ? Ink::kPlain : Ink::kRed, context_.colors) +
             (reply.text.empty() ? "" : "  " + reply.text));
    if (as_told) return kExitYes;
    *context_.err << "usher: the story tells that " << event.id << " becomes " << DispositionWord(delivery.disposition)
                  << "; look at: usher events show " << event.id << "\n";
    return kExitNo;
  }

  void PrintAnswer(const v1::Decision& decision) {
    const std::string verdict = decision.allowed() ? "allowed" : "denied";
    const std::string state = StateWord(decision.state());
    const std::string reason(ReasonSentence(decision.reason()));
    Line(decision.feature(), Ink::kCyan,
         Paint(verdict, decision.allowed() ? Ink::kGreen : Ink::kRed, context_.colors) + ", " +
             Paint(state, StateInk(decision.state()), context_.colors) + ": " + reason);
    const std::string value = ValueText(decision.value());
    std::string given = decision.plan();
    if (!value.empty()) given += (given.empty() ? "value " : ", value ") + value;
    if (decision.has_valid_until()) {
      given += (given.empty() ? "until " : ", until ") + TimeText(decision.valid_until()) +
               (decision.provisional() ? " unless a payment moves it" : "");
    }
    if (!given.empty()) Line("", Ink::kPlain, given);
    const std::string remedy = RemedySentence(decision.remedy());
    if (!remedy.empty()) Line("", Ink::kPlain, "to do: " + remedy);
  }

  void Line(std::string label, Ink ink, const std::string& text) {
    label.resize(kLabelColumns, ' ');
    *context_.out << "   " << Paint(label, ink, context_.colors) << text << "\n";
  }

  bool Agrees(const v1::Decision& decision, const StoryAnswer& expected) {
    const bool allowed = expected.state == v1::ACCESS_STATE_GRANTED;
    if (decision.allowed() == allowed && decision.state() == expected.state && decision.reason() == expected.reason &&
        decision.plan() == expected.plan) {
      return true;
    }
    *context_.err << "usher: the story tells that " << expected.feature << " is " << StateWord(expected.state) << ", "
                  << ReasonWord(expected.reason) << (expected.plan.empty() ? "" : ", by " + expected.plan)
                  << "; the server answers " << StateWord(decision.state()) << ", " << ReasonWord(decision.reason())
                  << (decision.plan().empty() ? "" : ", by " + decision.plan()) << ". Look at: usher --server "
                  << context_.server.address << " explain " << tenant_ << " " << expected.feature << "\n";
    return false;
  }

  const CommandContext& context_;
  const std::string url_;
  const Secret secret_;
  const HttpClient relay_{HttpPeer::kNeighbour, {}};
  Server server_;
  std::optional<ClerkReader> clerk_;  // without one the story has no members
  std::string tenant_;
  std::vector<StoryUser> users_;
  bool joined_ = false;
  std::int64_t version_ = 0;  // of the tenant, in the last answer
};

}  // namespace

int PlayStory(const CommandContext& context, const StoryArguments& arguments) {
  const absl::StatusOr<Secret> secret = ReadSecret(arguments);
  if (!secret.ok()) return CouldNotAsk(context, StatusMessage(secret.status()));
  return StoryTeller(context, arguments, *secret).Tell();
}

}  // namespace usher
