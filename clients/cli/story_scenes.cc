#include "clients/cli/story_scenes.h"

#include <utility>

namespace usher {
namespace {

constexpr std::int64_t kMonth = 30 * 86'400;
constexpr std::int64_t kStep = 25;  // seconds between two scenes

// Prices of plans.yaml, and one that nobody put there.
constexpr const char* kGrowth = "price_1TestGrowthMonthly";
constexpr const char* kEnterprise = "price_1TestEnterprise";
constexpr const char* kNegotiated = "price_1TestNegotiated";

constexpr const char* kGrowthPlan = "growth@2";
constexpr const char* kEnterprisePlan = "enterprise@1";

StoryAnswer Sso(v1::AccessState state, v1::ReasonCode reason, const std::string& plan = kGrowthPlan) {
  return {.feature = "sso", .state = state, .reason = reason, .plan = plan};
}

// As plans.yaml has them.
const StoryRoles kNobody = {};
const StoryRoles kFreeRoles = {.plan = "free@1", .owner = "viewer", .member = "viewer"};
const StoryRoles kGrowthRoles = {.plan = kGrowthPlan, .owner = "pro_admin", .member = "pro"};

class Telling {
 public:
  Telling(const std::string& tenant, const std::string& tag, std::int64_t now_s)
      : events_(tenant, tag), first_s_(now_s - 9 * kStep) {
    growth_ = {.number = "1", .price = kGrowth, .amount = 9900, .start_s = At(1), .end_s = At(1) + kMonth};
    enterprise_ = {.number = "2", .price = kEnterprise, .amount = 490'000, .start_s = At(3), .end_s = At(1) + kMonth};
    negotiated_ = {.number = "3", .price = kNegotiated, .amount = 7900, .start_s = At(6), .end_s = At(6) + kMonth};
  }

  std::vector<StoryScene> Scenes() {
    return {Before(), Held(), Paid(), UpgradeFails(), Disputed(), Won(), Unmapped(), GivesBack(), Refunded()};
  }

 private:
  // The time of a scene; every event of a scene happens in the same second.
  std::int64_t At(int scene) const { return first_s_ + scene * kStep; }

  StoryScene Before() {
    return {.title = "Acme has bought nothing yet.",
            .remark = "An unknown tenant is answered, not refused.",
            .deliveries = {},
            .answers = {Sso(v1::ACCESS_STATE_NOT_IN_PLAN, v1::REASON_CODE_NOT_INCLUDED, "")},
            .roles = kNobody};
  }

  StoryScene Held() {
    return {.title = "Acme subscribes to Growth. The bank asks for 3-D Secure.",
            .remark = "A subscription intends, a payment proves: held, and the answer says why.",
            .deliveries = {{events_.Subscription("customer.subscription.created", At(1), "incomplete", growth_)},
                           {events_.Invoice("invoice.finalized", At(1), "open", growth_)},
                           {events_.Invoice("invoice.payment_action_required", At(1), "open", growth_)}},
            .answers = {Sso(v1::ACCESS_STATE_HELD, v1::REASON_CODE_AUTHENTICATION_REQUIRED)},
            .roles = kFreeRoles};
  }

  StoryScene Paid() {
    const StoryEvent paid = events_.Invoice("invoice.paid", At(2), "paid", growth_);
    return {.title = "The payer authenticates and the payment succeeds. Stripe reports it twice.",
            .remark = "Granted by the paid invoice, once, however often it is delivered.",
            .deliveries = {{events_.PaymentIntent("payment_intent.succeeded", At(2), "succeeded", growth_)},
                           {events_.Charge("charge.succeeded", At(2), growth_, 0)},
                           {events_.InvoicePaid(At(2), growth_)},
                           {paid},
                           {paid, v1::DISPOSITION_DUPLICATE},
                           {events_.Subscription("customer.subscription.updated", At(2), "active", growth_)}},
            .answers = {Sso(v1::ACCESS_STATE_GRANTED, v1::REASON_CODE_PAID)},
            .roles = kGrowthRoles};
  }

  StoryScene UpgradeFails() {
    return {.title = "Acme upgrades to Enterprise. The card is declined.",
            .remark = "What was paid stays. Only what the new plan would add waits for its payment.",
            .deliveries = {{events_.Invoice("invoice.finalized", At(3), "open", enterprise_)},
                           {events_.Invoice("invoice.payment_failed", At(3), "open", enterprise_)}},
            .answers = {Sso(v1::ACCESS_STATE_GRANTED, v1::REASON_CODE_PAID),
                        {.feature = "audit_log",
                         .state = v1::ACCESS_STATE_PAYMENT_REQUIRED,
                         .reason = v1::REASON_CODE_PAYMENT_FAILED,
                         .plan = kEnterprisePlan}},
            .roles = kGrowthRoles};
  }

  StoryScene Disputed() {
    return {.title = "The card's owner disputes the payment for Growth.",
            .remark = "Suspended at once, and only what this payment gave.",
            .deliveries = {{events_.Dispute("charge.dispute.created", At(4), "needs_response", growth_, At(4))}},
            .answers = {Sso(v1::ACCESS_STATE_SUSPENDED, v1::REASON_CODE_DISPUTED)},
            .roles = kFreeRoles};
  }

  StoryScene Won() {
    return {.title = "Acme Cloud wins the dispute.",
            .remark = "Restored by the same proof: nobody had to remember what was taken.",
            .deliveries = {{events_.Dispute("charge.dispute.closed", At(5), "won", growth_, At(4))}},
            .answers = {Sso(v1::ACCESS_STATE_GRANTED, v1::REASON_CODE_PAID)},
            .roles = kGrowthRoles};
  }

  StoryScene Unmapped() {
    return {.title = "Sales move Acme to a negotiated price that nobody put into plans.yaml. Acme pays it.",
            .remark = "Quarantined: the last proved plan is kept until the catalog learns the price.",
            .deliveries = {{events_.Subscription("customer.subscription.updated", At(6), "active", negotiated_)},
                           {events_.PaymentIntent("payment_intent.succeeded", At(6), "succeeded", negotiated_)},
                           {events_.Charge("charge.succeeded", At(6), negotiated_, 0)},
                           {events_.InvoicePaid(At(6), negotiated_)},
                           {events_.Invoice("invoice.paid", At(6), "paid", negotiated_)}},
            .answers = {Sso(v1::ACCESS_STATE_GRANTED, v1::REASON_CODE_UNMAPPED_PRICE)},
            .roles = kGrowthRoles};
  }

  StoryScene GivesBack() {
    return {.title = "The negotiated price was a mistake: its payment is refunded.",
            .remark = "A refund ends only what it paid for. The paid month of Growth comes back.",
            .deliveries = {{events_.Charge("charge.refunded", At(7), negotiated_, negotiated_.amount)}},
            .answers = {Sso(v1::ACCESS_STATE_GRANTED, v1::REASON_CODE_PAID)},
            .roles = kGrowthRoles};
  }

  StoryScene Refunded() {
    return {.title = "Acme leaves, and gets the payment for Growth back too.",
            .remark = "No proof is left.",
            .deliveries = {{events_.Charge("charge.refunded", At(8), growth_, growth_.amount)},
                           {events_.Invoice("invoice.voided", At(8), "void", enterprise_)},
                           {events_.Subscription("customer.subscription.deleted", At(8), "canceled", growth_)}},
            .answers = {Sso(v1::ACCESS_STATE_SUSPENDED, v1::REASON_CODE_REFUNDED)},
            .roles = kFreeRoles};
  }

  StoryEvents events_;
  const std::int64_t first_s_;
  StorySale growth_;
  StorySale enterprise_;
  StorySale negotiated_;
};

}  // namespace

std::vector<StoryScene> StoryScenes(const std::string& tenant, const std::string& tag, std::int64_t now_s) {
  return Telling(tenant, tag, now_s).Scenes();
}

}  // namespace usher
