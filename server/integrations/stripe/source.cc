#include "server/integrations/stripe/source.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/integrations/stripe/event.h"
#include "server/integrations/stripe/signature.h"

namespace usher::stripe {
namespace {

constexpr std::string_view kProvider = "stripe";
constexpr std::string_view kSignatureHeader = "stripe-signature";

bool EqualWithoutCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

SignatureCheck ToCheck(SignatureVerdict verdict) {
  switch (verdict.result) {
    case SignatureResult::kValid: return {.verdict = usher::SignatureVerdict::kGenuine, .message = ""};
    case SignatureResult::kMalformed:
    case SignatureResult::kMismatch:
      return {.verdict = usher::SignatureVerdict::kForged, .message = std::move(verdict.reason)};
    case SignatureResult::kStale:
      return {.verdict = usher::SignatureVerdict::kStale, .message = std::move(verdict.reason)};
  }
  return {};
}

EventVerdict ToEventVerdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFacts: return EventVerdict::kApply;
    case Verdict::kIgnored: return EventVerdict::kIgnore;
    case Verdict::kParked: return EventVerdict::kPark;
  }
  return EventVerdict::kPark;
}

std::string ForeignLivemodeSentence(bool livemode) {
  const std::string theirs = livemode ? "live" : "test";
  const std::string ours = livemode ? "test" : "live";
  return "a webhook endpoint of Stripe's " + theirs + " mode sends here, but this server counts " + ours +
         " mode only; point that endpoint at the server for " + theirs +
         " mode, or, when this is meant to be that server, start it with USHER_STRIPE_LIVEMODE=" +
         (livemode ? "true" : "false") + " and let Stripe resend the events";
}

std::string ForeignAccountSentence(const std::string& account) {
  return "a webhook endpoint sends events of the connected account `" + account +
         "`, but this server counts those of its own account only; let that endpoint listen to events on your "
         "account, not on connected accounts";
}

class Source final : public BillingSource {
 public:
  Source(std::optional<SignatureVerifier> verifier, bool livemode)
      : verifier_(std::move(verifier)), context_{.livemode = livemode, .account = ""} {}

  std::string_view Provider() const override { return kProvider; }

  SignatureCheck Verify(std::string_view raw, std::span<const WebhookHeader> headers,
                        Instant received_at) const override {
    if (!verifier_) {
      return {.verdict = usher::SignatureVerdict::kNoSecret,
              .message = "no secret of a Stripe webhook endpoint is configured: set USHER_STRIPE_WEBHOOK_SECRET"};
    }
    const auto header = std::ranges::find_if(
        headers, [](const WebhookHeader& one) { return EqualWithoutCase(one.name, kSignatureHeader); });
    return ToCheck(verifier_->Verify(header == headers.end() ? std::string_view() : header->value, raw, received_at));
  }

  usher::ParsedEvent Parse(std::string_view raw) const override {
    stripe::ParsedEvent parsed = stripe::Parse(raw, context_);
    return {.scope = {.provider = std::string(kProvider), .account = parsed.account, .livemode = parsed.livemode},
            .id = std::move(parsed.id),
            .type = std::move(parsed.type),
            .created = parsed.created,
            .verdict = ToEventVerdict(parsed.verdict),
            .reason = std::move(parsed.message),
            .path = std::move(parsed.path),
            .facts = std::move(parsed.facts)};
  }

  ScopeCheck CheckScope(const BillingScope& scope) const override {
    if (scope.livemode != context_.livemode) {
      return {.verdict = ScopeVerdict::kForeignLivemode, .message = ForeignLivemodeSentence(scope.livemode)};
    }
    if (scope.account != context_.account) {
      return {.verdict = ScopeVerdict::kForeignAccount, .message = ForeignAccountSentence(scope.account)};
    }
    return {};
  }

  absl::StatusOr<ObjectRef> LinkableObject(std::string_view external_id) const override {
    ObjectRef object{
        .scope = {.provider = std::string(kProvider), .account = context_.account, .livemode = context_.livemode},
        .kind = ObjectKind::kCustomer,
        .id = std::string(external_id)};
    if (external_id.starts_with("cus_")) return object;
    object.kind = ObjectKind::kSubscription;
    if (external_id.starts_with("sub_")) return object;
    return InvalidArgument("\"" + object.id +
                           "\" cannot be linked: expected the id of a Stripe customer (cus_...) or of a subscription "
                           "(sub_...)");
  }

 private:
  const std::optional<SignatureVerifier> verifier_;  // none: nothing can be verified
  const ParseContext context_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BillingSource>> OpenSource(SourceOptions options) {
  std::optional<SignatureVerifier> verifier;
  if (!options.secrets.empty()) {
    absl::StatusOr<SignatureVerifier> created = SignatureVerifier::Create(std::move(options.secrets));
    if (!created.ok()) return created.status();
    verifier = *std::move(created);
  }
  return std::make_unique<Source>(std::move(verifier), options.livemode);
}

}  // namespace usher::stripe
