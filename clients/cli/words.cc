#include "clients/cli/words.h"

#include <string_view>
#include <utility>

namespace usher {
namespace {

// `PREFIX_TWO_WORDS` -> `two words`.
std::string Word(const std::string& name, std::string_view prefix) {
  std::string word(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
  for (char& c : word) c = c == '_' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return word.empty() ? "unknown" : word;
}

constexpr std::pair<v1::ReasonCode, std::string_view> kReasons[] = {
    {v1::REASON_CODE_PAID, "a payment covers this moment"},
    {v1::REASON_CODE_PAID_ONCE, "it was bought once"},
    {v1::REASON_CODE_PAID_IN_ARREARS, "it is paid after use, and the invoices are paid"},
    {v1::REASON_CODE_OUTCOME_RECORDED, "somebody vouched for the payment"},
    {v1::REASON_CODE_OVERRIDE, "an operator gave it"},
    {v1::REASON_CODE_ZERO_TOTAL, "nothing was due, and that counts as paid"},
    {v1::REASON_CODE_UNMAPPED_PRICE, "the catalog does not know the price; what was proved before is kept"},
    {v1::REASON_CODE_CHANGE_NOT_YET_BILLED, "the change of plan will be billed later"},
    {v1::REASON_CODE_DEFAULT_PLAN, "the default plan has it"},
    {v1::REASON_CODE_TRIAL, "the subscription is in its trial"},
    {v1::REASON_CODE_RENEWAL_PENDING, "the renewal is due and was not tried yet"},
    {v1::REASON_CODE_RENEWAL_FAILED, "the renewal failed and will be tried again"},
    {v1::REASON_CODE_NET_TERMS, "the invoice is payable until its due date"},
    {v1::REASON_CODE_OPERATOR_SUSPENDED, "an operator suspended the tenant"},
    {v1::REASON_CODE_DISPUTED, "the payer disputes the payment"},
    {v1::REASON_CODE_REFUNDED, "the payment was given back"},
    {v1::REASON_CODE_AUTHENTICATION_REQUIRED, "the bank asks the payer to authenticate (3-D Secure)"},
    {v1::REASON_CODE_PAYMENT_PROCESSING, "the payment is on its way"},
    {v1::REASON_CODE_AUTHENTICATION_TIMED_OUT, "the payer did not authenticate in time"},
    {v1::REASON_CODE_PAYMENT_FAILED, "the payment failed"},
    {v1::REASON_CODE_UNBACKED_CREDIT, "the invoice credits something that was never paid"},
    {v1::REASON_CODE_INVOICE_OPEN, "the invoice is open and no payment was tried"},
    {v1::REASON_CODE_RENEWAL_UNPAID, "the renewal was not paid in time"},
    {v1::REASON_CODE_PAYMENT_NOT_SEEN, "a subscription intends it, but no payment is known"},
    {v1::REASON_CODE_ZERO_TOTAL_NO_PROOF, "nothing was due, and that does not count as paid"},
    {v1::REASON_CODE_TRIAL_NOT_ALLOWED, "the plan does not grant this trial"},
    {v1::REASON_CODE_TRIAL_ENDED, "the trial is over and nothing was paid"},
    {v1::REASON_CODE_CANCELED, "the subscription was ended"},
    {v1::REASON_CODE_PERIOD_ENDED, "the paid time ran out"},
    {v1::REASON_CODE_DENY_OVERRIDE, "an operator took it away"},
    {v1::REASON_CODE_LAPSED_BLOCKED, "the plan lapsed, and the default plan does not answer for it"},
    {v1::REASON_CODE_ADD_ON_WITHOUT_PLAN, "it belongs to an add-on whose plan is missing"},
    {v1::REASON_CODE_NOT_INCLUDED, "nothing that the tenant has contains it"},
    {v1::REASON_CODE_OVER_LIMIT, "use and the quantity asked for exceed the limit"},
    {v1::REASON_CODE_USAGE_UNKNOWN, "what is used was not said (--usage)"},
};

std::string LimitText(const v1::LimitValue& limit) { return limit.unlimited() ? "unlimited" : Grouped(limit.amount()); }

std::string ShortLimitText(const v1::LimitValue& limit) {
  if (limit.unlimited()) return "∞";
  const std::int64_t amount = limit.amount();
  if (amount >= 1'000'000 && amount % 1'000'000 == 0) return std::to_string(amount / 1'000'000) + "M";
  if (amount >= 1'000 && amount % 1'000 == 0) return std::to_string(amount / 1'000) + "k";
  return std::to_string(amount);
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(between)) + word;
  return text;
}

}  // namespace

std::string Grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string StateWord(v1::AccessState state) { return Word(v1::AccessState_Name(state), "ACCESS_STATE_"); }
std::string ReasonWord(v1::ReasonCode reason) { return Word(v1::ReasonCode_Name(reason), "REASON_CODE_"); }

std::string DispositionWord(v1::Disposition disposition) {
  return Word(v1::Disposition_Name(disposition), "DISPOSITION_");
}

std::string_view ReasonSentence(v1::ReasonCode reason) {
  for (const auto& [code, sentence] : kReasons) {
    if (code == reason) return sentence;
  }
  return "";
}

std::string RemedySentence(const v1::Remedy& remedy) {
  switch (remedy.kind()) {
    case v1::REMEDY_KIND_COMPLETE_AUTHENTICATION: return "complete the authentication that the bank asks for";
    case v1::REMEDY_KIND_WAIT: return "wait: the payment is under way";
    case v1::REMEDY_KIND_PAY: return "pay what is open";
    case v1::REMEDY_KIND_UPGRADE: return "buy a plan that has it: " + Joined(remedy.plans(), ", ");
    case v1::REMEDY_KIND_REDUCE_USE: return "use less, or buy more";
    case v1::REMEDY_KIND_CONTACT_OPERATOR: return "ask the operator of the service";
    default: return "";
  }
}

std::string ValueText(const v1::Value& value) {
  switch (value.kind_case()) {
    case v1::Value::kBoolean: return value.boolean() ? "yes" : "no";
    case v1::Value::kLimit: return LimitText(value.limit());
    case v1::Value::kMetered:
      return LimitText(value.metered().included()) + " included, up to " + LimitText(value.metered().cap());
    case v1::Value::kLevel: return value.level();
    case v1::Value::kSet: return value.set().values().empty() ? "nothing" : Joined(value.set().values(), ", ");
    case v1::Value::KIND_NOT_SET: return "";
  }
  return "";
}

std::string ShortValueText(const v1::Value& value) {
  switch (value.kind_case()) {
    case v1::Value::kLimit: return ShortLimitText(value.limit());
    case v1::Value::kMetered:
      return ShortLimitText(value.metered().included()) + "/" + ShortLimitText(value.metered().cap());
    case v1::Value::kSet: return value.set().values().empty() ? "nothing" : Joined(value.set().values(), ",");
    case v1::Value::kBoolean:
    case v1::Value::kLevel:
    case v1::Value::KIND_NOT_SET: return ValueText(value);
  }
  return "";
}

Ink StateInk(v1::AccessState state) {
  switch (state) {
    case v1::ACCESS_STATE_GRANTED:
    case v1::ACCESS_STATE_TRIAL: return Ink::kGreen;
    case v1::ACCESS_STATE_GRACE:
    case v1::ACCESS_STATE_HELD: return Ink::kYellow;
    case v1::ACCESS_STATE_SUSPENDED:
    case v1::ACCESS_STATE_OVER_LIMIT: return Ink::kRed;
    case v1::ACCESS_STATE_PAYMENT_REQUIRED: return Ink::kMagenta;
    default: return Ink::kDim;
  }
}

Instant ToInstant(const google::protobuf::Timestamp& at) {
  return FromUnixMillis(at.seconds() * 1000 + at.nanos() / 1'000'000);
}

google::protobuf::Timestamp ToTimestamp(Instant at) {
  const std::int64_t millis = ToUnixMillis(at);
  const std::int64_t seconds = millis / 1000 - (millis % 1000 < 0 ? 1 : 0);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>((millis - seconds * 1000) * 1'000'000));
  return timestamp;
}

std::string TimeText(const google::protobuf::Timestamp& at) { return FormatInstant(ToInstant(at)); }

std::string DistanceText(Instant from, Instant at) {
  constexpr std::pair<std::int64_t, std::string_view> kUnits[] = {
      {86'400, "day"}, {3'600, "hour"}, {60, "minute"}, {1, "second"}};
  const std::int64_t seconds = (ToUnixMillis(at) - ToUnixMillis(from)) / 1000;
  const std::int64_t length = seconds < 0 ? -seconds : seconds;
  for (const auto& [unit_seconds, unit] : kUnits) {
    if (length < unit_seconds) continue;
    const std::int64_t count = length / unit_seconds;
    const std::string text = std::to_string(count) + " " + std::string(unit) + (count == 1 ? "" : "s");
    return seconds < 0 ? text + " ago" : "in " + text;
  }
  return "now";
}

}  // namespace usher
