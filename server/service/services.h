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

// One of each; not owned. The same for every transport.
struct Services {
  EntitlementService* entitlement = nullptr;
  IngestService* ingest = nullptr;
  TenantService* tenant = nullptr;
  EventService* event = nullptr;
  KeyService* key = nullptr;
  RoleService* role = nullptr;
  WorkService* work = nullptr;
  TestClockService* test_clock = nullptr;  // null: this server has none, and its RPCs are unknown
};

// Every RPC of `services` by its full name, behind `access`, which outlives the table.
MethodTable MakeMethodTable(const Services& services, const AccessGate* access);

}  // namespace usher
