// The paths of the HTTP port: /healthz, /readyz, and every RPC over Connect.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

#include "server/base/log.h"
#include "server/base/work_pool.h"
#include "server/listener/site.h"
#include "server/service/access.h"
#include "server/service/health.h"
#include "server/service/method_table.h"

namespace usher {

struct HttpFrontLimits {
  std::size_t threads = 16;  // most of them wait for the disk together
  std::size_t queued_requests = 1024;
};

// Callers without a key are refused before their body is read. Where nobody has to show one, only requests that are
// addressed to a loopback host are answered: browsers send web pages' requests to this machine when the page's name is
// pointed here.
//
// /healthz and /readyz need no key. Whoever shows none is told by /readyz whether traffic is welcome, and nothing more:
// the reasons name the store and what fails in it. A loopback address is no credential, for a proxy has one too.
class HttpFront final : public HttpSite {
 public:
  // `report` may wait for the store; it is called on pool threads. `methods` and `log` outlive
  // the front, and so does `access`.
  HttpFront(const MethodTable* methods, std::function<HealthReport()> report, const AccessGate* access, const Log* log,
            const HttpFrontLimits& limits);

  // /healthz, which says that the I/O thread is awake, however much work waits; and the refusal of strangers.
  std::optional<HttpResponse> AnswerHead(const HttpRequest& head) override;
  // On the pool, until the caller's Connect-Timeout-Ms. Work that no longer finds anybody waiting is not begun.
  std::chrono::steady_clock::time_point Answer(HttpRequest request, HttpDone done) override;
  HttpResponse Refuse(HttpRefusal refusal, const HttpLimits& limits) const override;

 private:
  // May wait for the store.
  HttpResponse Work(const HttpRequest& request, std::chrono::steady_clock::time_point deadline) const;

  const MethodTable& methods_;
  const std::function<HealthReport()> report_;
  const AccessGate& access_;
  const Log& log_;
  WorkPool pool_;  // self-synchronised; last, so that its work ends before anything that it uses
};

}  // namespace usher
