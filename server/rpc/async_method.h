// One method served from the completion queue: a transport-neutral function that fills a response.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>

#include "server/base/mutex.h"
#include "server/rpc/adapter.h"
#include "server/rpc/async_queue.h"
#include "server/service/access.h"
#include "server/service/call_stats.h"
#include "server/service/unanswered.h"

namespace usher {

// Outlives its calls: made before Start of the queue, gone after Stop.
template <class AsyncService, class Service, class Request, class Response>
class AsyncMethod {
 public:
  // How the generated service is asked for the next call of this method.
  using Ask = void (AsyncService::*)(grpc::ServerContext*, Request*, grpc::ServerAsyncResponseWriter<Response>*,
                                     grpc::CompletionQueue*, grpc::ServerCompletionQueue*, void*);
  using Function = absl::Status (Service::*)(const CallContext&, const Request&, Response&);

  // All outlive it.
  AsyncMethod(AsyncQueue& queue, AsyncService& rpc, Ask ask, Service& service, Function function,
              const RpcEnvironment& environment)
      : queue_(queue),
        rpc_(rpc),
        ask_(ask),
        service_(service),
        function_(function),
        environment_(environment),
        calls_(environment.calls.Of(Request::descriptor())) {}

  // Once the server runs.
  void Start() {
    for (std::size_t i = 0; i < queue_.limits().waiting_calls; ++i) AwaitNext();
  }

 private:
  class Call;

  // Lets one more call arrive.
  void AwaitNext() {
    Take().release()->Await();  // the queue gives it back
  }

  std::unique_ptr<Call> Take() {
    {
      const MutexLock lock(mutex_);
      if (!spare_.empty()) {
        std::unique_ptr<Call> call = std::move(spare_.back());
        spare_.pop_back();
        return call;
      }
    }
    return std::make_unique<Call>(*this);
  }

  void GiveBack(std::unique_ptr<Call> call) {
    call->Reset();
    const MutexLock lock(mutex_);
    if (spare_.size() < queue_.limits().waiting_calls) spare_.push_back(std::move(call));
  }

  AsyncQueue& queue_;
  AsyncService& rpc_;
  const Ask ask_;
  Service& service_;
  const Function function_;
  const RpcEnvironment& environment_;
  MethodCalls& calls_;  // self-synchronised

  Mutex mutex_;
  std::vector<std::unique_ptr<Call>> spare_ ABSL_GUARDED_BY(mutex_);  // so that their memory is used again
};

// One call after the other. Between Await and the end of a call it belongs to gRPC and the thread that it is on.
template <class AsyncService, class Service, class Request, class Response>
class AsyncMethod<AsyncService, Service, Request, Response>::Call final : public AsyncTag, public AsyncArrived {
 public:
  explicit Call(AsyncMethod& method) : method_(method) { Reset(); }

  void Await() {
    ((method_.rpc_).*(method_.ask_))(&*context_, request_, &*responder_, method_.queue_.queue(), method_.queue_.queue(),
                                     this);
  }

  void Proceed(bool ok) override {
    if (arrived_) {  // the answer was taken, or nobody is there to take it
      method_.queue_.in_flight().Leave(*this);
      method_.GiveBack(std::unique_ptr<Call>(this));
      return;
    }
    if (!ok) {  // the server stops
      delete this;
      return;
    }
    arrived_ = true;
    counted_.emplace(method_.calls_, Wire::kGrpc);
    method_.AwaitNext();
    if (!method_.queue_.in_flight().Enter(*this)) {
      Finish(Overloaded());
    } else {
      Answer();
    }
  }

  void Cut() override { context_->TryCancel(); }

  // Ready for the next call. What was made for a large one goes.
  void Reset() {
    arrived_ = false;
    counted_.reset();
    responder_.reset();
    context_.emplace();
    responder_.emplace(&*context_);
    if (request_ != nullptr && messages_.SpaceAllocated() <= kKeptBytes) {
      request_->Clear();
      response_->Clear();
      return;
    }
    messages_.Reset();
    request_ = google::protobuf::Arena::CreateMessage<Request>(&messages_);
    response_ = google::protobuf::Arena::CreateMessage<Response>(&messages_);
  }

 private:
  // What the messages of some tens of single checks need, one after the other.
  static constexpr std::size_t kKeptBytes = 4096;

  static google::protobuf::ArenaOptions Within(std::array<char, kKeptBytes>& kept) {
    google::protobuf::ArenaOptions options;
    options.initial_block = kept.data();
    options.initial_block_size = kept.size();
    options.start_block_size = std::size_t{4} * 1024;
    options.max_block_size = std::size_t{64} * 1024;
    return options;
  }

  void Answer() {
    absl::StatusOr<Principal> principal = method_.environment_.access.Authenticate(
        method_.environment_.access.is_open() ? Credentials{} : CredentialsOf(*context_));
    if (!principal.ok()) return Finish(principal.status());
    CallContext call = ToCallContext(*context_, *std::move(principal));
    call.may_wait = false;
    const absl::Status answered = Serve(call);
    if (!IsMustWait(answered)) return Finish(answered);
    // It counts among those that wait until it has been answered there.
    method_.queue_.in_flight().Leave(*this);
    call.may_wait = true;
    response_->Clear();
    const bool accepted = method_.queue_.pool().TrySubmit([this, call = std::move(call)] {
      const absl::Status status = Serve(call);
      method_.queue_.in_flight().Enter(*this);
      Finish(status);
    });
    if (accepted) return;
    method_.queue_.in_flight().Enter(*this);
    Finish(Overloaded());
  }

  absl::Status Serve(const CallContext& call) {
    if (std::chrono::steady_clock::now() >= call.deadline) return NotBegunInTime();
    return CallService(method_.environment_.access, call, method_.service_, method_.function_, *request_, *response_);
  }

  // The last thing that is done here: the queue may give the call to another thread at once.
  void Finish(const absl::Status& status) {
    counted_->End(status.code());
    if (status.ok()) {
      responder_->Finish(*response_, grpc::Status::OK, this);
      return;
    }
    const std::string name = Request::descriptor()->full_name();
    responder_->FinishWithError(ToGrpc(ReportError(status, name, method_.environment_.log)), this);
  }

  AsyncMethod& method_;
  bool arrived_ = false;
  std::optional<CountedCall> counted_;  // while a call is there
  std::optional<grpc::ServerContext> context_;
  std::optional<grpc::ServerAsyncResponseWriter<Response>> responder_;
  // Both messages and all their parts. While they fit into what is kept, they are used again.
  alignas(std::max_align_t) std::array<char, kKeptBytes> kept_;
  google::protobuf::Arena messages_{Within(kept_)};
  Request* request_ = nullptr;
  Response* response_ = nullptr;
};

}  // namespace usher
