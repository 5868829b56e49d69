// What libraries print by themselves.
#pragma once

#include "server/base/log.h"

namespace usher {

// From here on gRPC's errors are lines of our log, and protobuf is silent: what it finds in a request is the caller's
// answer. Ends when this goes. Before either library is used; one at a time; `log` outlives it.
class LibraryLogs {
 public:
  explicit LibraryLogs(const Log* log);
  ~LibraryLogs();
  LibraryLogs(const LibraryLogs&) = delete;
  LibraryLogs& operator=(const LibraryLogs&) = delete;
};

}  // namespace usher
