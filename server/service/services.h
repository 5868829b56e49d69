// All services of the server.
#pragma once

#include "server/service/entitlement_service.h"
#include "server/service/event_service.h"
#include "server/service/ingest_service.h"
#include "server/service/key_service.h"
#include "server/service/method_table.h"
#include "server/service/role_service.h"
#include "server/service/tenant_service.h"
#include "server/service/test_clock_service.h"
#include "server/service/work_service.h"

namespace usher {

// Not owned. The same for every transport; what is null is not served.
struct Services {
  EntitlementService* entitlement = nullptr;
  IngestService* ingest = nullptr;
  TenantService* tenant = nullptr;
  EventService* event = nullptr;
  KeyService* key = nullptr;
  RoleService* role = nullptr;
  WorkService* work = nullptr;
  TestClockService* test_clock = nullptr;
};

// Every RPC of `services` by its full name, behind `access`, which outlives the table.
MethodTable MakeMethodTable(const Services& services, const AccessGate* access);

}  // namespace usher
