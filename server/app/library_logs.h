// What libraries print by themselves.
#pragma once

namespace usher {

// From here on gRPC's errors are lines of our log, and protobuf is silent: what it finds in a request is the caller's
// answer. Call once, before either library is used.
void TameLibraryLogs();

}  // namespace usher
