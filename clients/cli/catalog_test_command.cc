#include "clients/cli/catalog_test_command.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "catalog/absl_bridge.h"
#include "catalog/parse/load.h"
#include "clients/cli/catalog_findings.h"
#include "clients/cli/scenario_report.h"
#include "server/base/catalog_files.h"
#include "server/base/visible.h"
#include "server/integrations/stripe/event.h"
#include "server/workbench/scenario/load.h"
#include "server/workbench/scenario/run.h"

namespace usher {
namespace {

struct TestOptions {
  std::string catalog;
  std::vector<std::string> scenarios;
  std::string format;
  bool coverage = false;
  std::optional<std::size_t> fail_under;  // percent
  bool exempt_legacy = false;
  bool mutate = false;
};

int Refuse(const CommandContext& context, std::string_view message) {
  *context.err << "usher: " << Visible(message) << "\n";
  return kExitCouldNotAsk;
}

int RefuseFindings(const CommandContext& context, const std::vector<Finding>& findings, std::string_view what) {
  *context.err << VisibleLines(FindingsAsText(findings));
  return Refuse(context, std::string(what) + " cannot be used: mend the findings above");
}

absl::StatusOr<std::string> ReadEvent(const std::string& scenario_file, const std::string& path) {
  const std::string beside = (std::filesystem::path(scenario_file).parent_path() / path).string();
  absl::StatusOr<SourceFile> file = ReadSourceFile(beside, stripe::kMaxEventBytes);
  if (!file.ok()) return file.status();
  return std::move(file->text);
}

// plans.test.yaml beside plans.yaml.
std::string ScenariosBeside(const std::string& catalog) {
  std::filesystem::path path(catalog);
  if (std::filesystem::is_directory(path)) return (path / "plans.test.yaml").string();
  const std::string extension = path.extension().string();
  return path.replace_extension(".test" + extension).string();
}

absl::StatusOr<std::vector<SourceFile>> ReadScenarioFiles(const TestOptions& options) {
  std::vector<SourceFile> files;
  std::vector<std::string> paths = options.scenarios;
  if (paths.empty()) paths.push_back(ScenariosBeside(options.catalog));
  for (const std::string& path : paths) {
    absl::StatusOr<SourceFile> file = ReadSourceFile(path, kMostCatalogBytes);
    if (!file.ok()) return file.status();
    files.push_back(*std::move(file));
  }
  return files;
}

// What the flags ask of all scenarios together; `passes` says whether each of them does.
std::vector<WholeOutcome> JudgeWhole(const TestOptions& options, const Catalog& catalog,
                                     const std::vector<Scenario>& scenarios, bool passes) {
  std::vector<WholeOutcome> whole;
  if (options.coverage || options.fail_under) {
    const Coverage coverage = CoverageOf(catalog, scenarios, options.exempt_legacy);
    whole.push_back({.name = "coverage",
                     .passes = coverage.Hundredths() >= options.fail_under.value_or(0) * 100,
                     .text = CoverageText(catalog, coverage)});
  }
  if (options.mutate && !passes) {
    whole.push_back({.name = "mutations", .passes = false, .text = "mutations: not tried while a scenario fails\n"});
  } else if (options.mutate) {
    const std::vector<Mutation> mutations = MutationsOf(catalog);
    const std::vector<const Mutation*> unnoticed = Unnoticed(catalog, scenarios, mutations);
    whole.push_back(
        {.name = "mutations", .passes = unnoticed.empty(), .text = MutationText(mutations.size(), unnoticed)});
  }
  return whole;
}

int RunTest(const TestOptions& options, const CommandContext& context) {
  const absl::StatusOr<std::vector<SourceFile>> catalog_files = ReadCatalogFiles({options.catalog});
  if (!catalog_files.ok()) return Refuse(context, StatusMessage(catalog_files.status()));
  const LoadResult loaded = LoadCatalog(*catalog_files);
  if (loaded.catalog == nullptr) return RefuseFindings(context, loaded.findings, "the catalog");
  const Catalog& catalog = *loaded.catalog;

  const absl::StatusOr<std::vector<SourceFile>> scenario_files = ReadScenarioFiles(options);
  if (!scenario_files.ok()) return Refuse(context, StatusMessage(scenario_files.status()));
  const ScenarioLoadResult read = LoadScenarios(*scenario_files, catalog, ReadEvent);
  if (read.scenarios.empty()) return RefuseFindings(context, read.findings, "the scenarios");

  std::vector<ScenarioOutcome> outcomes;
  bool passes = true;
  for (const Scenario& scenario : read.scenarios) {
    outcomes.push_back({.scenario = &scenario, .failure = RunScenario(scenario, catalog)});
    passes = passes && !outcomes.back().failure;
  }
  const std::vector<WholeOutcome> whole = JudgeWhole(options, catalog, read.scenarios, passes);
  for (const WholeOutcome& outcome : whole) passes = passes && outcome.passes;
  if (options.format == "junit") {
    *context.out << ScenariosAsJunit(outcomes, whole);
  } else if (options.format == "json" || (options.format.empty() && context.format == "json")) {
    *context.out << ScenariosAsJson(outcomes, whole);
  } else {
    *context.out << VisibleLines(ScenariosAsText(outcomes, whole));
  }
  return passes ? kExitYes : kExitNo;
}

}  // namespace

void AddCatalogTestCommand(CLI::App& catalog, CommandContext& context) {
  const auto options = std::make_shared<TestOptions>();
  CLI::App* test = catalog.add_subcommand(
      "test", "Play scenarios and compare what is answered; exit code 1 when one is answered otherwise");
  test->add_option("FILE", options->catalog, "The file or folder of the catalog")->required();
  test->add_option("SCENARIOS", options->scenarios, "Files of scenarios; plans.test.yaml beside plans.yaml by default");
  test->add_option("--format", options->format, "How it is printed: text, json, junit; text by default")
      ->check(CLI::IsMember({"text", "json", "junit"}));
  test->add_flag("--coverage", options->coverage, "List every plan x feature cell and price that no scenario touches");
  test->add_option("--fail-under", options->fail_under, "Exit code 1 when less percent are touched; implies --coverage")
      ->check(CLI::Range(0, 100));
  test->add_flag("--exempt-legacy", options->exempt_legacy, "Legacy and retired prices need not be touched");
  test->add_flag("--mutate", options->mutate,
                 "Change every value of the catalog in turn; exit code 1 when no scenario notices one");
  test->callback([options, &context] { context.run = [options, &context] { return RunTest(*options, context); }; });
}

}  // namespace usher
