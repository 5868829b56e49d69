// What a person who supports customers reads: facts and reasons as sentences.
#pragma once

#include <string>
#include <string_view>

#include "catalog/model.h"
#include "server/core/fact.h"
#include "server/core/timeline.h"

namespace usher {

// What was observed, as one sentence: `Invoice in_1 is paid: total 1000, paid 1000, for growth.` The tenant of a link
// is left empty for whoever may not know it: `Customer cus_1 belongs to another tenant, says its metadata.`
std::string SentenceOf(const Fact& fact);

// What a source means at the moment it is asked about: `Invoice in_1 is paid for this moment.`
std::string SentenceOf(const SourceRef& source);

// The rule of docs/rules.md that a reason comes from, empty when none does.
std::string_view RuleOf(Reason reason);

// `25`, `unlimited`, `100 included, at most 500`, `standard`, `eu and us`, `on`.
std::string TextOf(const Value& value);

}  // namespace usher
