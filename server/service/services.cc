#include "server/service/services.h"

namespace usher {

MethodTable MakeMethodTable(const Services& services, const AccessGate* access) {
  MethodTable table(access);
  const std::string entitlement = "usher.v1.EntitlementService/";
  table.Add(entitlement + "CheckEntitlement", services.entitlement, &EntitlementService::CheckEntitlement,
            Waiting::kWhereItMay);
  table.Add(entitlement + "BatchCheckEntitlements", services.entitlement, &EntitlementService::BatchCheckEntitlements,
            Waiting::kWhereItMay);
  table.Add(entitlement + "ListEntitlements", services.entitlement, &EntitlementService::ListEntitlements,
            Waiting::kWhereItMay);
  table.Add(entitlement + "ExplainEntitlement", services.entitlement, &EntitlementService::ExplainEntitlement);
  table.Add(entitlement + "GetTimeline", services.entitlement, &EntitlementService::GetTimeline);
  const std::string ingest = "usher.v1.IngestService/";
  table.Add(ingest + "RelayWebhook", services.ingest, &IngestService::RelayWebhook);
  table.Add(ingest + "RecordPaymentOutcome", services.ingest, &IngestService::RecordPaymentOutcome);
  const std::string tenant = "usher.v1.TenantService/";
  table.Add(tenant + "CreateTenant", services.tenant, &TenantService::CreateTenant);
  table.Add(tenant + "GetTenant", services.tenant, &TenantService::GetTenant);
  table.Add(tenant + "ListTenants", services.tenant, &TenantService::ListTenants);
  table.Add(tenant + "LinkTenant", services.tenant, &TenantService::LinkTenant);
  table.Add(tenant + "PutOverride", services.tenant, &TenantService::PutOverride);
  table.Add(tenant + "RemoveOverride", services.tenant, &TenantService::RemoveOverride);
  table.Add(tenant + "SuspendTenant", services.tenant, &TenantService::SuspendTenant);
  table.Add(tenant + "ReinstateTenant", services.tenant, &TenantService::ReinstateTenant);
  const std::string event = "usher.v1.EventService/";
  table.Add(event + "ListEvents", services.event, &EventService::ListEvents);
  table.Add(event + "GetEvent", services.event, &EventService::GetEvent);
  table.Add(event + "RedriveEvent", services.event, &EventService::RedriveEvent);
  const std::string key = "usher.v1.KeyService/";
  table.Add(key + "CreateKey", services.key, &KeyService::CreateKey);
  table.Add(key + "ListKeys", services.key, &KeyService::ListKeys);
  table.Add(key + "RevokeKey", services.key, &KeyService::RevokeKey);
  const std::string role = "usher.v1.RoleService/";
  table.Add(role + "SyncRoles", services.role, &RoleService::SyncRoles);
  table.Add(role + "CheckPermission", services.role, &RoleService::CheckPermission);
  table.Add(role + "PutMember", services.role, &RoleService::PutMember);
  table.Add(role + "RemoveMember", services.role, &RoleService::RemoveMember);
  table.Add(role + "ListMembers", services.role, &RoleService::ListMembers);
  const std::string work = "usher.v1.WorkService/";
  table.Add(work + "ListWork", services.work, &WorkService::ListWork);
  table.Add(work + "RedriveWork", services.work, &WorkService::RedriveWork);
  const std::string test_clock = "usher.v1.TestClockService/";
  table.Add(test_clock + "GetTime", services.test_clock, &TestClockService::GetTime);
  table.Add(test_clock + "SetTime", services.test_clock, &TestClockService::SetTime);
  return table;
}

}  // namespace usher
