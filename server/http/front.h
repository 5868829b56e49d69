// The paths of the HTTP port: /healthz, /readyz, /metrics, and every RPC over Connect.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
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
  std::size_t check_threads = 4;       // for what is answered from memory
  std::size_t threads = 16;            // for what may wait; most of them wait for the disk together
  std::size_t queued_requests = 1024;  // for either
  std::size_t queued_bytes = std::size_t{64} * 1024 * 1024;  // bodies of requests that were not answered yet
  std::size_t queued_scrapes = 8;
  std::size_t queued_probes = 64;
};

// What the front shows and asks. All pointers outlive it.
struct HttpFrontParts {
  const MethodTable* methods = nullptr;
  const AccessGate* access = nullptr;
  const Log* log = nullptr;
  CallStats* calls = nullptr;
  std::function<HealthReport()> checks = {};  // what decides readiness; called on a thread of its own
  std::function<HealthReport()> report = {};  // that and what a person should know; may wait for the store
  std::function<std::string()> metrics = {};  // the text of /metrics; called on a thread of its own
  bool metrics_without_key = false;           // the port is for this machine alone
};

// Callers without a key are refused before their body is read. Where nobody has to show one, only requests that are
// addressed to a loopback host are answered: browsers send web pages' requests to this machine when the page's name is
// pointed here.
//
// /healthz, /readyz and /metrics are the same with a query, and take no body: nobody holds a connection with one.
//
// /healthz and /readyz need no key. Whoever shows none is told by /readyz whether traffic is welcome, and nothing more:
// the reasons name the store and what fails in it. A loopback address is no credential, for a proxy has one too. One
// thread makes what strangers are told; it reads nothing that grows.
//
// Checks are answered by threads that never wait; whatever waits for the store does so on others.
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
  // On a pool, until the caller's Connect-Timeout-Ms. Work that no longer finds anybody waiting is not begun.
  std::chrono::steady_clock::time_point Answer(HttpRequest request, HttpDone done) override;
  HttpResponse Refuse(HttpRefusal refusal, const HttpLimits& limits) const override;

 private:
  struct Call;
  struct Queue {
    Queue(std::size_t threads, std::size_t most) : pool(threads, most) {}
    std::atomic<std::size_t> bytes{0};  // of the bodies of calls that were not answered yet
    WorkPool pool;
  };

  std::chrono::steady_clock::time_point AnswerReadiness(const HttpRequest& request, HttpDone done);
  void Submit(const std::shared_ptr<Call>& call, bool may_wait);
  void Run(const std::shared_ptr<Call>& call, bool may_wait);

  absl::Status MayReadMetrics(const HttpRequest& head) const;
  // The refusal of a call that was not begun, counted.
  HttpResponse Uncalled(const HttpRequest& request, const absl::Status& error) const;

  const HttpFrontParts parts_;
  std::atomic<bool> closed_{false};
  const std::size_t most_queued_bytes_;
  // Self-synchronised; last, so that their work ends before anything that it uses.
  WorkPool scrapes_;
  WorkPool probes_;
  Queue waiting_;
  Queue checks_;  // hands on to the one above
};

}  // namespace usher
