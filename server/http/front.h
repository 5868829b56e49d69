// The paths of the HTTP port: /healthz, /readyz, and every RPC over Connect.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "server/base/log.h"
#include "server/base/work_pool.h"
#include "server/listener/site.h"
#include "server/service/health.h"
#include "server/service/method_table.h"

namespace usher {

struct HttpFrontLimits {
  std::size_t threads = 16;  // most of them wait for the disk together
  std::size_t queued_requests = 1024;
};

// Answers only requests that are addressed to a loopback host: browsers send web pages' requests to this machine when
// the page's name is pointed here, and nobody has to show a key.
class HttpFront final : public HttpSite {
 public:
  // `report` may wait for the store; it is called on pool threads. `methods` and `log` outlive
  // the front; `actor` is who every caller is.
  HttpFront(const MethodTable* methods, std::function<HealthReport()> report, std::string actor, const Log* log,
            const HttpFrontLimits& limits);

  // /healthz, which says that the I/O thread is awake, however much work waits.
  std::optional<HttpResponse> AnswerHead(const HttpRequest& head) override;
  // On the pool, until the caller's Connect-Timeout-Ms. Work that no longer finds anybody waiting is not begun.
  std::chrono::steady_clock::time_point Answer(HttpRequest request, HttpDone done) override;
  HttpResponse Refuse(HttpRefusal refusal, const HttpLimits& limits) const override;

 private:
  // May wait for the store.
  HttpResponse Work(const HttpRequest& request, std::chrono::steady_clock::time_point deadline) const;

  const MethodTable& methods_;
  const std::function<HealthReport()> report_;
  const std::string actor_;
  const Log& log_;
  WorkPool pool_;  // self-synchronised; last, so that its work ends before anything that it uses
};

}  // namespace usher
