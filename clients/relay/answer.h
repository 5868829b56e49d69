// What the relay says to the sender of a webhook. Pure.
//
// A sender reads only the status: 2xx means "forget it", everything else "deliver it again". So a 2xx is given for
// nothing but the server's durable acknowledgement.
#pragma once

#include <string_view>

#include <grpcpp/support/status.h>

#include "server/listener/message.h"
#include "usher/v1/ingest.pb.h"

namespace usher {

// The answer to a webhook of which the server said `status` and, when that is OK, `response`.
HttpResponse AnswerTo(const grpc::Status& status, const v1::RelayWebhookResponse& response);

// An answer that the relay gives by itself, in JSON. `reason` is a word for programs, `message` a sentence for people.
HttpResponse Refusal(int status, std::string_view reason, std::string_view message);

// Whether webhooks get through, by what the server said to one that says nothing: a server that takes webhooks from
// this relay finds it malformed, one that does not says so before it looks. 200 or 503.
HttpResponse ReadinessOf(const grpc::Status& status);

// More webhooks are under way than the relay carries at a time.
HttpResponse Overloaded();

}  // namespace usher
