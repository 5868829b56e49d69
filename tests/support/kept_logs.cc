#include "tests/support/kept_logs.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace usher {
namespace {

void Put(const std::string& name, const std::string& text) {
  const char* folder = std::getenv("USHER_TEST_LOGS");
  if (folder == nullptr) return;
  static std::atomic<int> number = 0;
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  std::ofstream(std::filesystem::path(folder) /
                (name + "." + std::to_string(getpid()) + "." + std::to_string(++number)))
      << text;
}

}  // namespace

void KeepLog(const std::string& program, const std::string& text) { Put(program + ".log", text); }

void NotePlanted(const std::string& name) { Put("planted", name + "\n"); }

}  // namespace usher
