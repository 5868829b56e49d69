#include "server/app/clerk_settings.h"

#include <algorithm>
#include <string_view>

#include "catalog/absl_bridge.h"
#include "server/base/secret_file.h"
#include "server/integrations/clerk/provider.h"

namespace usher {
namespace {

constexpr std::string_view kLivePrefix = "sk_live_";
constexpr std::string_view kTestPrefix = "sk_test_";
constexpr std::size_t kLongestKey = 256;

// The first and only line of `text`.
std::string_view OnlyLine(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

bool IsKey(std::string_view text) {
  return (text.starts_with(kLivePrefix) || text.starts_with(kTestPrefix)) && text.size() > kLivePrefix.size() &&
         text.size() <= kLongestKey && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// What is wrong with the key, empty when nothing.
std::string ProblemOf(std::string_view key, const std::string& file, bool stripe_livemode) {
  if (key.empty()) return file + " is empty: expected a secret key of Clerk, sk_test_... or sk_live_...";
  if (!IsKey(key)) return file + " holds no secret key of Clerk: expected one line, sk_test_... or sk_live_...";
  const bool live = key.starts_with(kLivePrefix);
  if (live == stripe_livemode) return "";
  return live ? file +
                    " holds a live key, and USHER_STRIPE_LIVEMODE is false: test payments would give real users their "
                    "roles; expected a key sk_test_..., or USHER_STRIPE_LIVEMODE=true"
              : file +
                    " holds a test key, and USHER_STRIPE_LIVEMODE is true: real users would not get the roles that "
                    "they paid for; expected a key sk_live_...";
}

}  // namespace

std::optional<ClerkSettings> ReadClerkSettings(const SettingValue& key_file, const SettingValue& url,
                                               bool stripe_livemode, Problems& problems) {
  if (!key_file.given) {
    if (url.given) {
      problems.push_back(url.source + ": there is no key to go with it; give --clerk-secret-key-file as well");
    }
    return std::nullopt;
  }
  const std::size_t before = problems.size();
  if (const absl::Status status = clerk::CheckClerkUrl(url.text); !status.ok()) {
    problems.push_back(url.source + ": " + StatusMessage(status));
  }
  const absl::StatusOr<std::string> text = ReadSecretFile(key_file.text);
  const std::string problem =
      text.ok() ? ProblemOf(OnlyLine(*text), key_file.text, stripe_livemode) : StatusMessage(text.status());
  if (!problem.empty()) problems.push_back(key_file.source + ": " + problem);
  if (problems.size() > before) return std::nullopt;
  return ClerkSettings{.url = url.text, .secret_key = Secret(std::string(OnlyLine(*text)))};
}

}  // namespace usher
