#include "server/rpc/unknown_methods.h"

#include "server/rpc/adapter.h"
#include "server/rpc/async_queue.h"
#include "server/service/error.h"

namespace usher {

// One call, from the wait for it until its answer is gone.
class UnknownMethods::Refusal final : public AsyncTag {
 public:
  explicit Refusal(UnknownMethods& methods) : methods_(methods) {
    methods_.service_.RequestCall(&context_, &stream_, methods_.queue_, methods_.queue_, this);
  }

  void Proceed(bool ok) override {
    if (refused_ || !ok) {  // or the server stops
      delete this;
      return;
    }
    refused_ = true;
    new Refusal(methods_);  // the queue gives it back
    CountedCall counted(methods_.calls_.unknown(), Wire::kGrpc);
    stream_.Finish(ToGrpc(counted.End(MakeError(v1::ERROR_REASON_METHOD_UNKNOWN,
                                                "this server has no such method: expected /usher.v1.Service/Method"))),
                   this);
  }

 private:
  UnknownMethods& methods_;
  bool refused_ = false;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
};

void UnknownMethods::Start(grpc::ServerCompletionQueue& queue) {
  queue_ = &queue;
  new Refusal(*this);
}

}  // namespace usher
