// Calls a running server with @connectrpc/connect and code that protoc-gen-es made of the project's protos. Prints what
// it did, one line each; ends with 1 and says what is wrong at the first answer that is not as it should be.
//
//   NODE_PATH=tools/node_modules node suite.js GENERATED_FOLDER SERVER_URL WEBHOOK_SECRET GROUP
//
// The server sells what tests/support/running_server.cc says.
'use strict';

const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { createRegistry } = require('@bufbuild/protobuf');
const { Code, ConnectError, createClient } = require('@connectrpc/connect');
const { compressionGzip, createConnectTransport } = require('@connectrpc/connect-node');
const { startWire } = require('./wire.js');

const [generated, serverUrl, webhookSecret, group] = process.argv.slice(2);
const load = (name) => require(path.resolve(generated, name));
const { ErrorInfoSchema, BadRequestSchema } = load('google/rpc/error_details_pb.js');
const { OverrideMode } = load('usher/v1/types_pb.js');
const { PaymentOutcome } = load('usher/v1/ingest_pb.js');

const kLeastGzipBytes = 1024; // shorter answers are sent plain
const kNoSideEffects = 1; // MethodOptions.IdempotencyLevel

// Every service that the protos declare, by its name without the package.
function loadServices() {
  const services = {};
  for (const file of fs.readdirSync(path.resolve(generated, 'usher/v1')).sort()) {
    for (const thing of Object.values(load(`usher/v1/${file}`))) {
      if (thing && thing.kind === 'service') services[thing.name] = thing;
    }
  }
  return services;
}
const services = loadServices();

const ways = [
  { name: 'json', useBinaryFormat: false },
  { name: 'proto', useBinaryFormat: true },
  { name: 'json_get', useBinaryFormat: false, useHttpGet: true },
  { name: 'proto_get', useBinaryFormat: true, useHttpGet: true },
  { name: 'json_gzip', useBinaryFormat: false, sendCompression: compressionGzip, compressMinBytes: 0 },
  { name: 'proto_gzip', useBinaryFormat: true, sendCompression: compressionGzip, compressMinBytes: 0 },
  {
    name: 'proto_get_gzip',
    useBinaryFormat: true,
    useHttpGet: true,
    sendCompression: compressionGzip,
    compressMinBytes: 0,
  },
];

// In JSON a client has to know what may be within an Any: the errors of single items of a batch.
const jsonOptions = { registry: createRegistry(ErrorInfoSchema, BadRequestSchema) };

function clientsOver(wire, way, interceptors = []) {
  const transport = createConnectTransport({
    baseUrl: wire.url,
    httpVersion: '1.1',
    jsonOptions,
    interceptors,
    ...way,
  });
  const clients = {};
  for (const [name, service] of Object.entries(services)) clients[name] = createClient(service, transport);
  return clients;
}

// The error that `call` ends with.
async function errorOf(call) {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof ConnectError, `expected a ConnectError, got ${error}`);
    return error;
  }
  assert.fail('the call succeeded');
}

function reasonOf(error) {
  const infos = error.findDetails(ErrorInfoSchema);
  assert.strictEqual(infos.length, 1, `expected one ErrorInfo: ${error}`);
  assert.strictEqual(infos[0].domain, 'usher');
  return infos[0].reason;
}

async function expectError(call, code, reason) {
  const error = await errorOf(call);
  assert.strictEqual(Code[error.code], Code[code], String(error));
  assert.strictEqual(reasonOf(error), reason);
  return error;
}

// A webhook as Stripe would send it, about nothing that is for sale.
function webhook(eventId) {
  const at = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({
    id: eventId,
    object: 'event',
    api_version: '2025-03-31.basil',
    created: at,
    livemode: false,
    type: 'customer.created',
    data: { object: { id: 'cus_of_nobody', object: 'customer' } },
  });
  const signature = crypto.createHmac('sha256', webhookSecret).update(`${at}.${body}`).digest('hex');
  const headers = [{ name: 'Stripe-Signature', value: `t=${at},v1=${signature}` }];
  return { provider: 'stripe', rawBody: Buffer.from(body), headers };
}

// Every RPC that is declared, in every way, with an empty request: an answer, or an error with a reason.
async function everyRpc(wire) {
  let calls = 0;
  for (const way of ways) {
    const clients = clientsOver(wire, way);
    for (const service of Object.values(services)) {
      for (const method of service.methods) {
        const name = `${service.name}/${method.name} as ${way.name}`;
        try {
          await clients[service.name][method.localName]({});
        } catch (error) {
          assert.ok(error instanceof ConnectError, `${name}: ${error}`);
          assert.strictEqual(error.code, Code.InvalidArgument, `${name}: ${error}`);
          assert.strictEqual(reasonOf(error), 'MALFORMED_REQUEST', name);
        }
        const reads = method.idempotency === kNoSideEffects;
        assert.strictEqual(wire.last.method, way.useHttpGet && reads ? 'GET' : 'POST', name);
        assert.strictEqual(wire.last.answerHeaders['cache-control'], 'no-store', name);
        ++calls;
      }
    }
  }
  console.log(`calls ${calls}`);
}

// The life of a tenant, with what each call answers.
async function story(wire) {
  for (const way of ways) {
    const { TenantService, EntitlementService, IngestService, EventService } = clientsOver(wire, way);
    const tenantId = `story_${way.name}`;
    const created = await TenantService.createTenant({ tenantId, displayName: 'Größe ✓' });
    assert.strictEqual(created.tenant.tenantId, tenantId);
    assert.strictEqual((await TenantService.getTenant({ tenantId })).tenant.displayName, 'Größe ✓');
    const check = async () => (await EntitlementService.checkEntitlement({ tenantId, feature: 'sso' })).decision.allowed;
    assert.strictEqual(await check(), false);

    const put = await TenantService.putOverride({
      tenantId,
      overrideId: 'trial',
      feature: 'sso',
      mode: OverrideMode.SET,
      value: { kind: { case: 'boolean', value: true } },
      reason: 'a trial',
    });
    assert.strictEqual(await check(), true);
    await TenantService.removeOverride({ tenantId, overrideId: put.override.overrideId, reason: 'over' });
    assert.strictEqual(await check(), false);

    const paid = await IngestService.recordPaymentOutcome({
      tenantId,
      provider: 'bank',
      reference: `transfer_${way.name}`,
      outcome: PaymentOutcome.SUCCEEDED,
      price: 'price_once',
    });
    assert.notStrictEqual(paid.revision, '');
    assert.strictEqual(await check(), true);
    await TenantService.suspendTenant({ tenantId, reason: 'a test' });
    assert.strictEqual(await check(), false);
    await TenantService.reinstateTenant({ tenantId, reason: 'a test' });
    assert.strictEqual(await check(), true);
    await TenantService.linkTenant({ tenantId, provider: 'stripe', externalId: `cus_${way.name}` });

    const batch = await EntitlementService.batchCheckEntitlements({
      items: [
        { correlationId: 'a', tenantId, feature: 'projects', currentUsage: 9n },
        { correlationId: 'b', tenantId, feature: 'nope' },
      ],
    });
    assert.strictEqual(batch.results[0].result.value.allowed, true);
    assert.strictEqual(batch.results[1].result.case, 'error');
    assert.ok((await EntitlementService.listEntitlements({ tenantId })).entitlements.length >= 5);
    assert.ok((await EntitlementService.explainEntitlement({ tenantId, feature: 'sso' })).steps.length > 0);
    assert.ok((await EntitlementService.getTimeline({ tenantId })).segments.length > 0);
    const listed = await TenantService.listTenants({ pageSize: 1000 });
    assert.ok(listed.tenants.some((tenant) => tenant.tenantId === tenantId));

    const relayed = await IngestService.relayWebhook(webhook(`evt_story_${way.name}`));
    assert.strictEqual(relayed.eventId, `evt_story_${way.name}`);
    const { events } = await EventService.listEvents({});
    assert.ok(events.some((event) => event.eventId === relayed.eventId));
    const { deliveries } = await EventService.getEvent({ provider: 'stripe', eventId: relayed.eventId });
    assert.strictEqual(deliveries.length, 1);
    console.log(`story ${way.name}`);
  }
}

// Errors of the services, with code, status and details decoded.
async function errors(wire) {
  for (const way of ways) {
    const { TenantService, EntitlementService, IngestService, EventService } = clientsOver(wire, way);
    const tenantId = `errors_${way.name}`;
    const unknown = await expectError(
      EntitlementService.checkEntitlement({ tenantId, feature: 'ssoo' }),
      Code.NotFound,
      'FEATURE_UNKNOWN'
    );
    assert.strictEqual(wire.last.status, 404);
    assert.strictEqual(unknown.findDetails(ErrorInfoSchema)[0].metadata.did_you_mean, 'sso');

    const malformed = await expectError(
      EntitlementService.checkEntitlement({ tenantId: 'a b', feature: '' }),
      Code.InvalidArgument,
      'MALFORMED_REQUEST'
    );
    assert.strictEqual(wire.last.status, 400);
    const fields = malformed.findDetails(BadRequestSchema)[0].fieldViolations.map((violation) => violation.field);
    assert.deepStrictEqual(fields.sort(), ['feature', 'tenant_id']);

    await TenantService.createTenant({ tenantId });
    await expectError(TenantService.createTenant({ tenantId }), Code.AlreadyExists, 'TENANT_EXISTS');
    assert.strictEqual(wire.last.status, 409);

    const override = { tenantId, overrideId: 'none', feature: 'sso', mode: OverrideMode.DENY, reason: 'a test' };
    await TenantService.putOverride(override);
    await expectError(
      TenantService.putOverride({ ...override, etag: 'stale' }),
      Code.Aborted,
      'ETAG_MISMATCH'
    );
    assert.strictEqual(wire.last.status, 409);

    const forged = { provider: 'stripe', rawBody: Buffer.from('{}'), headers: [] };
    await expectError(IngestService.relayWebhook(forged), Code.InvalidArgument, 'SIGNATURE_INVALID');

    const event = { provider: 'stripe', eventId: `evt_errors_${way.name}` };
    await IngestService.relayWebhook(webhook(event.eventId));
    await expectError(EventService.redriveEvent(event), Code.FailedPrecondition, 'EVENT_NOT_PARKED');
    assert.strictEqual(wire.last.status, 400);
    console.log(`errors ${way.name}`);
  }
}

// What goes over the wire compressed, and what does not.
async function gzip(wire) {
  const tenantId = 'gzip';
  for (const way of ways) {
    const sends = way.sendCompression !== undefined;
    const { EntitlementService } = clientsOver(wire, way);
    const items = Array.from({ length: 60 }, () => ({ tenantId, feature: 'projects' }));
    const batch = await EntitlementService.batchCheckEntitlements({ items });
    assert.strictEqual(batch.results.length, 60);
    // A GET of this client names no Accept-Encoding: what it sends is what it reads.
    const accepts = !way.useHttpGet || sends;
    const coding = wire.last.answerHeaders['content-encoding'];
    assert.strictEqual(coding, accepts ? 'gzip' : undefined, way.name);
    assert.strictEqual(wire.last.answerHeaders.vary, 'Accept-Encoding');
    if (sends && !way.useHttpGet) assert.strictEqual(wire.last.headers['content-encoding'], 'gzip');
    if (sends && way.useHttpGet) assert.match(wire.last.target, /[?&]compression=gzip(&|$)/);

    await EntitlementService.checkEntitlement({ tenantId, feature: 'sso' });
    assert.ok(Number(wire.last.answerHeaders['content-length']) < kLeastGzipBytes);
    assert.strictEqual(wire.last.answerHeaders['content-encoding'], undefined);
    console.log(`gzip ${way.name} ${coding}`);
  }
}

async function timeouts(wire) {
  const request = { tenantId: 'timeouts', feature: 'sso' };
  for (const way of ways) {
    const { EntitlementService } = clientsOver(wire, way);
    await EntitlementService.checkEntitlement(request, { timeoutMs: 60_000 });
    assert.match(wire.last.headers['connect-timeout-ms'], /^[0-9]{1,10}$/);

    // The client knows of no deadline, so it is the server that keeps it.
    const passed = clientsOver(wire, way, [
      (next) => (call) => {
        call.header.set('Connect-Timeout-Ms', '0');
        return next(call);
      },
    ]);
    await expectError(
      passed.EntitlementService.checkEntitlement(request),
      Code.DeadlineExceeded,
      'DEADLINE_EXCEEDED'
    );
    assert.strictEqual(wire.last.status, 504);
    console.log(`timeouts ${way.name}`);
  }
}

const groups = { everyRpc, story, errors, gzip, timeouts };

async function main() {
  assert.ok(groups[group], `no group '${group}': expected one of ${Object.keys(groups).join(', ')}`);
  const wire = await startWire(serverUrl);
  await groups[group](wire);
  wire.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
