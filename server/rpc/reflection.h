// grpc.reflection.v1alpha, for tools such as grpcurl.
#pragma once

namespace usher {

// Every gRPC server that this process builds from here on serves reflection.
//
// The packaged library switches itself on as soon as it is loaded, and its generated code must not be compiled a second
// time. So the program is not linked with it: it is loaded here. A system without it serves no reflection.
void EnableReflection();

}  // namespace usher
