// A text that must not reach a log, an error message or a core interface by accident.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace usher {

// Holds a secret and prints as `[secret]`. Whoever needs the text says so: Reveal().
class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& Reveal() const { return text_; }

  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "[secret]"; }

 private:
  std::string text_;
};

}  // namespace usher
