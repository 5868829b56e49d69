#include "clients/cli/generate_command.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "catalog/absl_bridge.h"
#include "catalog/parse/load.h"
#include "clients/cli/generate_payments.h"
#include "clients/cli/json_writer.h"
#include "clients/cli/numbers.h"
#include "clients/cli/payment_sender.h"
#include "clients/cli/progress.h"
#include "clients/cli/server.h"
#include "clients/cli/words.h"
#include "server/base/catalog_files.h"
#include "server/base/visible.h"

namespace usher {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMostTenants = 10'000'000;
constexpr int kPageSize = 1000;

constexpr char kFooter[] =
    "\nTenants are gen-000001, gen-000002 and so on. Each has one payment in test mode, of provider `generated`, made\n"
    "on one of 28 days of January 2025 for ten years; a price in arrears grants for ten years after these. The price "
    "is\n"
    "drawn evenly from the --price given, or from the test prices of the catalog that sell a plan now and renew. The\n"
    "same --seed and prices make the same payments: running it again adds what is missing, and nothing else.\n\n"
    "A server in use is refused: one that knows other tenants, or has received events of real money.\n";

struct GenerateArguments {
  std::int64_t tenants = 0;
  GeneratedMix mix;
  std::string catalog = "plans.yaml";
  bool beside_others = false;
};

absl::StatusOr<std::vector<std::string>> PricesOf(const std::string& path) {
  const absl::StatusOr<std::vector<SourceFile>> files = ReadCatalogFiles({path});
  if (!files.ok()) {
    return InvalidArgument(StatusMessage(files.status()) +
                           "; name the server's catalog with --catalog, or prices of it with --price");
  }
  const LoadResult loaded = LoadCatalog(*files);
  if (loaded.catalog == nullptr) {
    return InvalidArgument("the catalog " + path + " has errors: see `usher catalog validate " + path + "`");
  }
  return CurrentPlanPrices(*loaded.catalog);
}

// What shows that the server is in use, as the beginning of a sentence; empty when nothing does. Nullopt after printing
// why it could not be asked.
std::optional<std::string> SignOfUse(const CommandContext& context, Server& server) {
  v1::ListTenantsRequest page;
  page.set_page_size(kPageSize);
  do {
    const auto tenants = Ask(context, server.tenants(), &TenantStub::ListTenants, page);
    if (!tenants) return std::nullopt;
    for (const v1::TenantSummary& tenant : tenants->tenants()) {
      if (!tenant.tenant_id().starts_with(kGeneratedPrefix)) return "knows tenant " + tenant.tenant_id();
    }
    page.set_page_token(tenants->next_page_token());
  } while (!page.page_token().empty());
  v1::ListEventsRequest latest;
  latest.set_page_size(kPageSize);
  const auto events = Ask(context, server.events(), &EventStub::ListEvents, latest);
  if (!events) return std::nullopt;
  for (const v1::Event& event : events->events()) {
    if (event.livemode()) return "has received event " + event.event_id() + " of real money";
  }
  return "";
}

std::string FailureSentence(const CommandContext& context, const SentPayments& sent) {
  std::string sentence = "tenant " + GeneratedTenantId(sent.failed) + ": " + SentenceFor(sent.failure, context.server) +
                         ". " + Grouped(sent.applied) + " tenants were added";
  if (sent.failure.error_code() == grpc::StatusCode::ALREADY_EXISTS) {
    sentence +=
        "; those there were generated with another --seed or other prices: repeat these, or generate into an empty "
        "store";
  }
  if (sent.interrupted) sentence += "; the same command adds the rest";
  return sentence;
}

void PrintResult(const CommandContext& context, const SentPayments& sent, Clock::duration spent) {
  const auto spent_ms = std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::milliseconds>(spent).count());
  const std::int64_t rate = (sent.applied + sent.repeated) * 1000 / spent_ms;
  if (context.format == "json") {
    JsonWriter json;
    json.BeginObject();
    json.Key("added").Number(sent.applied).Key("alreadyThere").Number(sent.repeated);
    json.Key("milliseconds").Number(spent_ms).Key("perSecond").Number(rate).EndObject();
    *context.out << json.Take();
    return;
  }
  *context.out << Grouped(sent.applied) << " tenants added, " << Grouped(sent.repeated) << " were there already; "
               << spent_ms / 1000 << "." << spent_ms % 1000 / 100 << " s, " << Grouped(rate) << "/s\n";
}

int Generate(const CommandContext& context, const GenerateArguments& arguments) {
  GeneratedMix mix = arguments.mix;
  if (mix.prices.empty()) {
    absl::StatusOr<std::vector<std::string>> prices = PricesOf(arguments.catalog);
    if (!prices.ok()) return CouldNotAsk(context, StatusMessage(prices.status()));
    mix.prices = *std::move(prices);
  }
  Server server(context.server);
  if (!arguments.beside_others) {
    const std::optional<std::string> sign = SignOfUse(context, server);
    if (!sign) return kExitCouldNotAsk;
    if (!sign->empty()) {
      return CouldNotAsk(context, "the server at " + context.server.address + " " + *sign +
                                      ", so it seems to be in use; nothing was added. Generate into a server of its "
                                      "own, or say --beside-others");
    }
  }
  const Clock::time_point start = Clock::now();
  Progress progress(*context.err, context.terminal, "tenants", arguments.tenants, start);
  const SentPayments sent = SendPayments(
      server.ingest(), arguments.tenants, [&mix](std::int64_t number) { return GeneratedPayment(mix, number); },
      [&progress](std::int64_t answered) { progress.Show(answered, Clock::now()); });
  progress.Clear();
  if (!sent.failure.ok()) return CouldNotAsk(context, FailureSentence(context, sent));
  PrintResult(context, sent, Clock::now() - start);
  return kExitYes;
}

}  // namespace

void AddGenerateCommand(CLI::App& tenant, CommandContext& context) {
  const auto arguments = std::make_shared<GenerateArguments>();
  CLI::App* generate = tenant.add_subcommand("generate", "make N tenants that have paid, to try out and to measure");
  generate->footer(kFooter);
  generate->add_option("N", arguments->tenants, "how many there shall be")
      ->required()
      ->check(NumberIn({.least = 1, .most = kMostTenants}));
  CLI::Option* price = generate->add_option("--price", arguments->mix.prices,
                                            "a test price of the server's catalog; several are drawn from evenly");
  price->expected(1)->take_all();
  generate->add_option("--catalog", arguments->catalog, "the file or folder of the server's catalog, for its prices")
      ->capture_default_str()
      ->excludes(price);
  generate->add_option("--seed", arguments->mix.seed, "decides who paid which price on which day")
      ->capture_default_str()
      ->check(NumberIn({}));
  generate->add_flag("--beside-others", arguments->beside_others, "add them to a server that is in use");
  Runs(*generate, context, arguments, Generate);
}

}  // namespace usher
