// A server that answers what a test says and remembers what it was asked.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include <absl/base/thread_annotations.h>
#include <google/protobuf/any.pb.h>
#include <grpcpp/grpcpp.h>

#include "server/base/mutex.h"
#include "usher/v1/entitlement.grpc.pb.h"
#include "usher/v1/event.grpc.pb.h"
#include "usher/v1/role.grpc.pb.h"
#include "usher/v1/tenant.grpc.pb.h"
#include "usher/v1/test_clock.grpc.pb.h"
#include "usher/v1/work.grpc.pb.h"

namespace usher {

class FakeUsher {
 public:
  FakeUsher() : entitlements_(this), tenants_(this), events_(this), roles_(this), work_(this), test_clock_(this) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&entitlements_);
    builder.RegisterService(&tenants_);
    builder.RegisterService(&events_);
    builder.RegisterService(&roles_);
    builder.RegisterService(&work_);
    builder.RegisterService(&test_clock_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  ~FakeUsher() { server_->Shutdown(std::chrono::system_clock::now()); }

  const std::string& address() const { return address_; }

  // What every later question is answered whose response is of that type; others get an empty one.
  void Answer(const google::protobuf::Message& response) {
    const MutexLock lock(mutex_);
    response_.PackFrom(response);
  }
  // What the next question of that type is answered, before those above; several in their order.
  void AnswerOnce(const google::protobuf::Message& response, const grpc::Status& status = grpc::Status::OK) {
    const MutexLock lock(mutex_);
    once_.emplace_back().first.PackFrom(response);
    once_.back().second = status;
  }
  void Fail(const grpc::Status& status) {
    const MutexLock lock(mutex_);
    status_ = status;
  }

  // The last request: `CheckEntitlementRequest tenant_id: "acme"`.
  std::string asked() {
    const MutexLock lock(mutex_);
    return asked_;
  }

  // How much longer the last caller would have waited.
  std::chrono::nanoseconds patience() {
    const MutexLock lock(mutex_);
    return patience_;
  }

 private:
  template <typename Request, typename Response>
  grpc::Status Reply(const grpc::ServerContext& context, const Request& request, Response* response) {
    const MutexLock lock(mutex_);
    patience_ = context.deadline() - std::chrono::system_clock::now();
    asked_ = request.GetDescriptor()->name() + " " + request.ShortDebugString();
    if (!once_.empty() && once_.front().first.Is<Response>()) {
      once_.front().first.UnpackTo(response);
      const grpc::Status status = once_.front().second;
      once_.pop_front();
      return status;
    }
    if (response_.Is<Response>()) response_.UnpackTo(response);
    return status_;
  }

// A method of a service that replies as above.
#define USHER_FAKE_METHOD(Name)                                                                                   \
  grpc::Status Name(grpc::ServerContext* context, const v1::Name##Request* request, v1::Name##Response* response) \
      override {                                                                                                  \
    return fake_.Reply(*context, *request, response);                                                             \
  }

  class Entitlements final : public v1::EntitlementService::Service {
   public:
    explicit Entitlements(FakeUsher* fake) : fake_(*fake) {}
    USHER_FAKE_METHOD(CheckEntitlement)
    USHER_FAKE_METHOD(ExplainEntitlement)
    USHER_FAKE_METHOD(GetTimeline)

   private:
    FakeUsher& fake_;
  };

  class Tenants final : public v1::TenantService::Service {
   public:
    explicit Tenants(FakeUsher* fake) : fake_(*fake) {}
    USHER_FAKE_METHOD(CreateTenant)
    USHER_FAKE_METHOD(GetTenant)
    USHER_FAKE_METHOD(ListTenants)
    USHER_FAKE_METHOD(LinkTenant)
    USHER_FAKE_METHOD(PutOverride)
    USHER_FAKE_METHOD(RemoveOverride)
    USHER_FAKE_METHOD(SuspendTenant)
    USHER_FAKE_METHOD(ReinstateTenant)

   private:
    FakeUsher& fake_;
  };

  class Events final : public v1::EventService::Service {
   public:
    explicit Events(FakeUsher* fake) : fake_(*fake) {}
    USHER_FAKE_METHOD(ListEvents)
    USHER_FAKE_METHOD(GetEvent)
    USHER_FAKE_METHOD(RedriveEvent)

   private:
    FakeUsher& fake_;
  };

  class Roles final : public v1::RoleService::Service {
   public:
    explicit Roles(FakeUsher* fake) : fake_(*fake) {}
    USHER_FAKE_METHOD(SyncRoles)
    USHER_FAKE_METHOD(CheckPermission)
    USHER_FAKE_METHOD(PutMember)
    USHER_FAKE_METHOD(RemoveMember)
    USHER_FAKE_METHOD(ListMembers)

   private:
    FakeUsher& fake_;
  };

  class Works final : public v1::WorkService::Service {
   public:
    explicit Works(FakeUsher* fake) : fake_(*fake) {}
    USHER_FAKE_METHOD(ListWork)
    USHER_FAKE_METHOD(RedriveWork)

   private:
    FakeUsher& fake_;
  };

  class TestClocks final : public v1::TestClockService::Service {
   public:
    explicit TestClocks(FakeUsher* fake) : fake_(*fake) {}
    USHER_FAKE_METHOD(GetTime)
    USHER_FAKE_METHOD(SetTime)

   private:
    FakeUsher& fake_;
  };
#undef USHER_FAKE_METHOD

  Entitlements entitlements_;
  Tenants tenants_;
  Events events_;
  Roles roles_;
  Works work_;
  TestClocks test_clock_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;

  Mutex mutex_;
  std::deque<std::pair<google::protobuf::Any, grpc::Status>> once_ ABSL_GUARDED_BY(mutex_);
  google::protobuf::Any response_ ABSL_GUARDED_BY(mutex_);
  grpc::Status status_ ABSL_GUARDED_BY(mutex_);
  std::string asked_ ABSL_GUARDED_BY(mutex_);
  std::chrono::nanoseconds patience_ ABSL_GUARDED_BY(mutex_){0};
};

}  // namespace usher
