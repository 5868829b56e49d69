// The load generator: asks one server as fast as it answers, or at a given rate, and prints what it measured as JSON.
//
// Every thread has a completion queue, connections and calls of its own. With --rate calls fall due by the clock. The
// latency of one that is late because the server holds all the others counts from when it was due: a server that stalls
// cannot slow down what is measured of it.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "tests/bench/key_file.h"
#include "tests/bench/measured.h"
#include "tests/bench/questions.h"

namespace usher::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Options {
  std::string server;
  std::string authorization;  // empty: none
  QuestionOptions questions;
  int in_flight = 1;
  int connections = 1;
  int threads = 1;
  double warmup = 0.2;
  double seconds = 1;
  std::int64_t calls = 0;  // ends after so many; 0: by time
  double rate = 0;         // calls a second; 0: as fast as answers come
  pid_t server_pid = 0;
};

struct Call {
  std::optional<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;
  grpc::ByteBuffer response;
  grpc::Status status;
  Clock::time_point from;  // when it was due
  std::size_t request_bytes = 0;
  std::size_t connection = 0;
};

std::string Bytes(grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  buffer.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// What the threads share.
struct Run {
  const Options& options;
  const Questions& questions;
  const std::string method;
  const Clock::time_point begin;  // of what counts
  const Clock::time_point end;
  std::atomic<std::int64_t> next = 0;
};

class Thread {
 public:
  explicit Thread(Run& run) : run_(run) {
    for (int i = 0; i < Share(run.options.connections); ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection each
      stubs_.push_back(std::make_unique<grpc::GenericStub>(
          grpc::CreateCustomChannel(run.options.server, grpc::InsecureChannelCredentials(), arguments)));
    }
  }

  void Go() {
    for (int i = 0; i < Share(run_.options.in_flight); ++i) {
      Call& call = calls_.emplace_back();
      call.connection = static_cast<std::size_t>(i) % stubs_.size();
      free_.push_back(&call);
    }
    due_ = Clock::now();
    SendWhatIsDue(Clock::now());
    while (under_way_ > 0 || !Ended(Clock::now())) Step();
    queue_.Shutdown();
  }

  Measured measured;

 private:
  int Share(int whole) const { return std::max(1, whole / run_.options.threads); }

  bool Ended(Clock::time_point now) const {
    return now >= run_.end || (run_.options.calls > 0 && run_.next >= run_.options.calls);
  }

  void Step() {
    void* tag = nullptr;
    bool ok = false;
    // Deadlines are of the system's clock, and only paced calls need one.
    const auto wait = run_.options.rate > 0 ? std::max(due_ - Clock::now(), Clock::duration::zero())
                                            : Clock::duration(std::chrono::milliseconds(100));
    const auto got = queue_.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + wait);
    const Clock::time_point now = Clock::now();
    if (got == grpc::CompletionQueue::GOT_EVENT) {
      Call& call = *static_cast<Call*>(tag);
      --under_way_;
      Count(call, now);
      free_.push_back(&call);
    }
    SendWhatIsDue(now);
  }

  void SendWhatIsDue(Clock::time_point now) {
    const bool paced = run_.options.rate > 0;
    while (!free_.empty() && !Ended(now)) {
      if (paced && due_ > now) break;
      Call& call = *free_.front();
      free_.pop_front();
      Send(call, starved_ ? due_ : now);
      if (paced) due_ += std::chrono::duration_cast<Clock::duration>(Seconds(run_.options.threads / run_.options.rate));
    }
    starved_ = paced && free_.empty() && due_ <= now;
  }

  void Send(Call& call, Clock::time_point from) {
    call.context.emplace();
    if (!run_.options.authorization.empty()) call.context->AddMetadata("authorization", run_.options.authorization);
    const std::string request = run_.questions.At(run_.next++);
    call.request_bytes = request.size();
    const grpc::Slice slice(request);
    call.response.Clear();
    call.from = from;
    call.reader =
        stubs_[call.connection]->PrepareUnaryCall(&*call.context, run_.method, grpc::ByteBuffer(&slice, 1), &queue_);
    call.reader->StartCall();
    call.reader->Finish(&call.response, &call.status, &call);
    ++under_way_;
  }

  void Count(Call& call, Clock::time_point now) {
    if (!call.status.ok()) {
      if (measured.failed++ == 0) measured.failure = call.status.error_message();
      return;
    }
    // A sample of the answers is read, so that reading does not cost what is measured.
    constexpr std::int64_t kSampled = 64;
    if (answered_++ % kSampled == 0) {
      const std::string bytes = Bytes(call.response);
      if (!IsGoodAnswer(run_.options.questions.kind, bytes)) ++measured.bad;
      measured.request_bytes += call.request_bytes;
      measured.response_bytes += bytes.size();
      ++measured.sampled;
    }
    if (call.from < run_.begin || now > run_.end) return;
    measured.latencies_us.push_back(std::chrono::duration<float, std::micro>(now - call.from).count());
  }

  Run& run_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  grpc::CompletionQueue queue_;
  std::deque<Call> calls_;  // the queue points into it
  std::deque<Call*> free_;
  int under_way_ = 0;
  std::int64_t answered_ = 0;
  Clock::time_point due_;
  bool starved_ = false;  // a call is due, and all are on their way
};

Measured Measure(const Options& options) {
  const Questions questions(options.questions);
  const Clock::time_point now = Clock::now();
  const auto after = [now](double seconds) {
    return now + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  };
  Run run{.options = options,
          .questions = questions,
          .method = MethodOf(options.questions.kind),
          .begin = after(options.warmup),
          .end = after(options.warmup + options.seconds)};
  std::deque<Thread> threads;
  std::vector<std::thread> running;
  for (int i = 0; i < options.threads; ++i) threads.emplace_back(run);
  for (Thread& thread : threads) running.emplace_back([&thread] { thread.Go(); });

  // The processor time between the begin and the end of what counts, seen from outside the threads that ask.
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, run.begin, [] { return false; });
  const std::chrono::nanoseconds before = ProcessTime(options.server_pid);
  std::chrono::nanoseconds spent{0};
  if (options.calls == 0) {
    never.wait_until(lock, run.end, [] { return false; });
    spent = ProcessTime(options.server_pid) - before;
  }
  for (std::thread& thread : running) thread.join();
  if (options.calls > 0) spent = ProcessTime(options.server_pid) - before;
  const Clock::time_point ended = Clock::now();

  Measured all;
  for (Thread& thread : threads) {
    Measured& one = thread.measured;
    all.latencies_us.insert(all.latencies_us.end(), one.latencies_us.begin(), one.latencies_us.end());
    all.failed += one.failed;
    if (all.failure.empty()) all.failure = one.failure;
    all.bad += one.bad;
    all.request_bytes += one.request_bytes;
    all.response_bytes += one.response_bytes;
    all.sampled += one.sampled;
  }
  all.seconds = Seconds(std::min(ended, run.end) - run.begin).count();
  all.server_cpu_us = std::chrono::duration<double, std::micro>(spent).count();
  return all;
}

}  // namespace
}  // namespace usher::bench

int main(int argc, char** argv) {
  usher::bench::Options options;
  std::string key_file;
  CLI::App app("Asks a server and measures its answers.", "load");
  const std::map<std::string, usher::bench::Kind> kinds = {{"echo", usher::bench::Kind::kEcho},
                                                           {"check", usher::bench::Kind::kCheck},
                                                           {"batch", usher::bench::Kind::kBatch},
                                                           {"record", usher::bench::Kind::kRecord}};
  app.add_option("KIND", options.questions.kind)->required()->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--server", options.server, "HOST:PORT")->required();
  app.add_option("--key-file", key_file, "holds the API key to show");
  app.add_option("--tenants", options.questions.tenants, "generated tenants to ask about");
  app.add_option("--features", options.questions.features, "to ask about")->delimiter(',');
  app.add_option("--prices", options.questions.prices, "to pay")->delimiter(',');
  app.add_option("--first", options.questions.first, "the first tenant that pays");
  app.add_option("--request-bytes", options.questions.request_bytes, "of an echo");
  app.add_option("--in-flight", options.in_flight);
  app.add_option("--connections", options.connections);
  app.add_option("--threads", options.threads);
  app.add_option("--warmup", options.warmup, "seconds that do not count");
  app.add_option("--seconds", options.seconds);
  app.add_option("--calls", options.calls, "end after so many");
  app.add_option("--rate", options.rate, "calls a second; 0: as fast as answers come");
  app.add_option("--server-pid", options.server_pid, "whose processor time is measured");
  CLI11_PARSE(app, argc, argv);
  options.authorization = usher::bench::Authorization(key_file);
  std::cout << usher::bench::AsJson(usher::bench::Measure(options));
  return 0;
}
