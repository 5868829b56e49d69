// What a reader found in a catalog: where, how bad, what was expected and what to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/parse/codes.h"

namespace usher {

// A place in one of the files that are read together. Lines and columns count from 1, columns in characters.
struct Place {
  std::uint32_t file = 0;  // index into the files
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Finding {
  Code code = Code::kSyntax;
  Severity severity = Severity::kError;
  std::string file;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string message;  // one sentence or two; ends with a full stop
};

// `plans.yaml:12:7: error USH0101: ...`
std::string FormatFinding(const Finding& finding);

// Collects findings while files are read. Holds at most kMostFindings: a hostile file cannot make the list outgrow the
// file, and nobody reads more. Not for use from several threads.
class Findings {
 public:
  static constexpr std::size_t kMostFindings = 1000;

  explicit Findings(std::vector<std::string> file_names) : file_names_(std::move(file_names)) {}

  // The severity is the registry's.
  void Add(Code code, Place place, std::string message);

  // Forgets what was found at `places`: what is added next says all of it.
  void TakeBack(std::vector<Place> places);

  bool HasErrors() const { return has_errors_; }

  // Whether `code` has been added, be it listed or not.
  bool Has(Code code) const { return codes_.contains(code); }

  // `plans.yaml:12:7`, for messages that name a second place.
  std::string Describe(Place place) const;

  // ` Did you mean "growth"?` with the nearest of `candidates`, or nothing when none is near. Of a name@version
  // whose name is among them it is the latest version. Looks at a bounded number
  // of candidates over the life of this object.
  std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

  // Everything found, by place, without repetition. The object is empty afterwards.
  std::vector<Finding> Take();

 private:
  struct Raw {
    Place place;
    Code code;
    std::string message;
    friend auto operator<=>(const Raw&, const Raw&) = default;
  };

  std::vector<std::string> file_names_;
  std::vector<Raw> raw_;
  std::set<Code> codes_;
  std::size_t comparisons_left_ = 50'000;
  bool has_errors_ = false;
  bool too_many_ = false;
};

}  // namespace usher
