#include "clients/cli/catalog_check_prices.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalog/absl_bridge.h"
#include "catalog/parse/load.h"
#include "clients/cli/catalog_findings.h"
#include "clients/cli/price_check.h"
#include "server/base/catalog_files.h"
#include "server/base/visible.h"

namespace usher {
namespace {

constexpr std::size_t kMostJsonBytes = 16 * 1024 * 1024;

struct CheckOptions {
  std::vector<std::string> files;
  std::vector<std::string> lists;
  std::string format;  // empty: text, or what the global one says
};

int Fail(const CommandContext& context, std::string_view message) {
  *context.err << "usher: " << Visible(message) << "\n";
  return kExitCouldNotAsk;
}

absl::StatusOr<std::vector<PriceListFile>> ReadLists(const std::vector<std::string>& paths) {
  std::vector<PriceListFile> lists;
  for (const std::string& path : paths) {
    absl::StatusOr<SourceFile> file = ReadSourceFile(path, kMostJsonBytes);
    if (!file.ok()) return file.status();
    if (file->text.size() > kMostJsonBytes) {
      return InvalidArgument(path + " has more than " + std::to_string(kMostJsonBytes) + " bytes: divide it");
    }
    absl::StatusOr<StripePriceList> list = ParseStripePrices(file->text);
    if (!list.ok()) return InvalidArgument(path + ": " + StatusMessage(list.status()));
    lists.push_back({.file = *std::move(file), .list = *std::move(list)});
  }
  return lists;
}

std::string Count(std::size_t number, std::string_view one) {
  return std::to_string(number) + " " + std::string(one) + (number == 1 ? "" : "s");
}

std::string Summary(const PriceCheck& check, std::size_t errors) {
  std::string text = "Held against " + Count(check.live, "live price") + " and " + Count(check.test, "test price") +
                     ": " + Count(errors, "error") + ", " + Count(check.findings.size() - errors, "warning") + ".\n";
  if (check.live == 0) text += "No live price is on a list: those of the catalog were not looked for.\n";
  if (check.test == 0) text += "No test price is on a list: those of the catalog were not looked for.\n";
  return text;
}

int RunCheckPrices(const CheckOptions& options, const CommandContext& context) {
  const absl::StatusOr<std::vector<SourceFile>> files = ReadCatalogFiles(options.files);
  if (!files.ok()) return Fail(context, StatusMessage(files.status()));
  const absl::StatusOr<std::vector<PriceListFile>> lists = ReadLists(options.lists);
  if (!lists.ok()) return Fail(context, StatusMessage(lists.status()));
  const LoadResult result = LoadCatalog(*files);
  if (result.catalog == nullptr) {
    *context.err << VisibleLines(FindingsAsText(result.findings));
    return Fail(context, "the catalog has errors, and only one without is held against prices");
  }
  const PriceCheck check = CheckPrices(*result.catalog, *files, *lists);
  const auto errors =
      static_cast<std::size_t>(std::count_if(check.findings.begin(), check.findings.end(), [](const Finding& finding) {
        return finding.severity == Severity::kError;
      }));
  std::string format = options.format;
  if (format.empty()) format = context.format == "json" ? "json" : "text";
  if (format == "text") *context.out << VisibleLines(FindingsAsText(check.findings)) << Summary(check, errors);
  if (format == "json") *context.out << FindingsAsJson(check.findings);
  if (format == "github") *context.out << FindingsAsGithub(check.findings);
  return errors > 0 ? kExitNo : kExitYes;
}

}  // namespace

void AddCheckPricesCommand(CLI::App& catalog, CommandContext& context) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App* check = catalog.add_subcommand("check-prices", "Hold a catalog against the prices of the billing system");
  check->add_option("FILE", options->files, "Files and folders of one catalog")->required();
  check
      ->add_option("--stripe-prices", options->lists,
                   "What `stripe prices list` printed into these files: pages, or modes")
      ->required();
  check->add_option("--format", options->format, "how it is printed: text, json, github; text by default")
      ->check(CLI::IsMember({"text", "json", "github"}));
  check->callback(
      [options, &context] { context.run = [options, &context] { return RunCheckPrices(*options, context); }; });
}

}  // namespace usher
