// A JSON text as a tree of values, read strictly and within bounds. For every integration; knows none of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace usher {

inline constexpr int kMaxJsonDepth = 64;
inline constexpr int kMaxJsonValues = 100'000;

enum class JsonType {
  kNull,
  kBool,
  kNumber,
  kString,
  kBrokenString,  // its escapes denote no text (half a surrogate pair); harmless where nobody reads it
  kArray,
  kObject,
};

struct JsonMember;

struct JsonValue {
  JsonType type = JsonType::kNull;
  bool boolean = false;
  std::string text;                  // kString: the text; kNumber: as written, so nothing is rounded
  std::vector<JsonMember> children;  // kObject; kArray, where the names are empty

  // The member of an object, nullptr when there is none.
  const JsonValue* Find(std::string_view name) const;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

struct JsonDocument {
  JsonValue root;              // an object
  std::string duplicate_path;  // the first name given twice in one object (`data.object.id`), empty when none;
                               // the value is the first one
};

// INVALID_ARGUMENT, saying what is wrong, unless `text` is one JSON object in UTF-8 of at most kMaxJsonDepth levels
// and kMaxJsonValues values. Time and memory are linear in the size of `text`.
absl::StatusOr<JsonDocument> ParseJson(std::string_view text);

// The same for the members of the object that `wanted` names. The others are passed over unread, however deep and many
// their values are: for answers that hold what strangers may write.
absl::StatusOr<JsonDocument> ParseJsonMembers(std::string_view text, std::span<const std::string_view> wanted);

}  // namespace usher
