// SPDX-License-Identifier: Apache-2.0
// What a program does with a client of the REST API whose types are generated from the OpenAPI document.
import { strict as assert } from "node:assert";
import createClient from "openapi-fetch";
import type { components, paths } from "./allotment.js";

type Operation = components["schemas"]["Operation"];
type Problem = components["schemas"]["Problem"];
type Tenant = components["schemas"]["Tenant"];

const [baseUrl, key] = process.argv.slice(2);
assert.ok(baseUrl && key);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

/** Returns what a call has answered. */
function done<T>(answer: { data?: T; error?: Problem; response: Response }): T {
    assert.equal(answer.error, undefined, JSON.stringify(answer.error));
    assert.ok(answer.data !== undefined, `${answer.response.status} ${answer.response.url}`);
    return answer.data;
}

function failed(answer: { error?: Problem; response: Response }): string {
    assert.equal(answer.response.headers.get("content-type"), "application/problem+json");
    assert.ok(answer.error);
    assert.equal(answer.error.status, answer.response.status);
    return `${answer.error.status} ${answer.error.code}`;
}

async function ended(started: Operation): Promise<Operation> {
    let operation = started;
    while (operation.state === "running") {
        operation = done(await client.GET("/operations/{id}", { params: { path: { id: operation.id } } }));
    }
    assert.equal(operation.state, "done", operation.errorMessage ?? "");
    return operation;
}

const plan = done(
    await client.POST("/plans", {
        params: { header: { "Idempotency-Key": "plan-1" } },
        body: { name: "TypeScript", dbNameTemplate: "ts-%i.localhost", attributes: { crm: "17" } },
    }),
);
assert.deepEqual(plan.attributes, { crm: "17" });

// The same key creates one tenant, and another request with it is refused.
const order = { params: { header: { "Idempotency-Key": "order-1" } }, body: { planId: plan.id, name: "ts.localhost" } };
const first = await client.POST("/tenants", order);
assert.equal(first.response.status, 202);
assert.match(first.response.headers.get("location") ?? "", /\/operations\/\d+$/);
const creation = await ended(done(first));
const again = done(await client.POST("/tenants", order));
assert.equal(again.id, creation.id);
const other = await client.POST("/tenants", { ...order, body: { planId: plan.id, name: "another.localhost" } });
assert.equal(failed(other), "409 idempotency.mismatch");
assert.ok(creation.tenantId !== null);
const path = { id: creation.tenantId };

const waited = await client.POST("/tenants/{id}/duplicate", {
    params: { path, header: { Prefer: "wait=30" } },
    body: { name: "ts-copy.localhost" },
});
assert.equal(done(waited).state, "done");

// Pages of one record each have every tenant once.
const names: string[] = [];
let after: string | null | undefined;
do {
    const query = { limit: 1, planId: [plan.id], state: ["open" as const], sort: "-name", ...(after ? { after } : {}) };
    const page = done(await client.GET("/tenants", { params: { query } }));
    names.push(...page.items.map((each: Tenant) => each.name));
    after = page.next;
} while (after);
assert.deepEqual(names, ["ts.localhost", "ts-copy.localhost"]);
const wrong = await client.GET("/tenants", { params: { query: { where: ["nothing"] } } });
assert.equal(failed(wrong), "400 request.invalid");

// Of two changes of what both have seen, the second one is refused.
const seen = await client.GET("/tenants/{id}", { params: { path } });
const header = { "If-Match": seen.response.headers.get("etag") ?? "" };
const changed = done(
    await client.PATCH("/tenants/{id}", {
        params: { path, header },
        body: { maxUsers: 3, expiresAt: null, tags: ["typescript"] },
    }),
);
assert.equal(changed.maxUsers, 3);
assert.equal(changed.expiresAt, null);
const lost = await client.PATCH("/tenants/{id}", { params: { path, header }, body: { maxUsers: 4 } });
assert.equal(failed(lost), "412 request.changed");

const suspended = done(await client.POST("/tenants/{id}/suspend", { params: { path }, body: { reason: "unpaid" } }));
assert.equal(suspended.state, "suspended");
const resumed = done(await client.POST("/tenants/{id}/resume", { params: { path } }));
assert.equal(resumed.state, "open");

const backup = await ended(done(await client.POST("/tenants/{id}/backups", { params: { path } })));
const one = { ...path, backup: backup.uuid };
assert.equal(done(await client.GET("/tenants/{id}/backups/{backup}", { params: { path: one } })).id, backup.uuid);
const removed = await client.DELETE("/tenants/{id}/backups/{backup}", { params: { path: one } });
assert.equal(removed.response.status, 204);

const events = done(await client.GET("/events", { params: { query: { tenantId: [path.id] } } }));
assert.ok(events.items.some((each) => each.type === "tenant_suspended"));

await ended(done(await client.POST("/tenants/{id}/purge", { params: { path } })));
assert.equal(done(await client.GET("/tenants/{id}", { params: { path } })).state, "deleted");
const missing = await client.GET("/tenants/{id}", { params: { path: { id: 999999 } } });
assert.equal(failed(missing), "404 record.missing");
console.log("done");
