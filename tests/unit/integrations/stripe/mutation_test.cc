// Damages every field of every fixture, one at a time.
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/integrations/stripe/event.h"
#include "tests/support/write_json.h"
#include "tests/unit/integrations/stripe/deciding_cases.h"

namespace usher::stripe_test {
namespace {

using stripe::Parse;
using stripe::ParsedEvent;
using stripe::ParseReason;
using stripe::Verdict;

// Every value below `value`, with its path. The pointers hold while the tree is not restructured.
void CollectPaths(JsonValue& value, const std::string& path,
                  std::vector<std::pair<std::string, JsonValue*>>& collected) {
  for (std::size_t i = 0; i < value.children.size(); ++i) {
    JsonMember& child = value.children[i];
    const std::string child_path = value.type == JsonType::kArray ? path + "[" + std::to_string(i) + "]"
                                   : path.empty()                 ? child.name
                                                                  : path + "." + child.name;
    collected.emplace_back(child_path, &child.value);
    CollectPaths(child.value, child_path, collected);
  }
}

std::vector<JsonMember> Replacements() {
  const auto document =
      ParseJson(R"({"all":[null,true,7,-1.5,1e999,123456789012345678901234567890,"x!","","\u0000","\ud800",[],{}]})");
  return document.value().root.Find("all")->children;
}

bool IsWithin(const std::string& path, const std::string& outer) {
  return path == outer || path.starts_with(outer + ".") || path.starts_with(outer + "[");
}

// A price may be an object or its id: two renderings of the same thing.
bool IsOtherRendering(const JsonValue& original, const JsonValue& replacement) {
  return original.type == JsonType::kObject && replacement.type == JsonType::kString;
}

struct Damage {
  std::string path;
  const JsonValue* original;
  const JsonValue* replacement;
};

void ExpectNamed(const ParsedEvent& event, const Damage& damage) {
  switch (event.verdict) {
    case Verdict::kFacts:
      EXPECT_FALSE(event.facts.empty());
      EXPECT_EQ(event.reason, ParseReason::kNone);
      break;
    case Verdict::kIgnored:
      EXPECT_TRUE(damage.path == "type" || damage.path == "livemode" || damage.path == "object") << damage.path;
      break;
    case Verdict::kParked:
      EXPECT_TRUE(event.facts.empty());
      EXPECT_FALSE(event.path.empty());
      EXPECT_NE(ParseReasonName(event.reason), "");
      EXPECT_TRUE(event.message.starts_with(event.path + ": ")) << event.message;
      break;
  }
}

// A field of another type either decides nothing, or parks the event under its own name.
void ExpectParkedWhereItMatters(const ParsedEvent& event, const ParsedEvent& intact, const Damage& damage) {
  const bool retyped = damage.original->type != JsonType::kNull && damage.replacement->type != JsonType::kNull &&
                       damage.original->type != damage.replacement->type;
  if (!retyped || IsOtherRendering(*damage.original, *damage.replacement)) return;
  if (event.verdict == Verdict::kFacts) {
    EXPECT_EQ(event.facts, intact.facts);
  } else {
    EXPECT_EQ(event.verdict, Verdict::kParked);
    EXPECT_TRUE(IsWithin(event.path, damage.path)) << event.path;
  }
}

int DamageEveryField(const std::string& body, std::set<std::string>& decisive) {
  int cases = 0;
  const ParsedEvent intact = Parse(body, {});
  JsonValue root = ParseJson(body).value().root;
  std::vector<std::pair<std::string, JsonValue*>> places;
  CollectPaths(root, "", places);
  for (const auto& [path, place] : places) {
    for (const auto& [name, replacement] : Replacements()) {
      JsonValue original = std::exchange(*place, replacement);
      const ParsedEvent event = Parse(WriteJson(root), {});
      const Damage damage{path, &original, &replacement};
      SCOPED_TRACE(intact.type + ": " + path + " = " + WriteJson(replacement) + " -> " + event.message);
      ExpectNamed(event, damage);
      ExpectParkedWhereItMatters(event, intact, damage);
      if (event.reason == ParseReason::kFieldType) decisive.insert(event.path);
      *place = std::move(original);  // moved, so pointers to what is below stay good
      ++cases;
    }
  }
  return cases;
}

TEST(Mutation, EveryDamagedFieldIsHarmlessOrNamed) {
  int cases = 0;
  std::set<std::string> decisive;
  for (const DecidingCase& row : DecidingCases()) {
    for (const Family family : kFamilies) {
      StripeEvents events(family);
      cases += DamageEveryField(events.Event(row.type, kAt, row.object(events)), decisive);
    }
  }
  RecordProperty("cases", cases);
  EXPECT_GT(decisive.size(), 90u) << "the fixtures exercise too few decisive fields";
}

TEST(Mutation, EveryDamagedByteIsHarmlessOrNamed) {
  int cases = 0;
  for (const DecidingCase& row : DecidingCases()) {
    StripeEvents events(Family::kBasil);
    std::string body = events.Event(row.type, kAt, row.object(events));
    for (char& byte : body) {
      for (const char damage : {static_cast<char>(byte ^ 1), '"', '\\', '\xc3'}) {
        const char original = std::exchange(byte, damage);
        const ParsedEvent event = Parse(body, {});
        EXPECT_EQ(event.facts.empty(), event.verdict != Verdict::kFacts);
        EXPECT_EQ(event.path.empty(), event.verdict != Verdict::kParked) << body;
        EXPECT_EQ(event.message.empty(), event.verdict == Verdict::kFacts) << body;
        byte = original;
        ++cases;
      }
    }
  }
  RecordProperty("cases", cases);
}

TEST(Mutation, EveryRemovedFieldIsHarmlessOrNamed) {
  int cases = 0;
  for (const DecidingCase& row : DecidingCases()) {
    for (const Family family : kFamilies) {
      StripeEvents events(family);
      const std::string body = events.Event(row.type, kAt, row.object(events));
      JsonValue root = ParseJson(body).value().root;
      std::vector<JsonValue*> parents = {&root};
      for (std::size_t next = 0; next < parents.size(); ++next) {
        for (JsonMember& child : parents[next]->children) parents.push_back(&child.value);
      }
      for (JsonValue* parent : parents) {
        for (std::size_t i = 0; i < parent->children.size(); ++i) {
          const auto place = parent->children.begin() + static_cast<std::ptrdiff_t>(i);
          JsonMember removed = std::move(*place);
          parent->children.erase(place);
          const ParsedEvent event = Parse(WriteJson(root), {});
          SCOPED_TRACE(std::string(row.type) + " without " + removed.name + " -> " + event.message);
          EXPECT_NE(event.verdict, Verdict::kIgnored);
          EXPECT_EQ(event.path.empty(), event.verdict == Verdict::kFacts);
          parent->children.insert(place, std::move(removed));  // into the same memory: pointers stay good
          ++cases;
        }
      }
    }
  }
  RecordProperty("cases", cases);
}

}  // namespace
}  // namespace usher::stripe_test
