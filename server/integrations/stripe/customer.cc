#include "server/integrations/stripe/objects.h"

namespace usher::stripe {

void ReadCustomer(Reading& reading, const Field& object, std::string_view event_type) {
  const std::string id = object["id"].RequiredId();
  const bool deleted = object["deleted"].OptionalBool() || event_type == "customer.deleted";
  reading.Add(ObjectKind::kCustomer, id, reading.created(),
              CustomerFact{deleted, reading.Reference(object["test_clock"])});
  reading.AddMetadataLink(object["metadata"], ObjectKind::kCustomer, id);
}

void ReadTestClock(Reading& reading, const Field& object, std::string_view) {
  const std::string id = object["id"].RequiredId();
  const Instant frozen = object["frozen_time"].RequiredTime();
  reading.Add(ObjectKind::kTestClock, id, frozen, TestClockFact{frozen});
}

}  // namespace usher::stripe
