#include "server/app/library_logs.h"

#include <cstdlib>
#include <string_view>

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include "server/base/mutex.h"

namespace usher {
namespace {

// gRPC calls back without context, and its threads may outlive a server.
Mutex mutex;
const Log* log_of_libraries ABSL_GUARDED_BY(mutex) = nullptr;

void LogGrpc(gpr_log_func_args* arguments) {
  const MutexLock lock(mutex);
  if (log_of_libraries == nullptr) return;
  const std::string_view text = arguments->message;
  if (arguments->severity == GPR_LOG_SEVERITY_ERROR) {
    log_of_libraries->Warning("grpc", {{"text", text}});
  } else {
    log_of_libraries->Info("grpc", {{"text", text}});
  }
}

void Lead(const Log* log) {
  const MutexLock lock(mutex);
  log_of_libraries = log;
}

}  // namespace

LibraryLogs::LibraryLogs(const Log* log) {
  Lead(std::getenv("GRPC_VERBOSITY") == nullptr ? nullptr : log);
  google::protobuf::SetLogHandler(nullptr);
  gpr_set_log_function(LogGrpc);
}

LibraryLogs::~LibraryLogs() { Lead(nullptr); }

}  // namespace usher
