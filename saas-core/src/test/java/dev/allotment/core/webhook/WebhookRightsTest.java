// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.webhook;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.EventType;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.Webhooks;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WebhookRightsTest {
    private final WebhookFixture hooks;
    private final User stranger;

    WebhookRightsTest() throws IOException {
        hooks = new WebhookFixture();
        stranger = hooks.fixture.signUp("stranger@example.com");
    }

    @AfterEach
    void close() {
        hooks.close();
    }

    private Webhooks as(User user) {
        return hooks.saas.actingAs(user.id()).webhooks();
    }

    private Webhooks with(User user, ApiKeyScope scope) {
        Instant end = hooks.fixture.clock.instant().plus(Duration.ofDays(1));
        String key = hooks.saas
                .actingAs(user.id())
                .apiKeys()
                .create(new NewApiKey("key", scope, end))
                .secret();
        ApiKeyHolder holder = hooks.saas.apiKeys().authenticate(key, null).orElseThrow();
        return hooks.saas.actingAs(holder, null).webhooks();
    }

    @Test
    void anAccountManagesTheEndpointsOfItsCustomer() {
        WebhookEndpoint made = as(hooks.owner)
                .create(WebhookEndpoint.builder(hooks.receiver.url()).build())
                .endpoint();
        assertThat(made.customerId()).isEqualTo(hooks.tenant.customerId());

        WebhookEndpoint changed = as(hooks.owner)
                .update(
                        made.id(),
                        each -> each.toBuilder()
                                .description(" Warehouse ")
                                .customerId(null)
                                .failures(99)
                                .build());
        assertThat(changed).isEqualTo(made.toBuilder().description("Warehouse").build());
        assertThat(as(hooks.owner).secret(made.id())).startsWith("whsec_");
        assertThat(as(hooks.owner).list(Query.all())).containsExactly(changed);
        as(hooks.owner).delete(made.id());
        assertThat(as(hooks.owner).list(Query.all())).isEmpty();
    }

    @Test
    void theEndpointOfAnotherCustomerDoesNotExist() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        WebhookMessage message = hooks.webhooks.sendTest(id);
        Webhooks view = as(stranger);

        assertThat(view.find(id)).isEmpty();
        assertThat(view.list(Query.all())).isEmpty();
        assertRefusal(() -> view.get(id)).isEqualTo("record.missing");
        assertRefusal(() -> view.update(id, each -> each)).isEqualTo("record.missing");
        assertRefusal(() -> view.disable(id, "because")).isEqualTo("record.missing");
        assertRefusal(() -> view.enable(id)).isEqualTo("record.missing");
        assertRefusal(() -> view.delete(id)).isEqualTo("record.missing");
        assertRefusal(() -> view.secret(id)).isEqualTo("record.missing");
        assertRefusal(() -> view.rotateSecret(id)).isEqualTo("record.missing");
        assertRefusal(() -> view.sendTest(id)).isEqualTo("record.missing");
        assertRefusal(() -> view.resend(message.id())).isEqualTo("record.missing");
        assertRefusal(() -> view.recover(id, Instant.EPOCH)).isEqualTo("record.missing");
        assertRefusal(() -> view.messages(id, Query.all())).isEqualTo("record.missing");
        assertRefusal(() -> view.attempts(message.id())).isEqualTo("record.missing");
        assertRefusal(() -> view.create(hooks.ofCustomer().build())).isEqualTo("record.missing");
        assertRefusal(() -> view.sendDue(Runnable::run)).isEqualTo("access.not-allowed");
        assertThat(hooks.webhooks.get(id).enabled()).isTrue();
    }

    @Test
    void theEndpointsOfOperatorsDoNotExistForCustomers() {
        WebhookEndpointId id = hooks.ofOperators().endpoint().id();
        assertThat(as(hooks.owner).find(id)).isEmpty();
        assertThat(as(hooks.fixture.administrator("boss@example.com")).find(id)).isPresent();
    }

    @Test
    void keysReachWhatTheirScopeContains() {
        User boss = hooks.fixture.administrator("boss@example.com");
        WebhookEndpointId operators = hooks.ofOperators().endpoint().id();
        WebhookEndpointId own = hooks.endpoint().endpoint().id();
        WebhookMessage message = hooks.webhooks.sendTest(own);

        Webhooks customer = with(boss, ApiKeyScope.ofCustomer(hooks.tenant.customerId()));
        assertThat(customer.list(Query.all())).extracting(WebhookEndpoint::id).containsExactly(own);
        assertThat(customer.find(operators)).isEmpty();
        assertThat(customer.create(WebhookEndpoint.builder(hooks.receiver.url()).build())
                        .endpoint()
                        .customerId())
                .isEqualTo(hooks.tenant.customerId());
        assertThat(customer.secret(own)).startsWith("whsec_");

        Webhooks plan = with(boss, ApiKeyScope.ofPlan(hooks.tenant.planId()));
        assertThat(plan.list(Query.all())).isEmpty();
        assertRefusal(() -> plan.create(hooks.ofCustomer().build())).isEqualTo("access.not-allowed");
        assertRefusal(() -> plan.delete(own)).isEqualTo("record.missing");

        Webhooks reader = with(boss, ApiKeyScope.READ_ONLY);
        assertThat(reader.get(own).id()).isEqualTo(own);
        assertThat(reader.messages(own, Query.all())).containsExactly(message);
        assertThat(reader.attempts(message.id())).isEmpty();
        assertRefusal(() -> reader.secret(own)).isEqualTo("access.not-allowed");
        assertRefusal(() -> reader.rotateSecret(own)).isEqualTo("access.not-allowed");
        assertRefusal(() -> reader.sendTest(own)).isEqualTo("access.not-allowed");
        assertRefusal(() -> reader.delete(own)).isEqualTo("access.not-allowed");
        assertRefusal(() -> reader.sendDue(Runnable::run)).isEqualTo("access.not-allowed");
    }

    @Test
    void aCustomerReceivesItsOwnEventsOnly() {
        WebhookEndpointId own = hooks.endpoint().endpoint().id();
        WebhookEndpointId operators = hooks.ofOperators().endpoint().id();
        Tenant other = hooks.saas
                .tenants()
                .create(CreateTenant.onPlan(hooks.saas.plans().get(hooks.tenant.planId()))
                        .owner(stranger)
                        .name("stranger.example.com")
                        .build())
                .tenant();
        hooks.saas.accounts().setPassword(hooks.owner.id(), "another password");
        hooks.saas.tenants().suspend(hooks.tenant.id());
        hooks.send();

        assertThat(hooks.messages(own)).extracting(WebhookMessage::type).containsExactly("tenant.suspended");
        assertThat(hooks.messages(operators))
                .extracting(WebhookMessage::type)
                .containsExactlyInAnyOrder("webhook.created", "tenant.created", "password.changed", "tenant.suspended");
        assertThat(hooks.messages(operators))
                .extracting(WebhookMessage::tenantId)
                .contains(other.id());
    }

    @Test
    void aTenantThatWasGivenAwayIsNotSent() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = Receiver.status(500);
        hooks.saas.tenants().suspend(hooks.tenant.id());
        hooks.send();
        hooks.saas
                .tenants()
                .update(
                        hooks.tenant.id(),
                        each -> each.toBuilder()
                                .customerId(stranger.customerId())
                                .build());
        hooks.after(Duration.ofSeconds(10));
        assertThat(hooks.receiver.requests).hasSize(1);
        assertThat(hooks.webhooks.attempts(hooks.only(id).id()).get(0).error())
                .isEqualTo("The tenant has another customer now.");
    }

    @Test
    void aCustomerHasAtMostTwentyEndpoints() {
        for (int i = 0; i < Webhooks.MAX_ENDPOINTS; i++) {
            as(hooks.owner).create(WebhookEndpoint.builder(hooks.receiver.url()).build());
        }
        assertRefusal(() -> hooks.endpoint()).isEqualTo("webhook.limit-reached");
        hooks.ofOperators();
        as(stranger).create(WebhookEndpoint.builder(hooks.receiver.url()).build());
    }

    @Test
    void onlyTypesThatAnEndpointCanReceiveAreAccepted() {
        hooks.webhooks.create(WebhookEndpoint.builder(hooks.receiver.url())
                .eventTypes(EventType.SIGNED_UP)
                .build());
        assertRefusal(() -> hooks.webhooks.create(
                        hooks.ofCustomer().eventTypes(EventType.SIGNED_UP).build()))
                .isEqualTo("webhook.invalid");
        assertRefusal(() -> hooks.webhooks.create(hooks.ofCustomer()
                        .eventTypes(List.of("tenant.exploded"))
                        .build()))
                .isEqualTo("webhook.invalid");
        assertRefusal(() -> hooks.webhooks.create(
                        hooks.ofCustomer().description("a".repeat(257)).build()))
                .isEqualTo("webhook.invalid");
    }

    @Test
    void withoutASecretKeyThereIsNoEndpoint() {
        hooks.fixture.secrets = List.of();
        assertRefusal(hooks::endpoint).isEqualTo("webhook.key-missing");
        assertThat(hooks.rows(RecordTypes.WEBHOOK_ENDPOINTS)).isEmpty();
    }

    @Test
    void theEndpointsOfAnErasedCustomerGo() {
        hooks.endpoint();
        hooks.saas.tenants().suspend(hooks.tenant.id());
        hooks.send();
        hooks.saas.erasures().erase(hooks.tenant.customerId());
        assertThat(hooks.rows(RecordTypes.WEBHOOK_ENDPOINTS)).isEmpty();
        assertThat(hooks.rows(RecordTypes.WEBHOOK_MESSAGES)).isEmpty();
        assertThat(hooks.rows(RecordTypes.WEBHOOK_POSITIONS)).isEmpty();
    }
}
