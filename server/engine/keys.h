// API keys: making and revoking them, and the table in memory from which every call is judged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "catalog/digest.h"
#include "server/base/mutex.h"
#include "server/base/secret.h"
#include "server/engine/writer.h"
#include "server/ports/clock.h"
#include "server/ports/key.h"
#include "server/ports/store.h"

namespace usher {

// What a new key is to be.
struct KeyRequest {
  std::string name;
  Scopes scopes;
  TenantId tenant;  // empty: bound to none
  std::optional<Instant> expires_at;
};

struct NewKey {
  KeyRow row;
  Secret secret;  // kept nowhere else
};

// Any thread may call. The table holds every key of the store, revoked and expired ones too, so that their holders can
// be told; a key costs about 300 bytes.
class Keys {
 public:
  // All outlive it.
  Keys(Store& store, Writer& writer, const Clock& clock) : store_(store), writer_(writer), clock_(clock) {}
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  // Reads the store into the table. Before the first Find, and whenever another process may have changed keys.
  absl::Status Load();

  // The key with that hash, revoked and expired ones too; null when there is none. Reads memory only.
  std::shared_ptr<const KeyRow> Find(const Digest& hash) const;

  // The keys that let somebody in as admin, of one tenant or of all: neither revoked nor expired.
  std::vector<std::string> AdminIds() const;
  // Whether one of them is bound to no tenant.
  bool HasAdmin() const;

  // Durable and usable when it returns. `actor` is kept in the audit.
  absl::StatusOr<NewKey> Create(const KeyRequest& request, std::string_view actor);

  // Durable, and refused from here on when it returns. Refusal: kKeyUnknown.
  absl::StatusOr<KeyRow> Revoke(std::string_view id, std::string_view actor);

  // A key of which this answers true lets nobody in at `now`.
  static bool Expired(const KeyRow& row, Instant now) { return row.expires_at && *row.expires_at <= now; }

 private:
  using Table = std::unordered_map<std::uint64_t, std::shared_ptr<const KeyRow>>;

  void Put(KeyRow row);

  Store& store_;
  Writer& writer_;
  const Clock& clock_;

  mutable Mutex mutex_;
  Table table_ ABSL_GUARDED_BY(mutex_);  // by the first eight bytes of the hash
};

}  // namespace usher
