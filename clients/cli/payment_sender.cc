#include "clients/cli/payment_sender.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>

#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kCallPatience{30};
constexpr std::chrono::seconds kPatienceWithoutProgress{30};
constexpr milliseconds kFirstPause{20};
constexpr milliseconds kLongestPause{1000};

// The reason that the server gave; empty when gRPC made the error on the way.
std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details())) return "";
  for (const google::protobuf::Any& detail : details.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

// The same payment may fare well a moment later.
bool IsPassing(const grpc::Status& status) {
  const std::string reason = ReasonOf(status);
  if (!reason.empty()) return reason == "OVERLOADED" || reason == "NOT_READY";
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

// One of the payments on their way, or one that waits to be sent again.
struct Sending {
  std::int64_t number = 0;
  bool waiting = false;  // for `alarm`
  milliseconds pause = kFirstPause;
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientAsyncResponseReaderInterface<v1::RecordPaymentOutcomeResponse>> call;
  v1::RecordPaymentOutcomeResponse response;
  grpc::Status status;
  std::unique_ptr<grpc::Alarm> alarm;
};

class PaymentSender {
 public:
  PaymentSender(v1::IngestService::StubInterface& ingest, std::int64_t total,
                const std::function<v1::RecordPaymentOutcomeRequest(std::int64_t)>& payment,
                const std::function<void(std::int64_t)>& answered)
      : ingest_(ingest), total_(total), payment_(payment), answered_(answered) {}

  SentPayments Run() {
    for (int i = 0; i < kPaymentsInFlight && next_ <= total_; ++i) {
      sendings_.emplace_back();
      SendNext(sendings_.back());
    }
    void* tag = nullptr;
    bool ok = false;
    while (under_way_ > 0 && queue_.Next(&tag, &ok)) Continue(*static_cast<Sending*>(tag));
    queue_.Shutdown();
    while (queue_.Next(&tag, &ok)) {
    }
    return sent_;
  }

 private:
  void SendNext(Sending& sending) {
    if (next_ > total_ || !sent_.failure.ok()) return;
    sending.number = next_++;
    sending.pause = kFirstPause;
    Send(sending);
  }

  void Send(Sending& sending) {
    sending.waiting = false;
    sending.context = std::make_unique<grpc::ClientContext>();
    sending.context->set_deadline(std::chrono::system_clock::now() + kCallPatience);
    sending.call = ingest_.AsyncRecordPaymentOutcome(sending.context.get(), payment_(sending.number), &queue_);
    sending.call->Finish(&sending.response, &sending.status, &sending);
    ++under_way_;
  }

  // Its call has ended, or its pause.
  void Continue(Sending& sending) {
    --under_way_;
    if (sending.waiting) {
      Send(sending);
    } else if (sending.status.ok()) {
      progressed_ = Clock::now();
      ++(sending.response.disposition() == v1::DISPOSITION_DUPLICATE ? sent_.repeated : sent_.applied);
      answered_(sent_.applied + sent_.repeated);
      SendNext(sending);
    } else if (sent_.failure.ok() && IsPassing(sending.status) &&
               Clock::now() - progressed_ < kPatienceWithoutProgress) {
      Pause(sending);
    } else if (sent_.failure.ok()) {
      sent_.failure = sending.status;
      sent_.failed = sending.number;
      sent_.interrupted = IsPassing(sending.status);
    }
  }

  void Pause(Sending& sending) {
    sending.waiting = true;
    sending.alarm = std::make_unique<grpc::Alarm>();
    sending.alarm->Set(&queue_, std::chrono::system_clock::now() + sending.pause, &sending);
    sending.pause = std::min(sending.pause * 2, kLongestPause);
    ++under_way_;
  }

  v1::IngestService::StubInterface& ingest_;
  const std::int64_t total_;
  const std::function<v1::RecordPaymentOutcomeRequest(std::int64_t)>& payment_;
  const std::function<void(std::int64_t)>& answered_;

  grpc::CompletionQueue queue_;
  std::deque<Sending> sendings_;  // calls point into it
  std::int64_t next_ = 1;
  int under_way_ = 0;
  Clock::time_point progressed_ = Clock::now();
  SentPayments sent_;
};

}  // namespace

SentPayments SendPayments(v1::IngestService::StubInterface& ingest, std::int64_t total,
                          const std::function<v1::RecordPaymentOutcomeRequest(std::int64_t)>& payment,
                          const std::function<void(std::int64_t)>& answered) {
  return PaymentSender(ingest, total, payment, answered).Run();
}

}  // namespace usher
