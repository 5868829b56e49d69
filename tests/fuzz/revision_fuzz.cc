// A revision token: only what was made here is read, and it is read as it was made.
#include <string>
#include <string_view>

#include "server/engine/revision.h"
#include "tests/fuzz/fuzz.h"

namespace usher::fuzz {
namespace {

// Some revision that depends on all of `bytes`.
Revision RevisionFrom(std::string_view bytes) {
  Revision revision{.epoch = std::string(TakeUntil(bytes, '\n')), .versions = {}, .generation = 0};
  while (!bytes.empty()) {
    const std::string_view tenant = TakeUntil(bytes, '\n');
    revision.generation = (revision.generation * 31 + static_cast<std::int64_t>(tenant.size())) % 1'000'003;
    revision.versions[TenantId(tenant)] = revision.generation;
  }
  return revision;
}

}  // namespace

void TryInput(std::string_view input) {
  if (const absl::StatusOr<Revision> read = DecodeRevision(input); read.ok()) {
    const absl::StatusOr<Revision> again = DecodeRevision(EncodeRevision(*read));
    Require(again.ok() && *again == *read, "what was read is read again");
  }
  const Revision revision = RevisionFrom(input);
  std::string token = EncodeRevision(revision);
  const absl::StatusOr<Revision> read = DecodeRevision(token);
  Require(read.ok() && *read == revision, "a token is read as it was made");
  if (input.empty()) return;
  // One character changed, at a place and in a way that the input chooses.
  char& changed = token[static_cast<unsigned char>(input.front()) % token.size()];
  const char before = changed;
  changed = input.back();
  if (changed == before) return;
  const absl::StatusOr<Revision> other = DecodeRevision(token);
  Require(!other.ok() || *other == revision, "a slip of the pen is noticed");
}

}  // namespace usher::fuzz
