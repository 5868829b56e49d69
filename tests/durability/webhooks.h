// An endless stream of webhooks, as a billing system sends them: of many tenants at once, out of order, some twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "server/base/secret.h"
#include "tests/support/stripe/stripe_events.h"

namespace usher {

// The catalog in which its prices are sold, from the root of the repository.
inline constexpr char kWebhookCatalog[] = "tests/testdata/stripe/histories.yaml";
inline constexpr char kWebhookSecretText[] = "whsec_of_the_durability_tests";

struct Webhook {
  std::string id;
  std::string body;
};

// The value of its `Stripe-Signature` header, made now.
std::string SignatureOf(const Webhook& webhook);

// When the histories begin: one after the other, and after 28 of them at the first moment again.
struct Pace {
  std::int64_t first_start = 1'767'225'600;  // 2026-01-01T00:00:00Z, in Unix seconds
  std::int64_t step = 86'400;                // seconds
};

// The first period of each history ends within half a minute from now: boundaries fall due while the stream is served.
Pace PaceOfPeriodsThatEndNow();

// Equal seeds and paces give equal streams. One thread at a time.
class WebhookSource {
 public:
  explicit WebhookSource(unsigned seed, Pace pace = {}) : pace_(pace), random_(seed) {}

  Webhook Next();

  // The body of every webhook that was handed out, by the event's id.
  const std::map<std::string, std::string>& bodies() const { return bodies_; }

 private:
  // Every history that is under way contributes to the window from which the next webhook is drawn.
  static constexpr std::size_t kWindow = 60;
  static constexpr std::size_t kRemembered = 40;

  void AddHistory();
  void AddLink(int number, std::int64_t start);
  void AddSubscription(int number, std::int64_t start);
  void AddMonths(int number, std::int64_t start);
  void AddReversals(int number, std::int64_t start);
  void AddOddities(int number, std::int64_t start);

  // An object's event, in the family of the history's number.
  template <class Object>
  void Add(int number, const char* type, std::int64_t at, const Object& object) {
    AddBody(events_[static_cast<std::size_t>(number % 2)].Event(type, at, object));
  }
  void AddBody(std::string body);

  const Pace pace_;
  std::mt19937 random_;
  stripe_test::StripeEvents events_[2] = {stripe_test::StripeEvents(stripe_test::Family::kClassic),
                                          stripe_test::StripeEvents(stripe_test::Family::kBasil)};
  int histories_ = 0;
  std::vector<Webhook> window_;
  std::deque<Webhook> sent_;  // the last ones, any of which may be sent again
  std::map<std::string, std::string> bodies_;
};

}  // namespace usher
