#include "server/service/call_stats.h"

#include "server/service/access_table.h"

namespace usher {

void CountedCall::End(absl::StatusCode code) {
  const auto number = static_cast<std::size_t>(code);
  const auto known = number < CallCounts::kCodes ? number : static_cast<std::size_t>(absl::StatusCode::kUnknown);
  counts_.handled[known].Add();
  counts_.nanos.Observe(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - began_).count());
  ended_ = true;
}

CallStats::CallStats() {
  unknown_.service = "unknown";
  unknown_.method = "unknown";
  for (const AccessRule& rule : AccessRules()) {
    const google::protobuf::MethodDescriptor* method = FindMethod(rule.method);
    if (method == nullptr) continue;
    auto calls = std::make_unique<MethodCalls>();
    calls->service = method->service()->full_name();
    calls->method = method->name();
    by_request_.emplace(method->input_type(), calls.get());
    by_name_.emplace(rule.method, std::move(calls));
  }
}

MethodCalls& CallStats::Of(const google::protobuf::Descriptor* request) {
  const auto found = by_request_.find(request);
  return found == by_request_.end() ? unknown_ : *found->second;
}

MethodCalls& CallStats::Named(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? unknown_ : *found->second;
}

std::vector<const MethodCalls*> CallStats::All() const {
  std::vector<const MethodCalls*> all;
  for (const auto& [name, calls] : by_name_) all.push_back(calls.get());
  all.push_back(&unknown_);
  return all;
}

}  // namespace usher
