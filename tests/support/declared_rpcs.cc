#include "tests/support/declared_rpcs.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "usher/v1/entitlement.pb.h"
#include "usher/v1/event.pb.h"
#include "usher/v1/ingest.pb.h"
#include "usher/v1/key.pb.h"
#include "usher/v1/role.pb.h"
#include "usher/v1/tenant.pb.h"
#include "usher/v1/test_clock.pb.h"
#include "usher/v1/work.pb.h"

namespace usher {

std::vector<const google::protobuf::MethodDescriptor*> DeclaredRpcs() {
  // Linked for their descriptors.
  v1::CheckEntitlementRequest::descriptor();
  v1::ListEventsRequest::descriptor();
  v1::ListKeysRequest::descriptor();
  v1::RelayWebhookRequest::descriptor();
  v1::ListMembersRequest::descriptor();
  v1::ListTenantsRequest::descriptor();
  v1::GetTimeRequest::descriptor();
  v1::ListWorkRequest::descriptor();
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("proto/usher/v1")) {
    if (entry.path().extension() == ".proto") names.push_back("usher/v1/" + entry.path().filename().string());
  }
  std::ranges::sort(names);
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  for (const std::string& name : names) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr) {
      ADD_FAILURE() << name << " is not linked into this test: include its .pb.h in tests/support/declared_rpcs.cc";
      continue;
    }
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) methods.push_back(file->service(i)->method(j));
    }
  }
  return methods;
}

}  // namespace usher
