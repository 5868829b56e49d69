// The floor that checks are held against: a bare gRPC server on one completion queue with two threads that answers
// every call with the same bytes.
//
//   echo_server RESPONSE_BYTES
//
// Prints its port on one line and serves until SIGTERM.
#include <csignal>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "tests/bench/echo.grpc.pb.h"
#include "tests/bench/sizes.h"

namespace usher::bench {
namespace {

constexpr int kThreads = 2;
constexpr int kWaitingCalls = 128;

// What gRPC needs for one call.
struct Serving {
  grpc::ServerContext context;
  EchoRequest request;
  grpc::ServerAsyncResponseWriter<EchoResponse> writer{&context};
};

// One call at a time: waits for it, answers, waits for the next.
class Call {
 public:
  Call(EchoService::AsyncService& service, grpc::ServerCompletionQueue& queue, const EchoResponse& response)
      : service_(service), queue_(queue), response_(response) {
    Wait();
  }

  // What it waited for has come; with `ok` false the server stops.
  void Continue(bool ok) {
    if (answering_) {
      Wait();
    } else if (ok) {
      answering_ = true;
      // As a service would: a response of its own for each call.
      const EchoResponse answer = response_;
      serving_->writer.Finish(answer, grpc::Status::OK, this);
    }
  }

 private:
  void Wait() {
    answering_ = false;
    serving_.emplace();
    service_.RequestEcho(&serving_->context, &serving_->request, &serving_->writer, &queue_, &queue_, this);
  }

  EchoService::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  const EchoResponse& response_;
  std::optional<Serving> serving_;
  bool answering_ = false;
};

int Run(std::size_t response_bytes) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  EchoService::AsyncService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port).RegisterService(&service);
  const std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  EchoResponse response;
  response.set_payload(std::string(PayloadBytes(response_bytes), 'x'));
  std::deque<Call> calls;
  for (int i = 0; i < kWaitingCalls; ++i) calls.emplace_back(service, *queue, response);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&queue] {
      void* tag = nullptr;
      bool ok = false;
      while (queue->Next(&tag, &ok)) static_cast<Call*>(tag)->Continue(ok);
    });
  }
  std::cout << port << std::endl;
  int received = 0;
  sigwait(&signals, &received);
  // The threads drain the queue; nobody waits for calls any more.
  std::_Exit(0);
}

}  // namespace
}  // namespace usher::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: echo_server RESPONSE_BYTES\n";
    return 2;
  }
  return usher::bench::Run(std::strtoul(argv[1], nullptr, 10));
}
