#include "clients/cli/catalog_commands.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/parse/load.h"
#include "clients/cli/catalog_check_prices.h"
#include "clients/cli/catalog_diff_command.h"
#include "clients/cli/catalog_findings.h"
#include "clients/cli/catalog_schema.h"
#include "clients/cli/catalog_starter.h"
#include "clients/cli/catalog_test_command.h"
#include "clients/cli/catalog_text.h"
#include "clients/cli/json_writer.h"
#include "server/base/catalog_files.h"
#include "server/base/visible.h"

namespace usher {
namespace {

// Of a JSON file that a catalog is made of.
constexpr std::size_t kMostJsonBytes = 16 * 1024 * 1024;

struct CatalogOptions {
  std::vector<std::string> files = {"plans.yaml"};
  std::string format;  // empty: the first of the command's
  bool strict = false;
  std::string plan;
  std::string price;
  std::string json_file;
  std::string code;
};
using Options = std::shared_ptr<CatalogOptions>;

int Fail(const CommandContext& context, std::string_view message) {
  *context.err << "usher: " << Visible(message) << "\n";
  return kExitCouldNotAsk;
}

void AddFormat(CLI::App& command, const Options& options, const std::vector<std::string>& words) {
  std::string listed;
  for (const std::string& word : words) listed += (listed.empty() ? "" : ", ") + word;
  command
      .add_option("--format", options->format, "how it is printed: " + listed + "; " + words.front() + " by default")
      ->check(CLI::IsMember(words));
}

// The command's own --format, else the global one where that asks for JSON, else `fallback`.
std::string FormatOf(const CatalogOptions& options, const CommandContext& context, const char* fallback) {
  if (!options.format.empty()) return options.format;
  return context.format == "json" ? "json" : fallback;
}

CatalogFormat ShownFormat(const std::string& word) {
  if (word == "json") return CatalogFormat::kJson;
  return word == "markdown" ? CatalogFormat::kMarkdown : CatalogFormat::kTable;
}

std::string Count(std::size_t number, std::string_view one) {
  return std::to_string(number) + " " + std::string(one) + (number == 1 ? "" : "s");
}

std::string Summary(const LoadResult& result) {
  std::size_t errors = 0;
  for (const Finding& finding : result.findings) errors += finding.severity == Severity::kError ? 1 : 0;
  const std::string counts = Count(errors, "error") + ", " + Count(result.findings.size() - errors, "warning");
  if (result.catalog == nullptr || errors > 0) return "The catalog is refused: " + counts + ".\n";
  const Catalog& catalog = *result.catalog;
  return "The catalog " + catalog.name + " is good: " + Count(catalog.features.size(), "feature") + ", " +
         Count(catalog.plans.size(), "plan") + ", " + Count(catalog.add_ons.size(), "add-on") + ", " +
         Count(catalog.live_prices.size(), "live price") + ", " + Count(catalog.test_prices.size(), "test price") +
         "; " + counts + ".\nhash " + ToHex(catalog.hash) + "\n";
}

int RunValidate(const CatalogOptions& options, const CommandContext& context) {
  const absl::StatusOr<std::vector<SourceFile>> files = ReadCatalogFiles(options.files);
  if (!files.ok()) return Fail(context, StatusMessage(files.status()));
  LoadResult result = LoadCatalog(*files);
  bool passes = result.catalog != nullptr;
  if (options.strict && !result.findings.empty()) {
    passes = false;
    for (Finding& finding : result.findings) finding.severity = Severity::kError;
  }
  const std::string format = FormatOf(options, context, "text");
  if (format == "text") *context.out << VisibleLines(FindingsAsText(result.findings)) << Summary(result);
  if (format == "json") *context.out << FindingsAsJson(result.findings);
  if (format == "github") *context.out << FindingsAsGithub(result.findings);
  if (format == "junit") *context.out << FindingsAsJunit(result.findings);
  if (format == "sarif") *context.out << FindingsAsSarif(result.findings);
  return passes ? kExitYes : kExitNo;
}

// Runs `show` with the catalog; a catalog with errors is not shown, its findings are.
template <class Show>
int WithCatalog(const CatalogOptions& options, const CommandContext& context, Show show) {
  const absl::StatusOr<std::vector<SourceFile>> files = ReadCatalogFiles(options.files);
  if (!files.ok()) return Fail(context, StatusMessage(files.status()) + "; name another file with --catalog");
  const LoadResult result = LoadCatalog(*files);
  if (result.catalog != nullptr) return show(*result.catalog);
  *context.err << VisibleLines(FindingsAsText(result.findings)) << Summary(result);
  return kExitNo;
}

template <class Item>
std::string Nearest(std::string_view word, const std::vector<Item>& items) {
  std::vector<std::string> names;
  for (const Item& item : items) names.push_back(item.id.str());
  return Findings({}).DidYouMean(word, names);
}

int RunShow(const CatalogOptions& options, const CommandContext& context) {
  return WithCatalog(options, context, [&](const Catalog& catalog) {
    std::optional<std::size_t> plan;
    if (!options.plan.empty()) {
      plan = FindPlan(catalog, options.plan);
      if (!plan) {
        return Fail(context, "the catalog has no plan \"" + options.plan + "\"; a plan is named with its version." +
                                 Nearest(options.plan, catalog.plans));
      }
    }
    const CatalogFormat format = ShownFormat(FormatOf(options, context, "table"));
    *context.out << ShowCatalog(catalog, plan, format, context.colors);
    return kExitYes;
  });
}

int RunResolve(const CatalogOptions& options, const CommandContext& context) {
  return WithCatalog(options, context, [&](const Catalog& catalog) {
    const CatalogFormat format = ShownFormat(FormatOf(options, context, "table"));
    for (const bool livemode : {true, false}) {
      const Price* price = FindPrice(catalog, livemode, options.price);
      if (price == nullptr) continue;
      *context.out << ShowPrice(catalog, livemode, *price, format, context.colors);
      return kExitYes;
    }
    std::vector<Price> all = catalog.live_prices;
    all.insert(all.end(), catalog.test_prices.begin(), catalog.test_prices.end());
    *context.err
        << "usher: the catalog does not list the price \"" << Visible(options.price)
        << "\": a payment of it is unmapped, and what was paid before is kept or not as unmapped_price says. Add it "
           "under prices."
        << Nearest(options.price, all) << "\n";
    return kExitNo;
  });
}

int Print(const CommandContext& context, const absl::StatusOr<std::string>& text, const std::string& source) {
  if (!text.ok()) return Fail(context, source + ": " + StatusMessage(text.status()));
  *context.out << *text;
  return kExitYes;
}

// A JSON file for a command that makes a catalog of it.
int RunMake(const std::string& path, const CommandContext& context,
            absl::StatusOr<std::string> (*make)(std::string_view json)) {
  const absl::StatusOr<SourceFile> file = ReadSourceFile(path, kMostJsonBytes);
  if (!file.ok()) return Fail(context, StatusMessage(file.status()));
  if (file->text.size() > kMostJsonBytes) {
    return Fail(context, path + " has more than " + std::to_string(kMostJsonBytes) + " bytes: divide it");
  }
  return Print(context, make(file->text), path);
}

int RunInit(const CatalogOptions& options, const CommandContext& context) {
  if (!options.json_file.empty()) return RunMake(options.json_file, context, CatalogOfStripePrices);
  *context.out << StarterCatalog();
  return kExitYes;
}

int RunExplainCode(const CatalogOptions& options, const CommandContext& context) {
  std::string name = options.code;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  const std::optional<Code> code = FindCode(name);
  if (!code) {
    return Fail(context,
                "there is no code \"" + options.code + "\": a code is written like USH0107, as findings show it");
  }
  const CodeInfo& info = InfoOf(*code);
  const std::string_view severity = info.severity == Severity::kError ? "error" : "warning";
  if (FormatOf(options, context, "text") == "json") {
    JsonWriter json;
    json.BeginObject();
    json.Key("code").String(CodeName(*code));
    json.Key("severity").String(severity);
    json.Key("title").String(info.title);
    json.Key("meaning").String(info.meaning);
    json.Key("mend").String(info.mend);
    json.EndObject();
    *context.out << json.Take();
  } else {
    *context.out << CodeName(*code) << " (" << severity << "): " << info.title << "\n\n"
                 << info.meaning << "\n\n"
                 << "How to mend it: " << info.mend << "\n";
  }
  return kExitYes;
}

using Run = int (*)(const CatalogOptions&, const CommandContext&);

// Declares a subcommand that runs `run`; more options are added to what is returned.
CLI::App& AddCommand(CLI::App& parent, CommandContext& context, const char* name, const char* about,
                     const Options& options, Run run) {
  CLI::App* command = parent.add_subcommand(name, about);
  command->callback(
      [options, &context, run] { context.run = [options, &context, run] { return run(*options, context); }; });
  return *command;
}

void AddCatalogOption(CLI::App& command, const Options& options) {
  command.add_option("--catalog", options->files, "the file or folder of the catalog")->capture_default_str();
}

}  // namespace

void AddCatalogCommands(CLI::App& app, CommandContext& context) {
  CLI::App* catalog = app.add_subcommand("catalog", "Judge, show and make catalogs; asks no server");
  catalog->require_subcommand(1);

  const auto validate_options = std::make_shared<CatalogOptions>();
  CLI::App& validate = AddCommand(*catalog, context, "validate",
                                  "Find everything that is wrong with a catalog; exit code 1 when there is an error",
                                  validate_options, RunValidate);
  validate.add_option("FILE", validate_options->files, "Files and folders of one catalog")->required();
  validate.add_flag("--strict", validate_options->strict, "Warnings are errors");
  AddFormat(validate, validate_options, {"text", "json", "github", "junit", "sarif"});

  AddCatalogTestCommand(*catalog, context);

  const auto init_options = std::make_shared<CatalogOptions>();
  CLI::App& init = AddCommand(*catalog, context, "init", "Print a catalog to start from", init_options, RunInit);
  init.add_option("--stripe-prices", init_options->json_file,
                  "Make it of what `stripe prices list` printed into this file");

  const auto show_options = std::make_shared<CatalogOptions>();
  CLI::App& show =
      AddCommand(*catalog, context, "show", "Show what each plan grants of each feature", show_options, RunShow);
  AddCatalogOption(show, show_options);
  show.add_option("FILE", show_options->files, "The same: files and folders of one catalog")->excludes("--catalog");
  show.add_option("--plan", show_options->plan, "All about one plan, name@version");
  AddFormat(show, show_options, {"table", "json", "markdown"});

  const auto resolve_options = std::make_shared<CatalogOptions>();
  CLI::App& resolve =
      AddCommand(*catalog, context, "resolve",
                 "Show the chain from a price to what it grants; exit code 1 when it is not in the catalog",
                 resolve_options, RunResolve);
  resolve.add_option("PRICE", resolve_options->price, "The billing system's id of the price")->required();
  AddCatalogOption(resolve, resolve_options);
  AddFormat(resolve, resolve_options, {"table", "json"});

  AddCheckPricesCommand(*catalog, context);
  AddDiffCommand(*catalog, context);

  AddCommand(*catalog, context, "schema", "Print the JSON Schema of catalogs", std::make_shared<CatalogOptions>(),
             [](const CatalogOptions&, const CommandContext& run_context) {
               *run_context.out << CatalogSchema();
               return kExitYes;
             });

  const auto import_options = std::make_shared<CatalogOptions>();
  CLI::App& import =
      AddCommand(*catalog, context, "import-json",
                 "Print a catalog made of a JSON map from plans to features to numbers; -1 becomes unlimited",
                 import_options, [](const CatalogOptions& options, const CommandContext& run_context) {
                   return RunMake(options.json_file, run_context, CatalogOfPlanMap);
                 });
  import.add_option("FILE", import_options->json_file, "The JSON file")->required();

  const auto explain_options = std::make_shared<CatalogOptions>();
  CLI::App& explain = AddCommand(app, context, "explain-code", "Say what a finding means and how to mend it",
                                 explain_options, RunExplainCode);
  explain.add_option("CODE", explain_options->code, "The code, such as USH0107")->required();
  AddFormat(explain, explain_options, {"text", "json"});
}

}  // namespace usher
