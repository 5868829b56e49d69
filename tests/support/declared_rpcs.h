// Every RPC that proto/usher/v1 declares. Test code only.
#pragma once

#include <vector>

#include <google/protobuf/descriptor.h>

namespace usher {

// In the order of the files. Fails the test when a file is not linked into it: declared_rpcs.cc includes its .pb.h.
std::vector<const google::protobuf::MethodDescriptor*> DeclaredRpcs();

}  // namespace usher
