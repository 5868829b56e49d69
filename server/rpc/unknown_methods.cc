#include "server/rpc/unknown_methods.h"

#include "server/rpc/adapter.h"
#include "server/service/error.h"

namespace usher {
namespace {

class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(MethodCalls& unknown) {
    CountedCall counted(unknown, Wire::kGrpc);
    Finish(ToGrpc(counted.End(MakeError(v1::ERROR_REASON_METHOD_UNKNOWN,
                                        "this server has no such method: expected /usher.v1.Service/Method"))));
  }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(grpc::GenericCallbackServerContext* /*context*/) {
  return new Refusal(calls_.unknown());  // deletes itself
}

}  // namespace usher
