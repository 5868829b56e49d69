// fake-clerk: a Clerk of our own for tries on one machine.
#include <signal.h>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tests/support/fake_clerk/fake_clerk.h"

int main(int argc, char** argv) {
  CLI::App app("A stand-in for Clerk's Backend API on 127.0.0.1: users and their metadata, with Clerk's limits.");
  std::uint16_t port = 0;
  std::string secret_file;
  std::vector<std::string> users;
  usher::ClerkRules rules;
  app.add_option("--port", port, "Where to listen; 0 takes a free port")->capture_default_str();
  app.add_option("--secret", secret_file, "A file with the secret key to expect; without it any sk_ key is taken")
      ->type_name("KEY_FILE");
  app.add_option("--user", users, "A user that exists; as often as there are users")->type_name("ID");
  app.add_flag("--create-missing", rules.create_missing, "Users come into being when they are asked for");
  CLI11_PARSE(app, argc, argv);
  if (!secret_file.empty()) {
    std::ifstream file(secret_file);
    if (!std::getline(file, rules.secret_key) || rules.secret_key.empty()) {
      std::cerr << "fake-clerk: no secret key in the first line of " << secret_file << "\n";
      return 2;
    }
  }

  // Blocked before any thread starts, so that only the wait below sees them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  try {
    usher::FakeClerk clerk(rules, port);
    for (const std::string& user : users) clerk.PutUser(user);
    std::cout << clerk.url() << std::endl;  // whoever started it waits for this line
    int signal = 0;
    sigwait(&stop_signals, &signal);
  } catch (const std::exception& error) {
    std::cerr << "fake-clerk: " << error.what() << "; choose another port with --port\n";
    return 1;
  }
  return 0;
}
