// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.webhook;

import dev.allotment.CreateTenant;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.webhook.CreatedWebhook;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookTargets;
import dev.allotment.webhook.Webhooks;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A control plane that may send webhooks to this computer, and a receiver there. */
final class WebhookFixture implements AutoCloseable {
    static final WebhookTargets LOCAL =
            WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp();

    final Fixture fixture = new Fixture();
    final Receiver receiver = new Receiver();
    final Saas saas = open(fixture.backend, "node-h");
    final Webhooks webhooks = saas.webhooks();
    final Tenant tenant = fixture.tenant();
    final User owner = saas.accounts().get(tenant.ownerId());

    WebhookFixture() throws IOException {
        // The reference library refuses what was not sent just now.
        fixture.clock.set(Instant.now());
    }

    Saas open(Backend backend, String node) {
        return fixture.builder(backend).webhookTargets(LOCAL).node(node).open();
    }

    /** Creates an endpoint of the customer of the tenant. */
    CreatedWebhook endpoint() {
        return webhooks.create(ofCustomer().build());
    }

    WebhookEndpoint.Builder ofCustomer() {
        return WebhookEndpoint.builder(receiver.url()).customerId(tenant.customerId());
    }

    /** Creates an endpoint for operators. */
    CreatedWebhook ofOperators() {
        return webhooks.create(WebhookEndpoint.builder(receiver.url()).build());
    }

    int send() {
        return webhooks.sendDue(Runnable::run);
    }

    void after(Duration duration) {
        fixture.clock.advance(duration);
        int unused = send();
    }

    /** Makes two events of the tenant: it is suspended and resumed. */
    void suspendAndResume() {
        saas.tenants().suspend(tenant.id());
        saas.tenants().resume(tenant.id());
    }

    Tenant another(String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(saas.plans().get(tenant.planId()))
                        .owner(owner)
                        .name(name)
                        .build())
                .tenant();
    }

    List<WebhookMessage> messages(WebhookEndpointId endpoint) {
        return webhooks.messages(endpoint, Query.all());
    }

    WebhookMessage only(WebhookEndpointId endpoint) {
        List<WebhookMessage> messages = messages(endpoint);
        return messages.get(messages.size() - 1);
    }

    <R extends Record> List<R> rows(RecordType<R> type) {
        return fixture.storage.catalog().transact(tx -> tx.records(type).list(Query.all()));
    }

    @Override
    public void close() {
        receiver.close();
        saas.close();
        fixture.close();
    }
}
