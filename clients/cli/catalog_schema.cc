#include "clients/cli/catalog_schema.h"

#include <map>
#include <vector>

#include "catalog/parse/names.h"
#include "catalog/parse/shape.h"
#include "clients/cli/json_writer.h"

namespace usher {
namespace {

class SchemaWriter {
 public:
  std::string Write(const Shape& root) {
    const ObjectShape& catalog = std::get<ObjectShape>(root.is);
    json_.BeginObject();
    json_.Key("$schema").String("http://json-schema.org/draft-07/schema#");
    json_.Key("title").String("Usher catalog");
    Object(catalog);
    json_.Key("definitions").BeginObject();
    // Writing a definition may ask for more of them.
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const Shape* shape = wanted_[i];
      json_.Key(NameOf(*shape)).BeginObject();
      std::visit([&](const auto& is) { Define(is); }, shape->is);
      json_.EndObject();
    }
    json_.EndObject();
    json_.EndObject();
    return json_.Take();
  }

 private:
  static const std::string& NameOf(const Shape& shape) {
    if (const auto* object = std::get_if<ObjectShape>(&shape.is)) return object->name;
    return std::get<VariantShape>(shape.is).name;
  }

  static bool IsDefined(const Shape& shape) {
    return std::holds_alternative<ObjectShape>(shape.is) || std::holds_alternative<VariantShape>(shape.is);
  }

  void Ref(const Shape& shape) {
    const std::string& name = NameOf(shape);
    if (seen_.emplace(name, true).second) wanted_.push_back(&shape);
    json_.Key("$ref").String("#/definitions/" + name);
  }

  // The members of the schema that says `shape`, inside an open object.
  void Members(const Shape& shape) {
    if (IsDefined(shape)) {
      Ref(shape);
    } else {
      std::visit([&](const auto& is) { Define(is); }, shape.is);
    }
  }

  void Schema(const Shape& shape) {
    json_.BeginObject();
    Members(shape);
    json_.EndObject();
  }

  void Define(const TextShape&) {
    json_.Key("type").String("string");
    json_.Key("minLength").Number(1);
    json_.Key("maxLength").Number(static_cast<std::int64_t>(kLongestText));
    json_.Key("pattern").String(kTextPattern);
  }

  void Define(const NameShape& shape) {
    json_.Key("type").String("string");
    std::span<const std::string_view> reserved;
    switch (shape.form) {
      case NameShape::Form::kName:
        json_.Key("pattern").String(kNamePattern);
        reserved = ReservedNames();
        break;
      case NameShape::Form::kVersioned: json_.Key("pattern").String(kVersionedPattern); break;
      case NameShape::Form::kValue:
        json_.Key("pattern").String(kValuePattern);
        reserved = ReservedValues();
        break;
      case NameShape::Form::kOpaque: json_.Key("pattern").String(kOpaquePattern); break;
    }
    if (reserved.empty()) return;
    json_.Key("not").BeginObject().Key("enum").Strings(reserved).EndObject();
  }

  void Define(const WordShape& shape) { json_.Key("enum").Strings(shape.words); }

  void Define(const BooleanShape& shape) {
    if (shape.only_true) {
      json_.Key("const").Bool(true);
    } else {
      json_.Key("type").String("boolean");
    }
  }

  void Define(const WholeShape& shape) {
    json_.Key("type").String("integer");
    json_.Key("minimum").Number(shape.least);
    json_.Key("maximum").Number(shape.most);
  }

  void Define(const DurationShape& shape) {
    json_.Key("type").String("string");
    json_.Key("pattern").String(shape.may_be_zero ? kDurationPattern : kPositiveDurationPattern);
  }

  void Define(const ObjectShape& shape) {
    json_.Key("description").String(shape.about);
    Object(shape);
  }

  void Object(const ObjectShape& shape) {
    json_.Key("type").String("object");
    json_.Key("additionalProperties").Bool(false);
    std::vector<std::string> required;
    for (const KeyShape& key : shape.keys) {
      if (key.required) required.push_back(key.key);
    }
    if (!required.empty()) json_.Key("required").Strings(required);
    json_.Key("properties").BeginObject();
    for (const KeyShape& key : shape.keys) Property(key);
    json_.EndObject();
    if (!shape.companion.key.empty()) Companion(shape.companion);
  }

  void Property(const KeyShape& key) {
    json_.Key(key.key).BeginObject();
    json_.Key("description")
        .String(key.fallback.empty() ? key.meaning : key.meaning + " Default: " + key.fallback + ".");
    if (IsDefined(*key.shape)) {
      // Draft-07 ignores what stands beside a $ref.
      json_.Key("allOf").BeginArray();
      Schema(*key.shape);
      json_.EndArray();
    } else {
      Members(*key.shape);
    }
    json_.EndObject();
  }

  void Companion(const ObjectShape::Companion& rule) {
    json_.Key("if").BeginObject();
    json_.Key("required").Strings(std::vector<std::string>{rule.key});
    json_.Key("properties").BeginObject();
    json_.Key(rule.key).BeginObject().Key("const").String(rule.word).EndObject();
    json_.EndObject().EndObject();
    const std::vector<std::string> companion = {rule.companion};
    json_.Key("then").BeginObject().Key("required").Strings(companion).EndObject();
    json_.Key("else").BeginObject().Key("not").BeginObject().Key("required").Strings(companion).EndObject().EndObject();
  }

  void Define(const MapShape& shape) {
    json_.Key("type").String("object");
    json_.Key("maxProperties").Number(static_cast<std::int64_t>(shape.most));
    json_.Key("propertyNames").BeginObject();
    Define(shape.key);
    json_.EndObject();
    json_.Key("additionalProperties");
    Schema(*shape.value);
  }

  void Define(const ListShape& shape) {
    json_.Key("type").String("array");
    json_.Key("minItems").Number(static_cast<std::int64_t>(shape.least));
    json_.Key("maxItems").Number(static_cast<std::int64_t>(shape.most));
    json_.Key("uniqueItems").Bool(true);
    json_.Key("items");
    Schema(*shape.item);
  }

  // A condition for each alternative, so that an editor complains about the one that is meant.
  void Define(const VariantShape& shape) {
    json_.Key("description").String(shape.about);
    json_.Key("type").String("object");
    std::vector<std::string> selectors;
    for (const auto& [selector, object] : shape.objects) selectors.push_back(selector);
    if (shape.key.empty()) {
      json_.Key("oneOf").BeginArray();
      for (const std::string& selector : selectors) {
        json_.BeginObject().Key("required").Strings(std::vector<std::string>{selector}).EndObject();
      }
      json_.EndArray();
    } else {
      json_.Key("required").Strings(std::vector<std::string>{shape.key});
      json_.Key("properties").BeginObject();
      json_.Key(shape.key).BeginObject().Key("enum").Strings(selectors).EndObject();
      json_.EndObject();
    }
    json_.Key("allOf").BeginArray();
    for (const auto& [selector, object] : shape.objects) {
      json_.BeginObject().Key("if").BeginObject();
      json_.Key("required").Strings(std::vector<std::string>{shape.key.empty() ? selector : shape.key});
      if (!shape.key.empty()) {
        json_.Key("properties").BeginObject();
        json_.Key(shape.key).BeginObject().Key("const").String(selector).EndObject();
        json_.EndObject();
      }
      json_.EndObject();
      json_.Key("then");
      Schema(*object);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void Define(const AnyOfShape& shape) {
    json_.Key("anyOf").BeginArray();
    for (const ShapeRef& alternative : shape.of) Schema(*alternative);
    json_.EndArray();
  }

  JsonWriter json_;
  std::map<std::string, bool> seen_;
  std::vector<const Shape*> wanted_;
};

}  // namespace

std::string CatalogSchema() { return SchemaWriter().Write(CatalogShape()); }

}  // namespace usher
