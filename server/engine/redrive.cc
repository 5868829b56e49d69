#include <algorithm>
#include <string>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/engine/ingest.h"
#include "server/engine/refusal.h"

namespace usher {
namespace {

absl::StatusOr<EventRow> FindParked(StoreTransaction& transaction, std::string_view provider, std::string_view id) {
  absl::StatusOr<std::vector<EventRow>> rows = transaction.FindEvents(provider, id);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return Refuse(Refusal::kEventUnknown, "no event `" + std::string(id) + "` of provider `" + std::string(provider) +
                                              "` was received; list the events to find its id");
  }
  const auto parked = std::find_if(rows->begin(), rows->end(),
                                   [](const EventRow& row) { return row.disposition == EventDisposition::kParked; });
  if (parked == rows->end()) {
    return Refuse(Refusal::kEventNotParked,
                  "event `" + std::string(id) + "` is not parked: what it says counts already or is ignored");
  }
  return *std::move(parked);
}

absl::Status Unreadable(const EventRow& row, const absl::Status& status) {
  return Refuse(
      Refusal::kPayloadUnreadable,
      "event `" + row.id + "` cannot be read again: " + StatusMessage(status) +
          "; start the server with the key that it was received with, or let the provider send the event again");
}

}  // namespace

absl::StatusOr<EventOutcome> Ingest::Redrive(std::string_view provider, std::string_view event_id,
                                             std::string_view actor) {
  absl::StatusOr<const BillingSource*> source = FindSource(sources_, provider);
  if (!source.ok()) return source.status();
  absl::StatusOr<EventOutcome> outcome = EventOutcome{};
  absl::Status committed =
      writer_.Commit([&](StoreTransaction& transaction, std::vector<TenantChange>& published) -> absl::Status {
        outcome = ReadAgain(transaction, **source, event_id, actor, published);
        return outcome.status();
      });
  if (!committed.ok()) return committed;
  return outcome;
}

absl::StatusOr<EventOutcome> Ingest::ReadAgain(StoreTransaction& transaction, const BillingSource& source,
                                               std::string_view event_id, std::string_view actor,
                                               std::vector<TenantChange>& published) {
  absl::StatusOr<Projection::View> view = CurrentView(projection_);
  if (!view.ok()) return view.status();
  absl::StatusOr<EventRow> row = FindParked(transaction, source.Provider(), event_id);
  if (!row.ok()) return row.status();
  absl::StatusOr<std::string> raw = seal_.Open(row->raw, PayloadLabel(row->scope, row->id));
  if (!raw.ok()) return Unreadable(*row, raw.status());
  const ParsedEvent parsed = source.Parse(*raw);
  const Learning learning{.now = clock_.Now(),
                          .actor = std::string(actor),
                          .cause = "event " + row->id + " (" + parsed.type + "), redriven",
                          .view = *view};
  absl::StatusOr<Receipt> receipt = ReceiveAgain(transaction, *row, parsed, learning, published);
  if (!receipt.ok()) return receipt.status();
  absl::Status audited = transaction.AppendAudit({.at = learning.now,
                                                  .actor = learning.actor,
                                                  .action = "EVENT_REDRIVEN",
                                                  .tenant = "",
                                                  .detail = "event " + row->id + " of " + row->scope.provider});
  if (!audited.ok()) return audited;
  return EventOutcome{.event_id = row->id,
                      .event_type = parsed.type,
                      .disposition = receipt->disposition,
                      .reason = receipt->reason,
                      .revision = RevisionToken(store_, view->generation(), std::move(receipt->versions))};
}

}  // namespace usher
