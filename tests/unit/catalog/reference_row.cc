#include "tests/unit/catalog/reference_row.h"

namespace usher {
namespace {

std::string Code(const std::string& text) { return "`" + text + "`"; }
std::string Link(const std::string& name) { return "[" + name + "](#" + name + ")"; }

struct Accepts {
  std::string operator()(const TextShape&) const { return "text"; }
  std::string operator()(const NameShape& shape) const {
    switch (shape.form) {
      case NameShape::Form::kName:
      case NameShape::Form::kValue: return "name of " + shape.what;
      case NameShape::Form::kVersioned: return "name@version of " + shape.what;
      case NameShape::Form::kOpaque: return shape.what;
    }
    return "";
  }
  std::string operator()(const WordShape& shape) const {
    std::string words;
    for (const std::string& word : shape.words) words += (words.empty() ? "" : ", ") + Code(word);
    return words;
  }
  std::string operator()(const BooleanShape& shape) const { return shape.only_true ? Code("true") : "boolean"; }
  std::string operator()(const WholeShape& shape) const { return "number from " + std::to_string(shape.least); }
  std::string operator()(const DurationShape& shape) const {
    return shape.may_be_zero ? "duration" : "duration longer than nothing";
  }
  std::string operator()(const ObjectShape& shape) const { return Link(shape.name); }
  std::string operator()(const MapShape& shape) const { return "map of " + std::visit(*this, shape.value->is); }
  std::string operator()(const ListShape& shape) const { return "list: " + std::visit(*this, shape.item->is); }
  std::string operator()(const VariantShape& shape) const {
    std::string objects;
    for (const auto& [selector, object] : shape.objects) {
      objects += (objects.empty() ? "" : " or ") + std::visit(*this, object->is);
    }
    return objects;
  }
  std::string operator()(const AnyOfShape& shape) const {
    std::string all;
    for (const ShapeRef& alternative : shape.of) {
      all += (all.empty() ? "" : " or ") + std::visit(*this, alternative->is);
    }
    return all;
  }
};

void Collect(const Shape& shape, std::map<std::string, const ObjectShape*>& objects) {
  if (const auto* object = std::get_if<ObjectShape>(&shape.is)) {
    if (!objects.emplace(object->name, object).second) return;
    for (const KeyShape& key : object->keys) Collect(*key.shape, objects);
  } else if (const auto* map = std::get_if<MapShape>(&shape.is)) {
    Collect(*map->value, objects);
  } else if (const auto* list = std::get_if<ListShape>(&shape.is)) {
    Collect(*list->item, objects);
  } else if (const auto* variant = std::get_if<VariantShape>(&shape.is)) {
    for (const auto& [selector, alternative] : variant->objects) Collect(*alternative, objects);
  } else if (const auto* any = std::get_if<AnyOfShape>(&shape.is)) {
    for (const ShapeRef& alternative : any->of) Collect(*alternative, objects);
  }
}

}  // namespace

std::map<std::string, const ObjectShape*> AllObjects() {
  std::map<std::string, const ObjectShape*> objects;
  Collect(CatalogShape(), objects);
  return objects;
}

std::string ReferenceRow(const KeyShape& key) {
  return "| `" + key.key + "` | " + std::visit(Accepts{}, key.shape->is) + " | " +
         (key.required ? "required" : key.fallback) + " | " + key.meaning + " |";
}

std::string ReferenceRow(const CodeInfo& info) {
  return "| `" + CodeName(info.code) + "` | " + (info.severity == Severity::kError ? "error" : "warning") + " | " +
         std::string(info.title) + " | " + std::string(info.mend) + " |";
}

}  // namespace usher
