#include "server/engine/keys.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "server/base/api_key.h"
#include "server/base/random.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

constexpr std::size_t kPage = 1000;

// Two of 2^32 keys would share it; the second of them is not let in, and its maker makes another.
std::uint64_t TableKey(const Digest& hash) {
  std::uint64_t key = 0;
  std::memcpy(&key, hash.bytes.data(), sizeof(key));
  return key;
}

std::string Described(const KeyRow& row) { return row.id + " (" + row.name + ")"; }

bool IsAdmin(const KeyRow& row, Instant now) {
  return !row.revoked_at && !Keys::Expired(row, now) && row.scopes.Has(Scope::kAdmin);
}

}  // namespace

absl::Status Keys::Load() {
  absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  std::int64_t after = 0;
  while (true) {
    absl::StatusOr<std::vector<KeyRow>> rows = (*reader)->ListKeys(after, kPage);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    after = rows->back().position;
    for (KeyRow& row : *rows) Put(std::move(row));
  }
  return absl::OkStatus();
}

std::shared_ptr<const KeyRow> Keys::Find(const Digest& hash) const {
  std::shared_ptr<const KeyRow> row;
  {
    const MutexLock lock(mutex_);
    const auto found = table_.find(TableKey(hash));
    if (found == table_.end()) return nullptr;
    row = found->second;
  }
  return SameInConstantTime(row->hash, hash) ? row : nullptr;
}

std::vector<std::string> Keys::AdminIds() const {
  const Instant now = clock_.Now();
  std::vector<std::string> ids;
  const MutexLock lock(mutex_);
  for (const auto& [hash, row] : table_) {
    if (IsAdmin(*row, now)) ids.push_back(row->id);
  }
  return ids;
}

bool Keys::HasAdmin() const {
  const Instant now = clock_.Now();
  const MutexLock lock(mutex_);
  return std::ranges::any_of(
      table_, [now](const auto& entry) { return entry.second->tenant.empty() && IsAdmin(*entry.second, now); });
}

// Keys are added and revoked, nothing else: whatever order the rows of one key arrive in, a revoked one is the last
// word.
void Keys::Put(KeyRow row) {
  const std::uint64_t key = TableKey(row.hash);
  auto shared = std::make_shared<const KeyRow>(std::move(row));
  const MutexLock lock(mutex_);
  std::shared_ptr<const KeyRow>& present = table_[key];
  if (present == nullptr || (present->id == shared->id && !present->revoked_at)) present = std::move(shared);
}

absl::StatusOr<NewKey> Keys::Create(const KeyRequest& request, std::string_view actor) {
  const Secret secret = MakeApiKey();
  KeyRow row{.id = "key_" + RandomId().substr(0, 16),
             .name = request.name,
             .hash = HashOfApiKey(secret.Reveal()),
             .scopes = request.scopes,
             .tenant = request.tenant,
             .created_at = clock_.Now(),
             .created_by = std::string(actor),
             .expires_at = request.expires_at,
             .revoked_at = std::nullopt};
  const absl::Status committed =
      writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        absl::Status inserted = transaction.InsertKey(row);
        if (!inserted.ok()) return inserted;
        return transaction.AppendAudit({.at = row.created_at,
                                        .actor = row.created_by,
                                        .action = "KEY_CREATED",
                                        .tenant = row.tenant.str(),
                                        .detail = "key " + Described(row) + " made"});
      });
  if (!committed.ok()) return committed;
  Put(row);
  return NewKey{std::move(row), secret};
}

absl::StatusOr<KeyRow> Keys::Revoke(std::string_view id, std::string_view actor) {
  KeyRow revoked;
  const absl::Status committed =
      writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>&) -> absl::Status {
        absl::StatusOr<std::optional<KeyRow>> row = transaction.FindKey(id);
        if (!row.ok()) return row.status();
        if (!row->has_value()) {
          return Refuse(Refusal::kKeyUnknown, "no key has the id " + std::string(id) + "; see the list of keys");
        }
        revoked = **std::move(row);
        if (revoked.revoked_at) return absl::OkStatus();
        revoked.revoked_at = clock_.Now();
        absl::Status written = transaction.RevokeKey(id, *revoked.revoked_at);
        if (!written.ok()) return written;
        return transaction.AppendAudit({.at = *revoked.revoked_at,
                                        .actor = std::string(actor),
                                        .action = "KEY_REVOKED",
                                        .tenant = revoked.tenant.str(),
                                        .detail = "key " + Described(revoked) + " revoked"});
      });
  // A commit in doubt may have happened: whoever was told to stop must not go on because of that.
  if (!committed.ok()) {
    Load().IgnoreError();
    return committed;
  }
  Put(revoked);
  return revoked;
}

}  // namespace usher
