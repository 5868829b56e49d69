#include "server/rpc/health_rpc.h"

#include <cstdint>
#include <memory>
#include <utility>

#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/async_unary_call.h>

#include "server/rpc/async_queue.h"

namespace usher {
namespace {

constexpr int kCheck = 0;
constexpr int kWatch = 1;
// Checks that may arrive at the same moment without waiting.
constexpr int kWaitingChecks = 8;

// Of grpc.health.v1.HealthCheckResponse.ServingStatus.
constexpr std::uint32_t kServing = 1;
constexpr std::uint32_t kNotServing = 2;
constexpr std::uint32_t kServiceUnknown = 3;

}  // namespace

// One call, from the wait for it until its answer is gone.
class HealthRpc::CheckCall final : public AsyncTag {
 public:
  explicit CheckCall(HealthRpc& health) : health_(health) {
    health_.RequestAsyncUnary(kCheck, &context_, &request_, &responder_, health_.queue_, health_.queue_, this);
  }

  void Proceed(bool ok) override {
    if (answered_ || !ok) {  // or the server stops
      delete this;
      return;
    }
    answered_ = true;
    new CheckCall(health_);  // the queue gives it back
    Response response;
    {
      const MutexLock lock(health_.mutex_);
      response = health_.StatusOf(request_.value());
    }
    if (response.value() == kServiceUnknown) {
      responder_.FinishWithError({grpc::StatusCode::NOT_FOUND, "the server has no service of that name"}, this);
    } else {
      responder_.Finish(response, grpc::Status::OK, this);
    }
  }

 private:
  HealthRpc& health_;
  bool answered_ = false;
  grpc::ServerContext context_;
  Request request_;
  grpc::ServerAsyncResponseWriter<Response> responder_{&context_};
};

// One watcher. At most one write is under way; what changes meanwhile is told by the next. Goes when the queue has
// given back all that it was asked: the last write or the end, and the notice that the call is done.
class HealthRpc::WatchCall final : public AsyncTag {
 public:
  explicit WatchCall(HealthRpc& health) : health_(health) {
    context_.AsyncNotifyWhenDone(&done_);
    health_.RequestAsyncServerStreaming(kWatch, &context_, &request_, &writer_, health_.queue_, health_.queue_, this);
  }

  // It arrived, or was written to, or ended.
  void Proceed(bool ok) override {
    if (!arrived_ && !ok) {  // the server stops; a call that never came is never done
      delete this;
      return;
    }
    const bool arrives = !std::exchange(arrived_, true);
    if (arrives) new WatchCall(health_);  // the queue gives it back
    bool over = false;
    {
      const MutexLock lock(health_.mutex_);
      busy_ = false;
      if (arrives && !done_.came) {
        full_ = health_.watches_.size() >= kMostWatches;
        health_.watches_.insert(this);
      }
      Tell();
      over = done_.came && !busy_;
    }
    if (over) delete this;
  }

  // Writes what the watcher does not know yet, or ends the call. The mutex of the service is held.
  void Tell() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (busy_ || ended_ || done_.came) return;
    if (full_ || health_.closed_) {
      ended_ = busy_ = true;
      writer_.Finish(full_
                         ? grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many watch the health of the server")
                         : grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server stops"),
                     this);
      return;
    }
    const Response present = health_.StatusOf(request_.value());
    if (present.value() == told_) return;
    told_ = present.value();
    busy_ = true;
    writer_.Write(present, this);
  }

 private:
  // That the client is gone, or has been told the end.
  class Done final : public AsyncTag {
   public:
    explicit Done(WatchCall& call) : call_(call) {}
    void Proceed(bool) override {
      bool over = false;
      {
        const MutexLock lock(call_.health_.mutex_);
        came = true;
        call_.health_.watches_.erase(&call_);
        over = !call_.busy_;
      }
      if (over) delete &call_;
    }
    bool came = false;

   private:
    WatchCall& call_;
  };

  HealthRpc& health_;
  bool arrived_ = false;
  bool full_ = false;
  bool busy_ = true;  // the queue has something of this call besides the notice: at first, that it arrives
  bool ended_ = false;
  std::uint32_t told_ = 0;  // no status
  Done done_{*this};
  grpc::ServerContext context_;
  Request request_;
  grpc::ServerAsyncWriter<Response> writer_{&context_};
};

HealthRpc::HealthRpc(std::vector<std::string> services) : services_(services.begin(), services.end()) {
  AddMethod(new grpc::internal::RpcServiceMethod("/grpc.health.v1.Health/Check", grpc::internal::RpcMethod::NORMAL_RPC,
                                                 nullptr));
  AddMethod(new grpc::internal::RpcServiceMethod("/grpc.health.v1.Health/Watch",
                                                 grpc::internal::RpcMethod::SERVER_STREAMING, nullptr));
  MarkMethodAsync(kCheck);
  MarkMethodAsync(kWatch);
}

void HealthRpc::Start(grpc::ServerCompletionQueue& queue) {
  queue_ = &queue;
  for (int i = 0; i < kWaitingChecks; ++i) new CheckCall(*this);
  new WatchCall(*this);
}

void HealthRpc::SetServing(bool serving) {
  const MutexLock lock(mutex_);
  serving_ = serving;
  for (WatchCall* watch : watches_) watch->Tell();
}

void HealthRpc::Close() {
  const MutexLock lock(mutex_);
  closed_ = true;
  for (WatchCall* watch : watches_) watch->Tell();
}

HealthRpc::Response HealthRpc::StatusOf(const std::string& service) const {
  Response response;
  if (!service.empty() && !services_.contains(service)) {
    response.set_value(kServiceUnknown);
  } else {
    response.set_value(serving_ ? kServing : kNotServing);
  }
  return response;
}

}  // namespace usher
