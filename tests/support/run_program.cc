#include "tests/support/run_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/support/kept_logs.h"
#include "tests/support/read_file.h"
#include "tests/support/temporary_folder.h"

namespace usher {
Ended RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment) {
  const TemporaryFolder folder;
  const std::string out = folder.File("out");
  const std::string err = folder.File("err");
  const char* programs = std::getenv("USHER_BIN_DIR");
  std::vector<std::string> words = {std::string(programs == nullptr ? "build/release/bin" : programs) + "/" + program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::vector<std::string> variables = {"PATH=/usr/bin:/bin"};
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> variable_pointers;
  for (std::string& variable : variables) variable_pointers.push_back(variable.data());
  variable_pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, words[0].c_str(), &actions, nullptr, pointers.data(), variable_pointers.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return {};
  int status = 0;
  waitpid(pid, &status, 0);
  Ended ended{.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1, .out = ReadFile(out), .err = ReadFile(err)};
  KeepLog(program, ended.err);
  return ended;
}

}  // namespace usher
