#include "catalog/parse/finding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace usher {
namespace {

constexpr std::size_t kLongestWord = 64;

// Edits (insert, delete, replace, swap of neighbours) between two words of at most kLongestWord bytes.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, kLongestWord + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return lower;
}

// Of `versions`, names with a version, the latest of `name`; null when there is none.
const std::string* LatestOf(std::string_view name, const std::vector<std::string>& versions) {
  const std::string* latest = nullptr;
  const auto is_later = [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a > b;  // versions have no leading zeros
  };
  for (const std::string& each : versions) {
    if (each.size() <= name.size() + 1 || each[name.size()] != '@' || each.compare(0, name.size(), name) != 0) continue;
    if (latest == nullptr || is_later(each, *latest)) latest = &each;
  }
  return latest;
}

}  // namespace

std::string FormatFinding(const Finding& finding) {
  const char* severity = finding.severity == Severity::kError ? "error" : "warning";
  return finding.file + ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column) + ": " + severity +
         " " + CodeName(finding.code) + ": " + finding.message;
}

void Findings::Add(Code code, Place place, std::string message) {
  if (InfoOf(code).severity == Severity::kError) has_errors_ = true;
  codes_.insert(code);
  if (raw_.size() >= kMostFindings) {
    too_many_ = true;
    return;
  }
  raw_.push_back({place, code, std::move(message)});
}

void Findings::TakeBack(std::vector<Place> places) {
  if (too_many_) return;  // keeps the work within kMostFindings sweeps
  std::sort(places.begin(), places.end());
  std::erase_if(raw_, [&](const Raw& raw) { return std::binary_search(places.begin(), places.end(), raw.place); });
}

std::string Findings::Describe(Place place) const {
  return file_names_[place.file] + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string Findings::DidYouMean(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongestWord) return "";
  if (const std::size_t at = word.find('@'); at != std::string_view::npos && comparisons_left_ >= candidates.size()) {
    comparisons_left_ -= candidates.size();
    if (const std::string* latest = LatestOf(word.substr(0, at), candidates)) {
      return " Did you mean \"" + *latest + "\"?";
    }
  }
  const std::string lower = Lower(word);
  const std::size_t allowed = lower.size() <= 3 ? 1 : lower.size() <= 7 ? 2 : 3;
  std::size_t nearest = allowed + 1;
  const std::string* found = nullptr;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestWord || candidate.size() > word.size() + allowed ||
        word.size() > candidate.size() + allowed) {
      continue;
    }
    if (comparisons_left_ == 0) break;
    --comparisons_left_;
    const std::size_t distance = EditDistance(lower, Lower(candidate));
    if (distance < nearest || (distance == nearest && found != nullptr && candidate < *found)) {
      nearest = distance;
      found = &candidate;
    }
  }
  return found == nullptr || nearest >= found->size() ? "" : " Did you mean \"" + *found + "\"?";
}

std::vector<Finding> Findings::Take() {
  std::sort(raw_.begin(), raw_.end());
  raw_.erase(std::unique(raw_.begin(), raw_.end()), raw_.end());
  if (too_many_) {
    raw_.push_back({raw_.back().place, Code::kTooManyFindings,
                    "There is more to find than is listed: mend these first and validate again."});
  }
  std::vector<Finding> findings;
  findings.reserve(raw_.size());
  for (Raw& raw : raw_) {
    findings.push_back({.code = raw.code,
                        .severity = InfoOf(raw.code).severity,
                        .file = file_names_[raw.place.file],
                        .line = raw.place.line,
                        .column = raw.place.column,
                        .message = std::move(raw.message)});
  }
  raw_.clear();
  return findings;
}

}  // namespace usher
