// What libraries print by themselves.
#pragma once

#include "server/base/log.h"

namespace usher {

// From here on gRPC and protobuf print nothing by themselves: what they find is a caller's answer, or the reason why a
// start failed. With GRPC_VERBOSITY set, gRPC's messages of that level are lines of our log. Ends when this goes.
// Before either library is used; one at a time; `log` outlives it.
class LibraryLogs {
 public:
  explicit LibraryLogs(const Log* log);
  ~LibraryLogs();
  LibraryLogs(const LibraryLogs&) = delete;
  LibraryLogs& operator=(const LibraryLogs&) = delete;
};

}  // namespace usher
