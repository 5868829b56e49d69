// The paths of the HTTP port: /healthz, /readyz, /metrics, and every RPC over Connect.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "server/base/log.h"
#include "server/base/work_pool.h"
#include "server/listener/site.h"
#include "server/service/access.h"
#include "server/service/call_stats.h"
#include "server/service/health.h"
#include "server/service/method_table.h"

namespace usher {

struct HttpFrontLimits {
  std::size_t threads = 16;  // most of them wait for the disk together
  std::size_t queued_requests = 1024;
  std::size_t queued_scrapes = 8;
};

// What the front shows and asks. All pointers outlive it.
struct HttpFrontParts {
  const MethodTable* methods = nullptr;
  const AccessGate* access = nullptr;
  const Log* log = nullptr;
  CallStats* calls = nullptr;
  std::function<HealthReport()> report = {};  // may wait for the store; called on pool threads
  std::function<std::string()> metrics = {};  // the text of /metrics; called on a thread of its own
  bool metrics_without_key = false;           // the port is for this machine alone
};

// Callers without a key are refused before their body is read. Where nobody has to show one, only requests that are
// addressed to a loopback host are answered: browsers send web pages' requests to this machine when the page's name is
// pointed here.
//
// /healthz and /readyz need no key. Whoever shows none is told by /readyz whether traffic is welcome, and nothing more:
// the reasons name the store and what fails in it. A loopback address is no credential, for a proxy has one too.
//
// /metrics needs a key with the scope metrics that is bound to no tenant, or none where `metrics_without_key` says so
// and the request is addressed to a loopback host. One thread makes it, which nothing else waits for.
class HttpFront final : public HttpSite {
 public:
  HttpFront(HttpFrontParts parts, const HttpFrontLimits& limits);

  // From now on RPCs are refused: the server is stopping. What runs goes on, and health and metrics are still told.
  void Close() { closed_ = true; }

  // /healthz, which says that the I/O thread is awake, however much work waits; and the refusal of strangers.
  std::optional<HttpResponse> AnswerHead(const HttpRequest& head) override;
  // On the pool, until the caller's Connect-Timeout-Ms. Work that no longer finds anybody waiting is not begun.
  std::chrono::steady_clock::time_point Answer(HttpRequest request, HttpDone done) override;
  HttpResponse Refuse(HttpRefusal refusal, const HttpLimits& limits) const override;

 private:
  // May wait for the store.
  HttpResponse Work(const HttpRequest& request, std::chrono::steady_clock::time_point deadline) const;

  absl::Status MayReadMetrics(const HttpRequest& head) const;
  // The refusal of a call that was not begun, counted.
  HttpResponse Uncalled(const HttpRequest& request, const absl::Status& error) const;

  const HttpFrontParts parts_;
  std::atomic<bool> closed_{false};
  WorkPool scrapes_;
  WorkPool pool_;  // self-synchronised; last, so that its work ends before anything that it uses
};

}  // namespace usher
