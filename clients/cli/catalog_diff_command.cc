#include "clients/cli/catalog_diff_command.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/diff/diff.h"
#include "catalog/parse/load.h"
#include "clients/cli/catalog_diff_text.h"
#include "clients/cli/catalog_findings.h"
#include "clients/cli/catalog_source.h"
#include "server/base/visible.h"

namespace usher {
namespace {

struct DiffOptions {
  std::string before;
  std::string after;
  std::string format;  // empty: text, or what the global one says
  std::string fail_on = "errors";
};

void Say(const CommandContext& context, std::string_view message) {
  *context.err << "usher: " << Visible(message) << "\n";
}

// Null when it cannot be compared, which has been said.
CatalogPtr LoadNamed(const std::string& name, const CommandContext& context) {
  const absl::StatusOr<std::vector<SourceFile>> files = ReadCatalogSource(name);
  if (!files.ok()) {
    Say(context, StatusMessage(files.status()));
    return nullptr;
  }
  LoadResult result = LoadCatalog(*files);
  if (result.catalog == nullptr) {
    std::erase_if(result.findings, [](const Finding& finding) { return finding.severity != Severity::kError; });
    *context.err << VisibleLines(FindingsAsText(result.findings));
    Say(context, name + " has errors, and only catalogs without are compared");
  }
  return result.catalog;
}

bool Fails(const std::vector<Change>& changes, const std::string& fail_on) {
  return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
    switch (SeverityOf(change)) {
      case ChangeSeverity::kError: return true;
      case ChangeSeverity::kNarrowed: return fail_on != "errors";
      case ChangeSeverity::kNote: return fail_on == "any";
    }
    return true;
  });
}

int RunDiff(const DiffOptions& options, const CommandContext& context) {
  const CatalogPtr before = LoadNamed(options.before, context);
  const CatalogPtr after = LoadNamed(options.after, context);
  if (before == nullptr || after == nullptr) return kExitCouldNotAsk;
  const std::vector<Change> changes = DiffCatalogs(*before, *after);
  const CatalogDiff diff{.before = *before, .after = *after, .changes = changes};
  std::string format = options.format;
  if (format.empty()) format = context.format == "json" ? "json" : "text";
  if (format == "text") *context.out << VisibleLines(DiffAsText(diff));
  if (format == "table") *context.out << DiffAsTable(diff, context.colors);
  if (format == "json") *context.out << DiffAsJson(diff);
  if (format == "markdown") *context.out << DiffAsMarkdown(diff);
  return Fails(changes, options.fail_on) ? kExitNo : kExitYes;
}

}  // namespace

void AddDiffCommand(CLI::App& catalog, CommandContext& context) {
  const auto options = std::make_shared<DiffOptions>();
  CLI::App* diff = catalog.add_subcommand("diff", "Say what changes for tenants when NEW takes the place of OLD");
  diff->add_option("OLD", options->before, "A file, a folder, or a git revision such as HEAD~1:plans.yaml")->required();
  diff->add_option("NEW", options->after, "The same")->required();
  diff->add_option("--fail-on", options->fail_on,
                   "exit code 1 when there are errors; narrowed: also when something is taken away; any: also when "
                   "anything is different")
      ->capture_default_str()
      ->check(CLI::IsMember({"errors", "narrowed", "any"}));
  diff->add_option("--format", options->format, "how it is printed: text, table, json, markdown; text by default")
      ->check(CLI::IsMember({"text", "table", "json", "markdown"}));
  diff->callback([options, &context] { context.run = [options, &context] { return RunDiff(*options, context); }; });
}

}  // namespace usher
