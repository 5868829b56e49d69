#include "server/app/app.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <absl/base/thread_annotations.h>

#include "catalog/absl_bridge.h"
#include "catalog/parse/finding.h"
#include "catalog/parse/load.h"
#include "server/app/catalog_source.h"
#include "server/app/forward_clock.h"
#include "server/app/library_logs.h"
#include "server/app/payload_key.h"
#include "server/app/system_clock.h"
#include "server/base/catalog_files.h"
#include "server/base/mutex.h"
#include "server/engine/activate.h"
#include "server/engine/deliver.h"
#include "server/engine/ingest.h"
#include "server/engine/keys.h"
#include "server/engine/projection.h"
#include "server/engine/record.h"
#include "server/engine/retention.h"
#include "server/engine/roles.h"
#include "server/engine/schedule.h"
#include "server/engine/test_clock.h"
#include "server/engine/writer.h"
#include "server/http/front.h"
#include "server/integrations/clerk/provider.h"
#include "server/integrations/stripe/source.h"
#include "server/listener/listener.h"
#include "server/metrics/metrics_text.h"
#include "server/metrics/store_gauges.h"
#include "server/rpc/grpc_server.h"
#include "server/service/access.h"
#include "server/service/call_stats.h"
#include "server/service/readiness.h"
#include "server/service/services.h"
#include "server/tls/tls_watch.h"

namespace usher {
namespace {

// So many run well within one lease, and one commit claims them all.
constexpr std::size_t kBoundariesPerClaim = 32;
// Of different tenants: the roles of one are brought in step one after the other.
constexpr int kRoleWorkers = 4;
// Some days: an identity provider that is down is down for everybody, and nobody should have to redrive all users.
constexpr std::int64_t kMostRoleAttempts = 2000;
// Who callers are while nobody has to say who they are.
constexpr char kDevActor[] = "insecure-dev";
constexpr char kFileActor[] = "file";

std::unique_ptr<IdentityProvider> MakeIdentityProvider(const Config& config) {
  if (!config.clerk) return nullptr;
  return std::make_unique<clerk::ClerkProvider>(
      clerk::ClerkOptions{.url = config.clerk->url, .secret_key = config.clerk->secret_key});
}

absl::StatusOr<ActivationRequest> LoadForActivation(const Config& config, const Log& log) {
  const absl::StatusOr<std::vector<SourceFile>> files = ReadCatalogFiles({config.catalog});
  if (!files.ok()) return files.status();
  const LoadResult loaded = LoadCatalog(*files);
  for (const Finding& finding : loaded.findings) {
    if (finding.severity == Severity::kError) {
      log.Error("catalog", {{"finding", FormatFinding(finding)}});
    } else {
      log.Warning("catalog", {{"finding", FormatFinding(finding)}});
    }
  }
  if (loaded.catalog == nullptr) {
    return InvalidArgument("the catalog " + config.catalog + " has errors: see `usher catalog validate " +
                           config.catalog + "`");
  }
  return ActivationRequest{.catalog = loaded.catalog,
                           .source = JoinSources(*files),
                           .actor = kFileActor,
                           .allow_changed_content = config.insecure_dev};
}

// Null when the server is to speak plaintext.
absl::StatusOr<std::unique_ptr<TlsWatch>> StartTls(const Config& config, const Log* log) {
  if (config.tls_cert.empty()) return nullptr;
  return TlsWatch::Start({.certificate = config.tls_cert, .key = config.tls_key, .client_ca = config.tls_client_ca},
                         log);
}

}  // namespace

// In the order in which they are built; what stands later uses what stands earlier.
class App::Parts {
 public:
  Parts(const Config& config, std::unique_ptr<Store> store, std::unique_ptr<BillingSource> stripe, PayloadSeal seal,
        std::unique_ptr<TlsWatch> tls, const Log* log)
      : log_(*log),
        library_logs_(log),
        store_(std::move(store)),
        stripe_(std::move(stripe)),
        seal_(std::move(seal)),
        tls_(std::move(tls)),
        identity_(MakeIdentityProvider(config)),
        test_clock_(config.test_clock ? std::make_unique<TestClock>(forward_clock_) : nullptr),
        retention_(writer_, machine_clock_, config.event_retention),
        access_(config.insecure_dev ? AccessGate(Principal{.name = kDevActor, .scopes = {Scope::kAdmin}, .tenant = {}})
                                    : AccessGate(&keys_, &machine_clock_)),
        front_({.methods = &methods_,
                .access = &access_,
                .log = &log_,
                .calls = &calls_,
                .checks = [this] { return CheckReadiness(*store_, writer_, projection_, stopping_); },
                .report = [this] { return Report(); },
                .metrics = [this] { return MetricsText(metrics_); },
                .metrics_without_key = IsLoopback(config.http)},
               HttpFrontLimits{}) {}

  ~Parts() { StopWork(); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  absl::Status Start(const Config& config, const ActivationRequest& request) {
    if (const absl::Status timed = StartClock(); !timed.ok()) return timed;
    const absl::StatusOr<Activation> activation = activator_.Activate(request);
    if (!activation.ok()) return activation.status();
    for (const std::string& warning : activation->warnings) log_.Warning("catalog", {{"warning", warning}});
    if (const absl::Status working = StartWork(); !working.ok()) return working;

    if (const absl::Status loaded = keys_.Load(); !loaded.ok()) return loaded;
    if (!access_.is_open() && !keys_.HasAdmin()) {
      log_.Warning("nobody has an admin key: stop the server and run `usherd init --store " + config.store + "`");
    }

    absl::StatusOr<std::unique_ptr<GrpcServer>> grpc = GrpcServer::Start(
        config.grpc.ToString(), services_,
        {.access = access_, .log = log_, .calls = calls_, .tls = tls_.get(), .reflection = config.reflection});
    if (!grpc.ok()) return grpc.status();
    grpc_ = *std::move(grpc);
    absl::StatusOr<std::unique_ptr<HttpListener>> http =
        HttpListener::Start(config.http, HttpLimits{}, &front_, tls_.get());
    if (!http.ok()) return http.status();
    http_ = *std::move(http);

    if (config.stripe_webhook_secrets.empty()) {
      log_.Warning(
          "webhooks of Stripe are refused: the server has no secret of their endpoint; give it with "
          "--stripe-webhook-secret-file");
    }
    grpc_->SetServing(true);
    log_.Info("ready", {{"grpc_port", std::int64_t{grpc_->port()}},
                        {"http_port", std::int64_t{http_->port()}},
                        {"store", config.store},
                        {"catalog", config.catalog},
                        {"generation", activation->generation},
                        {"stripe_livemode", config.stripe_livemode},
                        {"identity_provider", identity_ == nullptr ? std::string_view("none") : identity_->Name()},
                        {"insecure_dev", config.insecure_dev},
                        {"tls", tls_ != nullptr}});
    return absl::OkStatus();
  }

  void Stop(std::chrono::milliseconds delay, std::chrono::milliseconds drain) {
    stopping_ = true;
    grpc_->SetServing(false);
    log_.Info("stopping", {{"delay_ms", std::int64_t{delay.count()}}, {"drain_ms", std::int64_t{drain.count()}}});
    PauseFor(delay);
    front_.Close();
    // What they are at ends while calls drain; what is left is there at the next start.
    RequestStopWork();
    const auto drained = std::chrono::steady_clock::now() + drain;
    grpc_->Stop(drain);
    // Last, so that health and metrics are told as long as anything runs.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(drained - std::chrono::steady_clock::now());
    http_->Stop(std::max(left, std::chrono::milliseconds(0)));
    StopWork();
  }

 private:
  struct NamedWorker {
    std::string name;
    std::unique_ptr<Worker> worker;
  };

  absl::Status StartClock() {
    if (test_clock_ != nullptr) {
      log_.Warning("the server's time can be moved by its callers: it was started with --test-clock");
      return test_clock_->Load(*store_);
    }
    const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_->Read();
    if (!reader.ok()) return reader.status();
    const absl::StatusOr<bool> moved = HasTestClock(**reader);
    if (!moved.ok()) return moved.status();
    if (*moved) {
      log_.Warning(
          "this store has lived on a test clock and may hold facts of the future; to go on with it start the server "
          "with --test-clock");
    }
    return absl::OkStatus();
  }

  absl::Status StartWork() {
    const absl::Status asked = writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) {
      for (const WorkKind kind : kWorkKinds) {
        const Instant now = (kind == WorkKind::kBoundary ? clock_ : machine_clock_).Now();
        const absl::Status reclaimed = transaction.ReclaimWork(kind, now, now + LongestWait(BackOffPolicy()));
        if (!reclaimed.ok()) return reclaimed;
      }
      return transaction.EnqueueWork(RetentionWork(), machine_clock_.Now());
    });
    if (!asked.ok()) return asked;
    StartWorker("boundaries", clock_,
                {.kinds = {WorkKind::kBoundary},
                 .run = [this](const WorkRow& row) { return scheduler_.RunBoundary(row); },
                 .batch = kBoundariesPerClaim});
    StartWorker("upkeep", machine_clock_,
                {.kinds = {WorkKind::kRetention, WorkKind::kCatalog},
                 .run = [this](const WorkRow& row) { return RunUpkeep(row); }});
    for (int i = 0; i < kRoleWorkers && role_sync_ != nullptr; ++i) {
      StartWorker("roles", machine_clock_,
                  {.kinds = {WorkKind::kRoles},
                   .run = [this](const WorkRow& row) { return role_sync_->Run(row); },
                   .most_attempts = kMostRoleAttempts});
    }
    return absl::OkStatus();
  }

  // A worker of kinds that fall due by `clock`. Several may have one name: they do the same.
  void StartWorker(std::string name, const Clock& clock, WorkerOptions options) {
    options.report = [this](const std::string& problem) { WarnOfWork(problem); };
    auto worker = std::make_unique<Worker>(*store_, writer_, clock, machine_clock_, std::move(options));
    const MutexLock lock(workers_mutex_);
    workers_.push_back({.name = std::move(name), .worker = std::move(worker)});
  }

  void WarnOfWork(const std::string& problem) { log_.Warning("work", {{"problem", problem}}); }

  std::vector<Worker*> Workers() {
    const MutexLock lock(workers_mutex_);
    std::vector<Worker*> workers;
    for (const NamedWorker& named : workers_) workers.push_back(named.worker.get());
    return workers;
  }

  HealthReport Report() {
    HealthReport report = CheckReadiness(*store_, writer_, projection_, stopping_);
    AddCounts(*store_, ingest_, report);
    {
      const MutexLock lock(workers_mutex_);
      for (const NamedWorker& named : workers_) AddWorker(named.name, named.worker->trouble(), report);
    }
    if (identity_ != nullptr) {
      AddIdentityProvider(identity_->Name(), identity_->Contact(), std::chrono::steady_clock::now(), report);
    }
    if (tls_ != nullptr) AddCertificate(tls_->Current()->expires, tls_->problem(), machine_clock_.Now(), report);
    return report;
  }

  std::optional<Instant> CertificateExpires() const {
    if (tls_ == nullptr) return std::nullopt;
    return tls_->Current()->expires;
  }

  void RequestStopWork() {
    for (Worker* worker : Workers()) worker->RequestStop();
    if (role_sync_ != nullptr) role_sync_->RequestStop();
  }

  // Workers wake each other: none may go while another runs.
  void StopWork() {
    RequestStopWork();
    for (Worker* worker : Workers()) worker->Stop();
  }

  WorkResult RunUpkeep(const WorkRow& row) {
    return row.kind == WorkKind::kCatalog ? scheduler_.RunCatalogPass(row) : retention_.Run(row);
  }

  // What waits for an identity provider that there is not.
  std::vector<WorkKind> IdleKinds() const {
    return role_sync_ == nullptr ? std::vector{WorkKind::kRoles} : std::vector<WorkKind>();
  }

  void Wake(WorkKind kind, Instant due) {
    for (Worker* worker : Workers()) worker->Wake(kind, due);
  }

  void WakeAll() {
    for (Worker* worker : Workers()) worker->WakeNow();
  }

  const Log& log_;
  const LibraryLogs library_logs_;
  const SystemClock machine_clock_;
  const ForwardClock forward_clock_{machine_clock_};
  const std::unique_ptr<Store> store_;
  const std::unique_ptr<BillingSource> stripe_;
  const PayloadSeal seal_;
  const std::unique_ptr<TlsWatch> tls_;               // null: plaintext
  const std::unique_ptr<IdentityProvider> identity_;  // null: nobody keeps roles
  const std::unique_ptr<TestClock> test_clock_;       // null without --test-clock
  // What time it is for everything but signatures, keys, leases and retention.
  const Clock& clock_ = test_clock_ != nullptr ? static_cast<const Clock&>(*test_clock_) : forward_clock_;
  const BillingSources sources_{{std::string(stripe_->Provider()), stripe_.get()}};
  std::atomic<bool> stopping_ = false;

  Projection projection_;
  Writer writer_{*store_, projection_, [this](WorkKind kind, Instant due) { Wake(kind, due); }};
  Activator activator_{*store_, writer_, projection_, clock_};
  Ingest ingest_{*store_, writer_, projection_, clock_, machine_clock_, sources_, seal_};
  Recorder recorder_{*store_, writer_, projection_, clock_, sources_};
  Scheduler scheduler_{writer_, projection_, clock_, machine_clock_};
  Retention retention_;
  // Null without an identity provider: the work that waits for one stays where it is.
  const std::unique_ptr<RoleSync> role_sync_ =
      identity_ == nullptr ? nullptr
                           : std::make_unique<RoleSync>(*store_, projection_, clock_, *identity_,
                                                        [this](const std::string& problem) { WarnOfWork(problem); });

  Mutex workers_mutex_;
  std::vector<NamedWorker> workers_ ABSL_GUARDED_BY(workers_mutex_);  // until the end of the server

  Keys keys_{*store_, writer_, machine_clock_};
  const AccessGate access_;

  EntitlementService entitlement_{store_.get(), &projection_, &clock_, LoadJoined};
  IngestService ingest_service_{&ingest_, &recorder_, &sources_, &clock_};
  TenantService tenant_{store_.get(), &recorder_, &projection_, &clock_};
  RoleService role_{store_.get(), &writer_, &projection_, &clock_, role_sync_.get()};
  EventService event_{store_.get(), &ingest_};
  KeyService key_{store_.get(), &keys_, &machine_clock_};
  WorkService work_{store_.get(), &writer_, &clock_, &machine_clock_};
  const std::unique_ptr<TestClockService> test_clock_service_ =
      test_clock_ == nullptr ? nullptr
                             : std::make_unique<TestClockService>(test_clock_.get(), &writer_, [this] { WakeAll(); });
  const Services services_{.entitlement = &entitlement_,
                           .ingest = &ingest_service_,
                           .tenant = &tenant_,
                           .event = &event_,
                           .key = &key_,
                           .role = &role_,
                           .work = &work_,
                           .test_clock = test_clock_service_.get()};
  const MethodTable methods_ = MakeMethodTable(services_, &access_);
  CallStats calls_;
  StoreGauges gauges_{*store_, clock_, machine_clock_, IdleKinds()};
  const MetricsSources metrics_{.calls = &calls_,
                                .decisions = &entitlement_.decisions(),
                                .ingest = &ingest_,
                                .writer = &writer_,
                                .projection = &projection_,
                                .store = &gauges_,
                                .log = &log_,
                                .started = machine_clock_.Now(),
                                .stopping = [this] { return stopping_.load(); },
                                .certificate_expires = [this] { return CertificateExpires(); }};
  HttpFront front_;
  std::unique_ptr<GrpcServer> grpc_;
  std::unique_ptr<HttpListener> http_;
};

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

absl::StatusOr<std::unique_ptr<App>> App::Start(const Config& config, const Log* log, const StoreOpener& open_store) {
  // Before the store: a start that fails for its catalog, secrets or certificate leaves no new database behind.
  const absl::StatusOr<ActivationRequest> request = LoadForActivation(config, *log);
  if (!request.ok()) return request.status();
  absl::StatusOr<std::unique_ptr<TlsWatch>> tls = StartTls(config, log);
  if (!tls.ok()) return tls.status();
  absl::StatusOr<std::unique_ptr<BillingSource>> stripe =
      stripe::OpenSource({.secrets = config.stripe_webhook_secrets, .livemode = config.stripe_livemode});
  if (!stripe.ok()) return stripe.status();
  absl::StatusOr<std::unique_ptr<Store>> store = open_store(config.store);
  if (!store.ok()) return store.status();
  absl::StatusOr<PayloadSeal> seal = LoadPayloadKeys(config.payload_key, config.make_payload_key);
  if (!seal.ok()) return seal.status();
  auto parts =
      std::make_unique<Parts>(config, *std::move(store), *std::move(stripe), *std::move(seal), *std::move(tls), log);
  if (const absl::Status started = parts->Start(config, *request); !started.ok()) return started;
  return std::unique_ptr<App>(new App(std::move(parts)));
}

void App::Stop(std::chrono::milliseconds delay, std::chrono::milliseconds drain) { parts_->Stop(delay, drain); }

}  // namespace usher
