#include "server/engine/revision.h"

#include <optional>
#include <vector>

#include <absl/strings/escaping.h>

#include "catalog/absl_bridge.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

constexpr char kFormat = 2;
constexpr std::size_t kChecksumBytes = 4;
// Far more than the tenants of the largest batch need.
constexpr std::size_t kMaxTokenBytes = 256 * 1024;

// FNV-1a, folded. It is part of every answer, so it has to cost little.
std::string Checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  hash ^= hash >> 32;
  std::string checksum(kChecksumBytes, '\0');
  for (std::size_t i = 0; i < kChecksumBytes; ++i) checksum[i] = static_cast<char>(hash >> (8 * i));
  return checksum;
}

void AppendNumber(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<char>((number & 0x7f) | 0x80));
  bytes.push_back(static_cast<char>(number));
}

void AppendText(std::string& bytes, std::string_view text) {
  AppendNumber(bytes, text.size());
  bytes.append(text);
}

// Takes values off the front of bytes whose checksum was right; still believes nothing about them.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::uint64_t> Number() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 63 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    return std::nullopt;
  }

  std::optional<std::string> Text() {
    const std::optional<std::uint64_t> size = Number();
    if (!size || *size > rest_.size()) return std::nullopt;
    std::string text(rest_.substr(0, *size));
    rest_.remove_prefix(*size);
    return text;
  }

  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<Revision> Read(std::string_view bytes) {
  Revision revision;
  Cursor cursor(bytes);
  const std::optional<std::string> epoch = cursor.Text();
  const std::optional<std::uint64_t> generation = cursor.Number();
  const std::optional<std::uint64_t> tenants = cursor.Number();
  if (!epoch || !generation || !tenants) return std::nullopt;
  revision.epoch = *epoch;
  revision.generation = static_cast<std::int64_t>(*generation);
  for (std::uint64_t n = 0; n < *tenants; ++n) {
    std::optional<std::string> tenant = cursor.Text();
    const std::optional<std::uint64_t> version = cursor.Number();
    if (!tenant || !version) return std::nullopt;
    revision.versions[TenantId(*std::move(tenant))] = static_cast<std::int64_t>(*version);
  }
  if (!cursor.AtEnd() || revision.versions.size() != *tenants) return std::nullopt;
  return revision;
}

absl::Status Malformed() {
  return Refuse(Refusal::kRevisionInvalid,
                "the revision token was not made by a server; hand back exactly what an answer carried, or none");
}

}  // namespace

std::string EncodeRevision(std::string_view epoch, std::span<const TenantVersion> tenants, std::int64_t generation) {
  std::string bytes(1, kFormat);
  bytes.reserve(64 + epoch.size() + 32 * tenants.size());
  AppendText(bytes, epoch);
  AppendNumber(bytes, static_cast<std::uint64_t>(generation));
  AppendNumber(bytes, tenants.size());
  for (const TenantVersion& tenant : tenants) {
    AppendText(bytes, tenant.tenant);
    AppendNumber(bytes, static_cast<std::uint64_t>(tenant.version));
  }
  bytes += Checksum(bytes);
  return absl::WebSafeBase64Escape(bytes);
}

std::string EncodeRevision(const Revision& revision) {
  std::vector<TenantVersion> tenants;
  tenants.reserve(revision.versions.size());
  for (const auto& [tenant, version] : revision.versions) tenants.push_back({tenant.str(), version});
  return EncodeRevision(revision.epoch, tenants, revision.generation);
}

absl::StatusOr<Revision> DecodeRevision(std::string_view token) {
  std::string bytes;
  if (token.size() > kMaxTokenBytes || !absl::WebSafeBase64Unescape(ToAbsl(token), &bytes)) return Malformed();
  if (bytes.size() < 1 + kChecksumBytes || bytes.front() != kFormat) return Malformed();
  const std::string_view content = std::string_view(bytes).substr(0, bytes.size() - kChecksumBytes);
  if (bytes.substr(content.size()) != Checksum(content)) return Malformed();
  std::optional<Revision> revision = Read(content.substr(1));
  if (!revision) return Malformed();
  return *std::move(revision);
}

absl::Status CheckRevision(const Revision& revision, std::string_view epoch, const TenantId& tenant) {
  if (revision.epoch != epoch) {
    return Refuse(Refusal::kRevisionInvalid,
                  "the revision token belongs to another store, or to this one before it was restored; ask without it");
  }
  if (!revision.versions.contains(tenant)) {
    return Refuse(Refusal::kRevisionInvalid, "the revision token does not speak of tenant `" + tenant.str() +
                                                 "`; hand back a token of the same tenant, or none");
  }
  return absl::OkStatus();
}

}  // namespace usher
