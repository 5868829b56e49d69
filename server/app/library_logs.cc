#include "server/app/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include "server/base/log.h"

namespace usher {
namespace {

// gRPC calls back without context, so the log lives here.
void LogGrpc(gpr_log_func_args* arguments) {
  static const Log log;
  if (arguments->severity != GPR_LOG_SEVERITY_ERROR) return;
  log.Warning("grpc", {{"text", std::string_view(arguments->message)}});
}

}  // namespace

void TameLibraryLogs() {
  google::protobuf::SetLogHandler(nullptr);
  gpr_set_log_function(LogGrpc);
}

}  // namespace usher
