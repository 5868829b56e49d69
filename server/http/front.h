// The paths of the HTTP port: /healthz, /readyz, and every RPC over Connect.
#pragma once

#include <functional>

#include "server/base/log.h"
#include "server/http/message.h"
#include "server/service/health.h"
#include "server/service/method_table.h"

namespace usher {

// Answers only requests that are addressed to a loopback host: browsers send web pages' requests to this machine when
// the page's name is pointed here, and nobody has to show a key.
class HttpFront final : public HttpHandler {
 public:
  // `report` may wait for the store; it is called on pool threads. `methods` and `log` outlive
  // the front; `actor` is who every caller is.
  HttpFront(const MethodTable* methods, std::function<HealthReport()> report, std::string actor, const Log* log);

  std::chrono::milliseconds Timeout(const HttpRequest& request) const override;
  std::optional<HttpResponse> AnswerNow(const HttpRequest& request) const override;
  HttpResponse Answer(const HttpRequest& request, std::chrono::steady_clock::time_point deadline) const override;
  HttpResponse Refuse(HttpRefusal refusal) const override;

 private:
  const MethodTable& methods_;
  const std::function<HealthReport()> report_;
  const std::string actor_;
  const Log& log_;
};

}  // namespace usher
