// What protobuf's JSON parser tells of a value that does not fit its field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace usher {

struct JsonFault {
  std::string field;        // the path in proto names, `items[2].quantity`; its end may be as the sender spells it
  std::string description;  // what was expected there; nothing of what was sent
};

// Reads the parser's own words; nullopt when they name no field, as for JSON that is broken.
std::optional<JsonFault> ReadJsonFault(std::string_view parser_says);

}  // namespace usher
