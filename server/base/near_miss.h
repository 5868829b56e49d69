// "Did you mean": the known word that a misspelt one probably stands for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher {

// The candidate with the fewest single-character edits to `word`, when that is at most a third of the word's length;
// the first of several. Words longer than 64 bytes have no near miss, so the work is bounded by the candidates.
std::optional<std::string> NearMiss(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace usher
