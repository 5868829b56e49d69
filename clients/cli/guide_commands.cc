// usher quickstart and usher story.
#include <memory>

#include "clients/cli/command.h"
#include "clients/cli/story.h"

namespace usher {
namespace {

constexpr const char* kQuickstart = R"(The first five minutes with Usher

1. Ask over HTTP. Every call is a POST of JSON, here to the server's HTTP port:

   curl -s http://127.0.0.1:7481/usher.v1.EntitlementService/CheckEntitlement \
     -H 'content-type: application/json' \
     -d '{"tenantId": "acme", "feature": "sso"}'

   A server that was not started with --insecure-dev also wants a key: -H "authorization: Bearer $USHER_API_KEY".
   `decision.allowed` is the answer. `state` and `reason` say why, `remedy` what would turn a no into a yes.

2. Ask from a program. The services are in proto/usher/v1; in C++, with the code that protoc generates from them:

   auto channel = grpc::CreateChannel("127.0.0.1:7480", grpc::InsecureChannelCredentials());
   auto usher = usher::v1::EntitlementService::NewStub(channel);
   usher::v1::CheckEntitlementRequest request;
   request.set_tenant_id("acme");
   request.set_feature("sso");
   usher::v1::CheckEntitlementResponse response;
   grpc::ClientContext context;
   context.AddMetadata("authorization", "Bearer " + api_key);
   const grpc::Status status = usher->CheckEntitlement(&context, request, &response);
   const bool allowed = status.ok() && response.decision().allowed();

3. Let Stripe report payments. In Stripe, point a webhook endpoint at POST /webhooks/stripe of usher-relay, give its
   signing secret to usherd in USHER_STRIPE_WEBHOOK_SECRET_FILE, and write your account id into the metadata
   `usher_tenant` of checkout sessions and subscriptions. `./dev run` shows all of it with events of its own.

Paid in Stripe, but denied?

   usher explain TENANT FEATURE         the facts that the answer rests on, one by one
   usher timeline TENANT                what the tenant had, has and will have

   Nothing known of the tenant    The payment names no tenant. Set the metadata `usher_tenant`, or say whose it is:
                                  usher tenant link TENANT stripe CUSTOMER
   The payment is not a fact      Did it arrive?   usher events list
                                  If not, look at the deliveries of the endpoint in Stripe and let it resend them.
   The event is parked            usher events list --disposition parked     shows the field that could not be read
                                  usher events redrive EVENT                 once the cause is mended
   The event is ignored           Test mode or live mode? USHER_STRIPE_LIVEMODE decides which of them counts.
                                  The /readyz of usherd warns of events that were meant for another server.
   Reason "unmapped price"        The catalog has no such price. Add it to plans.yaml:
                                  usher catalog resolve PRICE                shows what a price means
   Held, payment required         Not paid yet: the bank still asks or works, or the payment failed.
   Suspended                      Disputed, refunded, or stopped by an operator: usher tenant show TENANT
)";

}  // namespace

void AddGuideCommands(CLI::App& app, CommandContext& context) {
  CLI::App* quickstart = app.add_subcommand("quickstart", "the first steps, and what to do when a payer is denied");
  quickstart->callback([&context] {
    context.run = [&context] {
      *context.out << kQuickstart;
      return kExitYes;
    };
  });

  const auto arguments = std::make_shared<StoryArguments>();
  CLI::App* story = app.add_subcommand("story",
                                       "a demonstration: plays the life of a subscription with Stripe events of its "
                                       "own, signed, through a relay, and holds every answer to what it tells");
  story->group("");  // not in the list: nobody needs it to work
  story->add_option("--relay", arguments->relay, "the relay's HTTP address")->capture_default_str();
  story->add_option("--secret-file", arguments->secret_file,
                    "holds the server's webhook secret; else USHER_STRIPE_WEBHOOK_SECRET");
  story->add_option("--clerk-url", arguments->clerk_url,
                    "also make members and read their roles there, where the server brings them");
  story->add_option("--clerk-secret-key-file", arguments->clerk_key_file, "holds the secret key to read with");
  Runs(*story, context, arguments, PlayStory);
}

}  // namespace usher
