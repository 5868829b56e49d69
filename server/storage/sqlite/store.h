// The embedded store: one SQLite file in WAL mode, one writer, several readers.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <absl/status/statusor.h>

#include "server/ports/store.h"

namespace usher::sqlite {

struct Options {
  std::string path;                      // a file; created when missing, its folder is not
  std::size_t readers = 4;               // reading connections, at most
  std::chrono::milliseconds wait{5000};  // for a connection, and for another process that holds the database
};

// Opens the database and migrates it to the newest schema. FAILED_PRECONDITION when the folder is missing or cannot be
// written, or the schema is newer than this program; ABORTED when another process serves the file; DATA_LOSS when
// it is no database of Usher's.
absl::StatusOr<std::unique_ptr<Store>> Open(const Options& options);

}  // namespace usher::sqlite
