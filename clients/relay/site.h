// What the relay serves: POST /webhooks/stripe, GET /healthz and GET /readyz, and nothing else. It verifies nothing and
// keeps nothing.
#pragma once

#include <chrono>
#include <optional>

#include "clients/relay/forwarder.h"
#include "server/base/log.h"
#include "server/listener/site.h"

namespace usher {

// The listener's limits before the internet; the counts and sizes are those of `RelayWebhookRequest`.
inline constexpr HttpLimits kRelayLimits{.header_bytes = 32 * 1024,
                                         .headers = 100,
                                         .body_bytes = 1024 * 1024,
                                         .connections = 256,
                                         .header_timeout = std::chrono::milliseconds(10'000),
                                         .body_timeout = std::chrono::milliseconds(10'000),
                                         .write_timeout = std::chrono::milliseconds(10'000)};

class RelaySite final : public HttpSite {
 public:
  // `forwarder` outlives the site, and `log` both.
  RelaySite(Forwarder* forwarder, const Log* log) : forwarder_(*forwarder), log_(*log) {}

  // Asks the server whether it takes webhooks from this relay; a log line says why it does not.
  void Probe();

  // Everything but a webhook and /readyz is answered without its body.
  std::optional<HttpResponse> AnswerHead(const HttpRequest& head) override;
  std::chrono::steady_clock::time_point Answer(HttpRequest request, HttpDone done) override;
  // The senders of the webhooks under way deliver them again.
  void GiveUp() override { forwarder_.CancelAll(); }
  HttpResponse Refuse(HttpRefusal refusal, const HttpLimits& limits) const override;

 private:
  // Of /readyz. False when as many calls as allowed are under way.
  bool TryProbe(HttpDone done);

  // On a thread of gRPC.
  void Record(const HttpResponse& answer, const grpc::Status& status, const v1::RelayWebhookResponse& said) const;

  Forwarder& forwarder_;  // self-synchronised
  const Log& log_;        // any thread
};

}  // namespace usher
