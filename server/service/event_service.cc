#include "server/service/event_service.h"

#include <charconv>
#include <utility>

#include "catalog/absl_bridge.h"
#include "server/service/convert.h"
#include "server/service/page_token.h"
#include "server/service/validate.h"

namespace usher {
namespace {

constexpr std::size_t kMaxProviderBytes = 64;

v1::Event EventMessage(const EventRow& row) {
  v1::Event event;
  event.set_event_id(row.id);
  event.set_provider(row.scope.provider);
  event.set_account(row.scope.account);
  event.set_livemode(row.scope.livemode);
  event.set_type(row.type);
  if (row.created != Instant{}) *event.mutable_created_at() = ToProto(row.created);
  *event.mutable_received_at() = ToProto(row.received);
  event.set_disposition(ToProto(row.disposition));
  event.set_reason(row.reason);
  event.set_position(row.position);
  return event;
}

absl::StatusOr<v1::Event> WithTenants(const EventRow& row, StoreReader& reader) {
  v1::Event event = EventMessage(row);
  const absl::StatusOr<std::vector<TenantId>> tenants = reader.EventTenants(row.position);
  if (!tenants.ok()) return tenants.status();
  for (const TenantId& tenant : *tenants) event.add_tenant_ids(tenant.str());
  return event;
}

// Every delivery of the event, oldest first; EVENT_UNKNOWN when there is none.
absl::StatusOr<std::vector<v1::Event>> Deliveries(Store& store, const std::string& provider, const std::string& id) {
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store.Read();
  if (!reader.ok()) return reader.status();
  const absl::StatusOr<std::vector<EventRow>> rows = (*reader)->FindEvents(provider, id);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return MakeError(v1::ERROR_REASON_EVENT_UNKNOWN, "the inbox holds no event \"" + id + "\" of " + provider,
                     {{"event_id", id}});
  }
  std::vector<v1::Event> events;
  for (const EventRow& row : *rows) {
    absl::StatusOr<v1::Event> event = WithTenants(row, **reader);
    if (!event.ok()) return event.status();
    events.push_back(*std::move(event));
  }
  return events;
}

absl::StatusOr<EventFilter> ReadFilter(const v1::ListEventsRequest& request, const std::string& list,
                                       Violations& violations) {
  EventFilter filter;
  filter.limit = ReadPageSize(request.page_size(), violations);
  if (request.disposition() != v1::DISPOSITION_UNSPECIFIED) {
    filter.disposition = FromProto(request.disposition());
    if (!filter.disposition) violations.Add("disposition", "expected APPLIED, IGNORED or PARKED, or none for all");
  }
  if (request.page_token().empty()) return filter;
  const absl::StatusOr<std::string> position = DecodePageToken(list, request.page_token());
  if (!position.ok()) return position.status();
  std::int64_t before = 0;
  std::from_chars(position->data(), position->data() + position->size(), before);
  filter.before = before;
  return filter;
}

}  // namespace

EventService::EventService(Store* store, Ingest* ingest) : store_(*store), ingest_(*ingest) {}

absl::StatusOr<v1::ListEventsResponse> EventService::ListEvents(const CallContext& /*context*/,
                                                                const v1::ListEventsRequest& request) {
  const std::string list = "events " + std::to_string(request.disposition());
  Violations violations;
  absl::StatusOr<EventFilter> filter = ReadFilter(request, list, violations);
  if (!violations.empty()) return violations.ToStatus();
  if (!filter.ok()) return filter.status();
  const std::size_t page_size = filter->limit;
  filter->limit = page_size + 1;  // one more tells whether there is another page
  const absl::StatusOr<std::unique_ptr<StoreReader>> reader = store_.Read();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::vector<EventRow>> rows = (*reader)->ListEvents(*filter);
  if (!rows.ok()) return rows.status();
  v1::ListEventsResponse response;
  response.set_next_page_token(
      CutPage(*rows, page_size, list, [](const EventRow& row) { return std::to_string(row.position); }));
  for (const EventRow& row : *rows) *response.add_events() = EventMessage(row);
  return response;
}

absl::StatusOr<v1::GetEventResponse> EventService::GetEvent(const CallContext& /*context*/,
                                                            const v1::GetEventRequest& request) {
  Violations violations;
  const std::string provider = ReadName(request.provider(), kMaxProviderBytes, "provider", violations);
  const std::string id = ReadExternalId(request.event_id(), "event_id", violations);
  if (!violations.empty()) return violations.ToStatus();
  absl::StatusOr<std::vector<v1::Event>> events = Deliveries(store_, provider, id);
  if (!events.ok()) return events.status();
  v1::GetEventResponse response;
  for (v1::Event& event : *events) *response.add_deliveries() = std::move(event);
  return response;
}

absl::StatusOr<v1::RedriveEventResponse> EventService::RedriveEvent(const CallContext& context,
                                                                    const v1::RedriveEventRequest& request) {
  Violations violations;
  const std::string provider = ReadName(request.provider(), kMaxProviderBytes, "provider", violations);
  const std::string id = ReadExternalId(request.event_id(), "event_id", violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<EventOutcome> outcome = ingest_.Redrive(provider, id, context.principal.name);
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<std::vector<v1::Event>> events = Deliveries(store_, provider, id);
  if (!events.ok()) return events.status();
  v1::RedriveEventResponse response;
  for (v1::Event& event : *events) *response.add_deliveries() = std::move(event);
  response.set_disposition(ToProto(outcome->disposition));
  response.set_reason(outcome->reason);
  response.set_revision(outcome->revision);
  return response;
}

}  // namespace usher
