// Histories written by hand, of at most seven facts each, so that every order of each can be tried.
#pragma once

#include <string>
#include <vector>

#include "server/core/fact.h"

namespace usher::property {

struct Example {
  std::string name;
  std::vector<Fact> facts;
};

std::vector<Example> Examples();

}  // namespace usher::property
