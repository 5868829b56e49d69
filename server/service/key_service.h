// usher.v1.KeyService: API keys.
#pragma once

#include <absl/status/statusor.h>

#include "server/engine/keys.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"
#include "server/service/call_context.h"
#include "usher/v1/key.pb.h"

namespace usher {

// Any thread may call; every RPC reads or writes the store.
class KeyService {
 public:
  // All outlive the service.
  KeyService(Store* store, Keys* keys, const Clock* clock);

  absl::StatusOr<v1::CreateKeyResponse> CreateKey(const CallContext& context, const v1::CreateKeyRequest& request);
  absl::StatusOr<v1::ListKeysResponse> ListKeys(const CallContext& context, const v1::ListKeysRequest& request);
  absl::StatusOr<v1::RevokeKeyResponse> RevokeKey(const CallContext& context, const v1::RevokeKeyRequest& request);

 private:
  Store& store_;
  Keys& keys_;
  const Clock& clock_;
};

}  // namespace usher
