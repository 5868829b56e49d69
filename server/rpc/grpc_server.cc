#include "server/rpc/grpc_server.h"

#include <optional>

#include <grpcpp/resource_quota.h>

#include "catalog/absl_bridge.h"
#include "server/rpc/adapter.h"
#include "server/rpc/async_method.h"
#include "server/rpc/async_queue.h"
#include "server/rpc/health_rpc.h"
#include "server/rpc/reflection.h"
#include "server/rpc/tls_credentials.h"
#include "server/rpc/unknown_methods.h"
#include "usher/v1/entitlement.grpc.pb.h"
#include "usher/v1/event.grpc.pb.h"
#include "usher/v1/ingest.grpc.pb.h"
#include "usher/v1/key.grpc.pb.h"
#include "usher/v1/role.grpc.pb.h"
#include "usher/v1/tenant.grpc.pb.h"
#include "usher/v1/test_clock.grpc.pb.h"
#include "usher/v1/work.grpc.pb.h"

namespace usher {
namespace {

constexpr int kMaxMessageBytes = 2 * 1024 * 1024;
// Calls that may wait on the thread that they came on. Whoever asks about roles can wait for long, for a revision that
// has not come or for an identity provider that is slow: what was paid, and operators, do not wait for their places.
constexpr int kMaxIngestCalls = 48;
constexpr int kMaxRoleCalls = 32;
constexpr int kMaxSyncCalls = 8;
constexpr int kMaxOtherCalls = 48;
// Some are left to refuse the calls for which there is no place.
constexpr int kMaxThreads = kMaxIngestCalls + kMaxRoleCalls + kMaxSyncCalls + kMaxOtherCalls + 16;
constexpr std::size_t kMaxBufferBytes = std::size_t{512} * 1024 * 1024;

// The methods that answer from memory are asynchronous: server/rpc/async_method.h.
using HotEntitlementRpc = v1::EntitlementService::WithAsyncMethod_CheckEntitlement<
    v1::EntitlementService::WithAsyncMethod_BatchCheckEntitlements<
        v1::EntitlementService::WithAsyncMethod_ListEntitlements<v1::EntitlementService::Service>>>;

class EntitlementRpc final : public HotEntitlementRpc {
 public:
  EntitlementRpc(EntitlementService* service, const RpcEnvironment& environment)
      : service_(*service), environment_(environment) {}

  grpc::Status ExplainEntitlement(grpc::ServerContext* context, const v1::ExplainEntitlementRequest* request,
                                  v1::ExplainEntitlementResponse* response) override {
    return Serve(*context, environment_, service_, &EntitlementService::ExplainEntitlement, *request, response);
  }
  grpc::Status GetTimeline(grpc::ServerContext* context, const v1::GetTimelineRequest* request,
                           v1::GetTimelineResponse* response) override {
    return Serve(*context, environment_, service_, &EntitlementService::GetTimeline, *request, response);
  }

 private:
  EntitlementService& service_;
  const RpcEnvironment& environment_;
};

class IngestRpc final : public v1::IngestService::Service {
 public:
  IngestRpc(IngestService* service, const RpcEnvironment& environment)
      : service_(*service), environment_(environment) {}

  grpc::Status RelayWebhook(grpc::ServerContext* context, const v1::RelayWebhookRequest* request,
                            v1::RelayWebhookResponse* response) override {
    return Serve(*context, environment_, service_, &IngestService::RelayWebhook, *request, response);
  }
  grpc::Status RecordPaymentOutcome(grpc::ServerContext* context, const v1::RecordPaymentOutcomeRequest* request,
                                    v1::RecordPaymentOutcomeResponse* response) override {
    return Serve(*context, environment_, service_, &IngestService::RecordPaymentOutcome, *request, response);
  }

 private:
  IngestService& service_;
  const RpcEnvironment& environment_;
};

class TenantRpc final : public v1::TenantService::Service {
 public:
  TenantRpc(TenantService* service, const RpcEnvironment& environment)
      : service_(*service), environment_(environment) {}

  grpc::Status CreateTenant(grpc::ServerContext* context, const v1::CreateTenantRequest* request,
                            v1::CreateTenantResponse* response) override {
    return Serve(*context, environment_, service_, &TenantService::CreateTenant, *request, response);
  }
  grpc::Status GetTenant(grpc::ServerContext* context, const v1::GetTenantRequest* request,
                         v1::GetTenantResponse* response) override {
    return Serve(*context, environment_, service_, &TenantService::GetTenant, *request, response);
  }
  grpc::Status ListTenants(grpc::ServerContext* context, const v1::ListTenantsRequest* request,
                           v1::ListTenantsResponse* response) override {
    return Serve(*context, environment_, service_, &TenantService::ListTenants, *request, response);
  }
  grpc::Status LinkTenant(grpc::ServerContext* context, const v1::LinkTenantRequest* request,
                          v1::LinkTenantResponse* response) override {
    return Serve(*context, environment_, service_, &TenantService::LinkTenant, *request, response);
  }
  grpc::Status PutOverride(grpc::ServerContext* context, const v1::PutOverrideRequest* request,
                           v1::PutOverrideResponse* response) override {
    return Serve(*context, environment_, service_, &TenantService::PutOverride, *request, response);
  }
  grpc::Status RemoveOverride(grpc::ServerContext* context, const v1::RemoveOverrideRequest* request,
                              v1::RemoveOverrideResponse* response) override {
    return Serve(*context, environment_, service_, &TenantService::RemoveOverride, *request, response);
  }
  grpc::Status SuspendTenant(grpc::ServerContext* context, const v1::SuspendTenantRequest* request,
                             v1::SuspendTenantResponse* response) override {
    return Serve(*context, environment_, service_, &TenantService::SuspendTenant, *request, response);
  }
  grpc::Status ReinstateTenant(grpc::ServerContext* context, const v1::ReinstateTenantRequest* request,
                               v1::ReinstateTenantResponse* response) override {
    return Serve(*context, environment_, service_, &TenantService::ReinstateTenant, *request, response);
  }

 private:
  TenantService& service_;
  const RpcEnvironment& environment_;
};

class EventRpc final : public v1::EventService::Service {
 public:
  EventRpc(EventService* service, const RpcEnvironment& environment) : service_(*service), environment_(environment) {}

  grpc::Status ListEvents(grpc::ServerContext* context, const v1::ListEventsRequest* request,
                          v1::ListEventsResponse* response) override {
    return Serve(*context, environment_, service_, &EventService::ListEvents, *request, response);
  }
  grpc::Status GetEvent(grpc::ServerContext* context, const v1::GetEventRequest* request,
                        v1::GetEventResponse* response) override {
    return Serve(*context, environment_, service_, &EventService::GetEvent, *request, response);
  }
  grpc::Status RedriveEvent(grpc::ServerContext* context, const v1::RedriveEventRequest* request,
                            v1::RedriveEventResponse* response) override {
    return Serve(*context, environment_, service_, &EventService::RedriveEvent, *request, response);
  }

 private:
  EventService& service_;
  const RpcEnvironment& environment_;
};

class RoleRpc final : public v1::RoleService::Service {
 public:
  RoleRpc(RoleService* service, const RpcEnvironment& environment, const RpcEnvironment& sync_environment)
      : service_(*service), environment_(environment), sync_environment_(sync_environment) {}

  grpc::Status SyncRoles(grpc::ServerContext* context, const v1::SyncRolesRequest* request,
                         v1::SyncRolesResponse* response) override {
    return Serve(*context, sync_environment_, service_, &RoleService::SyncRoles, *request, response);
  }
  grpc::Status CheckPermission(grpc::ServerContext* context, const v1::CheckPermissionRequest* request,
                               v1::CheckPermissionResponse* response) override {
    return Serve(*context, environment_, service_, &RoleService::CheckPermission, *request, response);
  }
  grpc::Status PutMember(grpc::ServerContext* context, const v1::PutMemberRequest* request,
                         v1::PutMemberResponse* response) override {
    return Serve(*context, environment_, service_, &RoleService::PutMember, *request, response);
  }
  grpc::Status RemoveMember(grpc::ServerContext* context, const v1::RemoveMemberRequest* request,
                            v1::RemoveMemberResponse* response) override {
    return Serve(*context, environment_, service_, &RoleService::RemoveMember, *request, response);
  }
  grpc::Status ListMembers(grpc::ServerContext* context, const v1::ListMembersRequest* request,
                           v1::ListMembersResponse* response) override {
    return Serve(*context, environment_, service_, &RoleService::ListMembers, *request, response);
  }

 private:
  RoleService& service_;
  const RpcEnvironment& environment_;
  const RpcEnvironment& sync_environment_;
};

class WorkRpc final : public v1::WorkService::Service {
 public:
  WorkRpc(WorkService* service, const RpcEnvironment& environment) : service_(*service), environment_(environment) {}

  grpc::Status ListWork(grpc::ServerContext* context, const v1::ListWorkRequest* request,
                        v1::ListWorkResponse* response) override {
    return Serve(*context, environment_, service_, &WorkService::ListWork, *request, response);
  }
  grpc::Status RedriveWork(grpc::ServerContext* context, const v1::RedriveWorkRequest* request,
                           v1::RedriveWorkResponse* response) override {
    return Serve(*context, environment_, service_, &WorkService::RedriveWork, *request, response);
  }

 private:
  WorkService& service_;
  const RpcEnvironment& environment_;
};

class TestClockRpc final : public v1::TestClockService::Service {
 public:
  TestClockRpc(TestClockService* service, const RpcEnvironment& environment)
      : service_(*service), environment_(environment) {}

  grpc::Status GetTime(grpc::ServerContext* context, const v1::GetTimeRequest* request,
                       v1::GetTimeResponse* response) override {
    return Serve(*context, environment_, service_, &TestClockService::GetTime, *request, response);
  }
  grpc::Status SetTime(grpc::ServerContext* context, const v1::SetTimeRequest* request,
                       v1::SetTimeResponse* response) override {
    return Serve(*context, environment_, service_, &TestClockService::SetTime, *request, response);
  }

 private:
  TestClockService& service_;
  const RpcEnvironment& environment_;
};

class KeyRpc final : public v1::KeyService::Service {
 public:
  KeyRpc(KeyService* service, const RpcEnvironment& environment) : service_(*service), environment_(environment) {}

  grpc::Status CreateKey(grpc::ServerContext* context, const v1::CreateKeyRequest* request,
                         v1::CreateKeyResponse* response) override {
    return Serve(*context, environment_, service_, &KeyService::CreateKey, *request, response);
  }
  grpc::Status ListKeys(grpc::ServerContext* context, const v1::ListKeysRequest* request,
                        v1::ListKeysResponse* response) override {
    return Serve(*context, environment_, service_, &KeyService::ListKeys, *request, response);
  }
  grpc::Status RevokeKey(grpc::ServerContext* context, const v1::RevokeKeyRequest* request,
                         v1::RevokeKeyResponse* response) override {
    return Serve(*context, environment_, service_, &KeyService::RevokeKey, *request, response);
  }

 private:
  KeyService& service_;
  const RpcEnvironment& environment_;
};

// The asynchronous methods of EntitlementRpc and the queue that they share.
class HotMethods {
 public:
  // `rpc` is of `service`; both null where there are none.
  HotMethods(grpc::ServerBuilder& builder, EntitlementRpc* rpc, EntitlementService* service,
             const RpcEnvironment& environment, const AsyncLimits& limits)
      : queue_(builder, limits) {
    if (service == nullptr) return;
    check_.emplace(queue_, *rpc, &EntitlementRpc::RequestCheckEntitlement, *service, &EntitlementService::AnswerCheck,
                   environment);
    batch_.emplace(queue_, *rpc, &EntitlementRpc::RequestBatchCheckEntitlements, *service,
                   &EntitlementService::AnswerBatch, environment);
    list_.emplace(queue_, *rpc, &EntitlementRpc::RequestListEntitlements, *service, &EntitlementService::AnswerList,
                  environment);
  }
  // Before the methods go: calls that never arrived are given back to them.
  ~HotMethods() { queue_.Stop(); }
  HotMethods(const HotMethods&) = delete;
  HotMethods& operator=(const HotMethods&) = delete;

  void Start() {
    if (check_) check_->Start();
    if (batch_) batch_->Start();
    if (list_) list_->Start();
    queue_.Start();
  }

  grpc::ServerCompletionQueue& queue() { return *queue_.queue(); }

 private:
  template <class Request, class Response>
  using Method = AsyncMethod<EntitlementRpc, EntitlementService, Request, Response>;

  AsyncQueue queue_;
  std::optional<Method<v1::CheckEntitlementRequest, v1::CheckEntitlementResponse>> check_;
  std::optional<Method<v1::BatchCheckEntitlementsRequest, v1::BatchCheckEntitlementsResponse>> batch_;
  std::optional<Method<v1::ListEntitlementsRequest, v1::ListEntitlementsResponse>> list_;
};

// Of what is served.
std::vector<std::string> NamesOf(const Services& services) {
  std::vector<std::string> names;
  const auto add = [&names](const void* service, const char* name) {
    if (service != nullptr) names.emplace_back(name);
  };
  add(services.entitlement, v1::EntitlementService::service_full_name());
  add(services.ingest, v1::IngestService::service_full_name());
  add(services.tenant, v1::TenantService::service_full_name());
  add(services.event, v1::EventService::service_full_name());
  add(services.key, v1::KeyService::service_full_name());
  add(services.role, v1::RoleService::service_full_name());
  add(services.work, v1::WorkService::service_full_name());
  add(services.test_clock, v1::TestClockService::service_full_name());
  return names;
}

RpcEnvironment EnvironmentOf(const GrpcOptions& options, CallLimit& waiting_calls) {
  return {.access = options.access, .log = options.log, .calls = options.calls, .waiting_calls = waiting_calls};
}

int InMillis(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

void BoundConnections(const GrpcLimits& limits, grpc::ServerBuilder& builder) {
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_MAX_METADATA_SIZE, limits.metadata_bytes},
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams_per_connection},
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, InMillis(limits.handshake)},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, InMillis(limits.idle)},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS, InMillis(limits.age)},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, InMillis(limits.age_grace)},
      {GRPC_ARG_KEEPALIVE_TIME_MS, InMillis(limits.keepalive)},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, InMillis(limits.keepalive_timeout)},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, InMillis(limits.ping_interval)},
      {GRPC_ARG_HTTP2_MAX_PING_STRIKES, limits.ping_strikes},
      // Two servers on one port would share its calls without a word.
      {GRPC_ARG_ALLOW_REUSEPORT, 0},
  };
  for (const auto& [name, value] : arguments) builder.AddChannelArgument(name, value);
}

}  // namespace

class GrpcServer::Impl {
 public:
  Impl(const Services& services, const GrpcOptions& options)
      : limits_(options.limits),
        ingest_environment_(EnvironmentOf(options, ingest_calls_)),
        role_environment_(EnvironmentOf(options, role_calls_)),
        sync_environment_(EnvironmentOf(options, sync_calls_)),
        environment_(EnvironmentOf(options, other_calls_)),
        entitlement_service_(services.entitlement),
        unknown_(&options.calls),
        health_(NamesOf(services)),
        credentials_(options.tls == nullptr ? grpc::InsecureServerCredentials() : ReloadingCredentials(options.tls)) {
    if (services.entitlement != nullptr) entitlement_.emplace(services.entitlement, environment_);
    if (services.ingest != nullptr) ingest_.emplace(services.ingest, ingest_environment_);
    if (services.tenant != nullptr) tenant_.emplace(services.tenant, environment_);
    if (services.event != nullptr) event_.emplace(services.event, environment_);
    if (services.key != nullptr) key_.emplace(services.key, environment_);
    if (services.role != nullptr) role_.emplace(services.role, role_environment_, sync_environment_);
    if (services.work != nullptr) work_.emplace(services.work, environment_);
    if (services.test_clock != nullptr) test_clock_.emplace(services.test_clock, environment_);
    if (options.reflection) EnableReflection();
  }

  ~Impl() { Stop(std::chrono::milliseconds(0)); }

  absl::Status Start(const std::string& address) {
    grpc::ResourceQuota quota("usherd");
    quota.SetMaxThreads(kMaxThreads);
    quota.Resize(kMaxBufferBytes);
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, credentials_, &port)
        .SetResourceQuota(quota)
        .SetMaxReceiveMessageSize(kMaxMessageBytes);
    BoundConnections(limits_, builder);
    for (grpc::Service* service : All()) builder.RegisterService(service);
    unknown_.Register(builder);
    hot_ = std::make_unique<HotMethods>(builder, entitlement_ ? &*entitlement_ : nullptr, entitlement_service_,
                                        environment_, limits_.async);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      server_ = nullptr;
      hot_ = nullptr;
      return Unavailable("cannot listen for gRPC on " + address + ": is another program listening there?");
    }
    port_ = static_cast<std::uint16_t>(port);
    hot_->Start();
    health_.Start(hot_->queue());
    unknown_.Start(hot_->queue());
    return absl::OkStatus();
  }

  std::uint16_t port() const { return port_; }

  void SetServing(bool serving) { health_.SetServing(serving); }

  void Stop(std::chrono::milliseconds drain) {
    if (server_ == nullptr) return;
    health_.Close();
    server_->Shutdown(std::chrono::system_clock::now() + drain);
    server_->Wait();
    hot_ = nullptr;
    server_ = nullptr;
  }

 private:
  std::vector<grpc::Service*> All() {
    std::vector<grpc::Service*> all = {&health_};
    const auto add = [&all](auto& service) {
      if (service) all.push_back(&*service);
    };
    add(entitlement_);
    add(ingest_);
    add(tenant_);
    add(event_);
    add(key_);
    add(role_);
    add(work_);
    add(test_clock_);
    return all;
  }

  const GrpcLimits limits_;
  CallLimit ingest_calls_{kMaxIngestCalls};
  CallLimit role_calls_{kMaxRoleCalls};
  CallLimit sync_calls_{kMaxSyncCalls};
  CallLimit other_calls_{kMaxOtherCalls};
  const RpcEnvironment ingest_environment_;
  const RpcEnvironment role_environment_;
  const RpcEnvironment sync_environment_;
  const RpcEnvironment environment_;
  EntitlementService* const entitlement_service_;
  std::optional<EntitlementRpc> entitlement_;
  std::optional<IngestRpc> ingest_;
  std::optional<TenantRpc> tenant_;
  std::optional<EventRpc> event_;
  std::optional<KeyRpc> key_;
  std::optional<RoleRpc> role_;
  std::optional<WorkRpc> work_;
  std::optional<TestClockRpc> test_clock_;
  UnknownMethods unknown_;
  HealthRpc health_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;  // outlives the connections
  std::uint16_t port_ = 0;
  std::unique_ptr<HotMethods> hot_;
  std::unique_ptr<grpc::Server> server_;
};

GrpcServer::GrpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GrpcServer::~GrpcServer() = default;

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const std::string& address, const Services& services,
                                                              const GrpcOptions& options) {
  auto impl = std::make_unique<Impl>(services, options);
  if (const absl::Status started = impl->Start(address); !started.ok()) return started;
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(impl)));
}

std::uint16_t GrpcServer::port() const { return impl_->port(); }
void GrpcServer::SetServing(bool serving) { impl_->SetServing(serving); }
void GrpcServer::Stop(std::chrono::milliseconds drain) { impl_->Stop(drain); }

}  // namespace usher
