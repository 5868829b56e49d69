#include "server/service/method_table.h"

#include <algorithm>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

namespace usher {

bool IsDeclaredWithoutSideEffects(std::string_view name) {
  std::string full_name(name);
  std::ranges::replace(full_name, '/', '.');
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(full_name);
  return method != nullptr && method->options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
}

}  // namespace usher
