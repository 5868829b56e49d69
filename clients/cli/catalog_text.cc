#include "clients/cli/catalog_text.h"

#include <sstream>
#include <vector>

#include "catalog/entitlement_text.h"
#include "catalog/words.h"
#include "clients/cli/json_writer.h"
#include "clients/cli/table.h"

namespace usher {
namespace {

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void WriteLimit(JsonWriter& json, const Limit& limit) {
  if (limit.unlimited) {
    json.String("unlimited");
  } else {
    json.Number(limit.amount);
  }
}

// The form in which plans.yaml would say it.
void WriteEntitlement(JsonWriter& json, const Entitlement& entitlement) {
  struct Writer {
    JsonWriter& json;
    void operator()(bool on) const { json.Bool(on); }
    void operator()(const Limit& limit) const { WriteLimit(json, limit); }
    void operator()(const Metered& metered) const {
      json.BeginObject();
      WriteLimit(json.Key("included"), metered.included);
      WriteLimit(json.Key("cap"), metered.cap);
      json.EndObject();
    }
    void operator()(const Level& level) const { json.String(level.name); }
    void operator()(const ValueSet& set) const { json.Strings(set.values); }
  };
  switch (entitlement.form) {
    case Entitlement::Form::kFixed: std::visit(Writer{json}, entitlement.fixed); break;
    case Entitlement::Form::kPerQuantity:
      WriteLimit(json.BeginObject().Key("per_quantity"), entitlement.amount);
      json.Key("at_least").Number(entitlement.at_least).EndObject();
      break;
    case Entitlement::Form::kAdd:
      WriteLimit(json.BeginObject().Key("add"), entitlement.amount);
      json.EndObject();
      break;
    case Entitlement::Form::kAddPerQuantity:
      WriteLimit(json.BeginObject().Key("add_per_quantity"), entitlement.amount);
      json.EndObject();
      break;
  }
}

using Entitlements = std::vector<std::optional<Entitlement>>;

void WriteEntitlements(JsonWriter& json, const Catalog& catalog, const Entitlements& entitlements) {
  json.Key("entitlements").BeginObject();
  for (std::size_t i = 0; i < entitlements.size(); ++i) {
    if (entitlements[i]) WriteEntitlement(json.Key(catalog.features[i].id.str()), *entitlements[i]);
  }
  json.EndObject();
}

std::vector<std::string> RoleNames(const Catalog& catalog, const std::vector<std::size_t>& roles) {
  std::vector<std::string> names;
  for (const std::size_t role : roles) names.push_back(catalog.roles[role].id.str());
  return names;
}

bool IsDefault(const Catalog& catalog, std::size_t plan) {
  return catalog.groups[catalog.plans[plan].group].default_plan == plan;
}

void WritePlan(JsonWriter& json, const Catalog& catalog, std::size_t index) {
  const Plan& plan = catalog.plans[index];
  json.BeginObject();
  json.Key("plan").String(plan.id.str());
  json.Key("title").String(plan.title);
  json.Key("group").String(catalog.groups[plan.group].name);
  json.Key("default").Bool(IsDefault(catalog, index));
  json.Key("offered").String(WordOf(plan.offered));
  WriteEntitlements(json, catalog, plan.entitlements);
  json.Key("member_roles").BeginObject();
  for (std::size_t kind = 0; kind < plan.member_roles.size(); ++kind) {
    json.Key(catalog.member_kinds[kind].name).Strings(RoleNames(catalog, plan.member_roles[kind]));
  }
  json.EndObject();
  if (plan.trial) {
    json.Key("trial").BeginObject();
    json.Key("grants").String(catalog.plans[plan.trial->grants].id.str());
    json.Key("length").String(FormatDuration(plan.trial->length));
    json.Key("once_per").String(WordOf(plan.trial->once_per));
    json.Key("requires_payment_method").Bool(plan.trial->requires_payment_method);
    json.EndObject();
  }
  json.EndObject();
}

void WriteAddOn(JsonWriter& json, const Catalog& catalog, const AddOn& add_on) {
  json.BeginObject();
  json.Key("add_on").String(add_on.id.str());
  json.Key("title").String(add_on.title);
  json.Key("for").Strings(add_on.for_plans);
  if (add_on.max_quantity) json.Key("max_quantity").Number(*add_on.max_quantity);
  WriteEntitlements(json, catalog, add_on.entitlements);
  json.EndObject();
}

std::string CatalogAsJson(const Catalog& catalog) {
  JsonWriter json;
  json.BeginObject();
  json.Key("catalog").String(catalog.name);
  json.Key("label").String(catalog.label);
  json.Key("hash").String(ToHex(catalog.hash));
  json.Key("plans").BeginArray();
  for (std::size_t i = 0; i < catalog.plans.size(); ++i) WritePlan(json, catalog, i);
  json.EndArray();
  json.Key("add_ons").BeginArray();
  for (const AddOn& add_on : catalog.add_ons) WriteAddOn(json, catalog, add_on);
  json.EndArray().EndObject();
  return json.Take();
}

// Titles and rows of a table, for a terminal or for Markdown.
struct Grid {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

Grid Matrix(const Catalog& catalog) {
  Grid grid;
  grid.titles.emplace_back("feature");
  for (const Plan& plan : catalog.plans) grid.titles.push_back(plan.id.str());
  for (std::size_t feature = 0; feature < catalog.features.size(); ++feature) {
    std::vector<std::string> row = {catalog.features[feature].id.str()};
    for (const Plan& plan : catalog.plans) {
      const std::optional<Entitlement>& entitlement = plan.entitlements[feature];
      row.push_back(entitlement ? EntitlementText(*entitlement) : "-");
    }
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

Grid AddOnGrid(const Catalog& catalog) {
  Grid grid{.titles = {"add-on", "for", "adds"}, .rows = {}};
  for (const AddOn& add_on : catalog.add_ons) {
    std::vector<std::string> adds;
    for (std::size_t i = 0; i < add_on.entitlements.size(); ++i) {
      if (!add_on.entitlements[i]) continue;
      adds.push_back(catalog.features[i].id.str() + " " + EntitlementText(*add_on.entitlements[i]));
    }
    grid.rows.push_back({add_on.id.str(), Joined(add_on.for_plans), Joined(adds)});
  }
  return grid;
}

Grid EntitlementGrid(const Catalog& catalog, const Entitlements& entitlements) {
  Grid grid{.titles = {"feature", "grants"}, .rows = {}};
  for (std::size_t i = 0; i < entitlements.size(); ++i) {
    grid.rows.push_back({catalog.features[i].id.str(), entitlements[i] ? EntitlementText(*entitlements[i]) : "-"});
  }
  return grid;
}

Grid PlanGrid(const Catalog& catalog, std::size_t index) {
  const Plan& plan = catalog.plans[index];
  Grid grid{.titles = {"plan", plan.id.str()}, .rows = {}};
  grid.rows.push_back({"title", plan.title});
  grid.rows.push_back(
      {"group", catalog.groups[plan.group].name + (IsDefault(catalog, index) ? ", the default plan" : "")});
  grid.rows.push_back({"offered", std::string(WordOf(plan.offered))});
  if (plan.trial) {
    grid.rows.push_back({"trial", FormatDuration(plan.trial->length) + " of " +
                                      catalog.plans[plan.trial->grants].id.str() + ", once per " +
                                      std::string(WordOf(plan.trial->once_per)) +
                                      (plan.trial->requires_payment_method ? ", with a payment method" : "")});
  }
  for (std::size_t kind = 0; kind < plan.member_roles.size(); ++kind) {
    const std::string roles = Joined(RoleNames(catalog, plan.member_roles[kind]));
    grid.rows.push_back({"role of " + catalog.member_kinds[kind].name, roles.empty() ? "-" : roles});
  }
  return grid;
}

std::string MarkdownCell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

std::string AsMarkdown(const Grid& grid) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) text += " " + MarkdownCell(cell) + " |";
    return text + "\n";
  };
  std::string text = line(grid.titles) + "|";
  for (std::size_t i = 0; i < grid.titles.size(); ++i) text += "---|";
  text += "\n";
  for (const std::vector<std::string>& row : grid.rows) text += line(row);
  return text;
}

std::string AsTable(const Grid& grid, bool colors) {
  Table table(grid.titles);
  for (const std::vector<std::string>& row : grid.rows) {
    std::vector<Cell> cells;
    for (const std::string& text : row) cells.push_back({text, text == "-" ? Ink::kDim : Ink::kPlain});
    table.Add(std::move(cells));
  }
  std::ostringstream out;
  table.Print(out, colors);
  return out.str();
}

std::string Drawn(const std::vector<Grid>& grids, CatalogFormat format, bool colors) {
  std::string text;
  for (const Grid& grid : grids) {
    if (grid.rows.empty()) continue;
    if (!text.empty()) text += "\n";
    text += format == CatalogFormat::kMarkdown ? AsMarkdown(grid) : AsTable(grid, colors);
  }
  return text;
}

std::string TermText(const OnceTerm& term) { return term.forever ? "forever" : FormatDuration(term.length); }

std::string PriceAsJson(const Catalog& catalog, bool livemode, const Price& price) {
  JsonWriter json;
  json.BeginObject();
  json.Key("price").String(price.id.str());
  json.Key("environment").String(livemode ? "live" : "test");
  json.Key("status").String(WordOf(price.status));
  if (!price.interval.empty()) json.Key("interval").String(price.interval);
  if (!price.currency.empty()) json.Key("currency").String(price.currency);
  if (price.once) json.Key("grants_for").String(TermText(*price.once));
  if (price.arrears) json.Key("arrears").Bool(true);
  if (const auto* ignored = std::get_if<Price::Ignored>(&price.sells)) json.Key("ignore").String(ignored->why);
  if (const auto* plan = std::get_if<Price::SellsPlan>(&price.sells)) WritePlan(json.Key("plan"), catalog, plan->plan);
  if (const auto* add_on = std::get_if<Price::SellsAddOn>(&price.sells)) {
    WriteAddOn(json.Key("add_on"), catalog, catalog.add_ons[add_on->add_on]);
  }
  json.EndObject();
  return json.Take();
}

}  // namespace

std::string ShowCatalog(const Catalog& catalog, std::optional<std::size_t> plan, CatalogFormat format, bool colors) {
  if (format == CatalogFormat::kJson) {
    if (!plan) return CatalogAsJson(catalog);
    JsonWriter json;
    WritePlan(json, catalog, *plan);
    return json.Take();
  }
  if (!plan) return Drawn({Matrix(catalog), AddOnGrid(catalog)}, format, colors);
  return Drawn({PlanGrid(catalog, *plan), EntitlementGrid(catalog, catalog.plans[*plan].entitlements)}, format, colors);
}

std::string ShowPrice(const Catalog& catalog, bool livemode, const Price& price, CatalogFormat format, bool colors) {
  if (format == CatalogFormat::kJson) return PriceAsJson(catalog, livemode, price);
  Grid grid{.titles = {"price", price.id.str()}, .rows = {}};
  grid.rows.push_back({"environment", livemode ? "live" : "test"});
  grid.rows.push_back({"status", std::string(WordOf(price.status))});
  if (!price.interval.empty()) grid.rows.push_back({"interval", price.interval});
  if (!price.currency.empty()) grid.rows.push_back({"currency", price.currency});
  if (price.once) grid.rows.push_back({"grants for", TermText(*price.once)});
  if (price.arrears) grid.rows.push_back({"arrears", "a payment grants one more period"});
  if (const auto* ignored = std::get_if<Price::Ignored>(&price.sells)) grid.rows.push_back({"ignored", ignored->why});
  std::vector<Grid> grids = {std::move(grid)};
  if (const auto* plan = std::get_if<Price::SellsPlan>(&price.sells)) {
    grids.push_back(PlanGrid(catalog, plan->plan));
    grids.push_back(EntitlementGrid(catalog, catalog.plans[plan->plan].entitlements));
  }
  if (const auto* sold = std::get_if<Price::SellsAddOn>(&price.sells)) {
    const AddOn& add_on = catalog.add_ons[sold->add_on];
    Grid about{.titles = {"add-on", add_on.id.str()}, .rows = {}};
    about.rows.push_back({"title", add_on.title});
    about.rows.push_back({"for", Joined(add_on.for_plans)});
    if (add_on.max_quantity) about.rows.push_back({"at most", std::to_string(*add_on.max_quantity)});
    grids.push_back(std::move(about));
    grids.push_back(EntitlementGrid(catalog, add_on.entitlements));
  }
  return Drawn(grids, CatalogFormat::kTable, colors);
}

}  // namespace usher
