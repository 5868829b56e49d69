#include "server/ports/audit.h"

#include <string_view>

namespace usher {
namespace {

// Eight bytes of length, then the text, so that no two records share an encoding.
void AppendText(std::string& bytes, std::string_view text) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((static_cast<std::uint64_t>(text.size()) >> shift) & 0xff));
  }
  bytes.append(text);
}

}  // namespace

Digest AuditHash(const Digest& previous, const AuditRecord& record) {
  std::string bytes(reinterpret_cast<const char*>(previous.bytes.data()), previous.bytes.size());
  AppendText(bytes, std::to_string(ToUnixMillis(record.at)));
  AppendText(bytes, record.actor);
  AppendText(bytes, record.action);
  AppendText(bytes, record.tenant);
  AppendText(bytes, record.detail);
  return Sha256(bytes);
}

}  // namespace usher
