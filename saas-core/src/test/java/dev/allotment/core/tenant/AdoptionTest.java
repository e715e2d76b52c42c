// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AdoptTenant;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.Story;
import dev.allotment.core.TestAddon;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Server;
import dev.allotment.hook.TenantSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdoptionTest {
    private static final ServerId FIRST = new ServerId(1);

    private final Fixture fixture = new Fixture(TestAddon.of("sale").script("1.0", "create table sale_order (id int)"));
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan(
            Plan.builder("Basic").dbNameTemplate("client-%i").maxUsers(3).maxDatabasesPerCustomer(2));
    private final User owner = fixture.signUp("owner@example.com");
    private final AdoptTenant wish =
            AdoptTenant.builder(FIRST, "legacy", plan.id()).owner(owner.id()).build();

    AdoptionTest() {
        fixture.storage.putForeign("legacy");
    }

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private boolean isForeign(String name) {
        var databases = fixture.storage.databases(saas.servers().get(FIRST));
        return databases.exists(name)
                && databases.list().stream().noneMatch(ref -> ref.name().equals(name));
    }

    @Test
    void becomesATenantWithOwnerLimitsAndSignInLink() {
        CreatedTenant adopted = saas.tenants().adopt(wish);

        assertThat(adopted.tenant().state()).isEqualTo(TenantState.OPEN);
        assertThat(adopted.tenant().name()).isEqualTo("legacy");
        assertThat(adopted.tenant().planId()).isEqualTo(plan.id());
        assertThat(adopted.tenant().maxUsers()).isEqualTo(3);
        assertThat(adopted.tenant().customerId()).isEqualTo(owner.customerId());
        Story.letsIn(saas, "legacy", adopted.signInLink());
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_ADOPTED))))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.tenantId()).isEqualTo(adopted.tenant().id()));
        saas.tenants().rename(adopted.tenant().id(), "renamed");
        saas.tenants().suspend(adopted.tenant().id());
        saas.tenants().delete(adopted.tenant().id());
        assertThat(fixture.storage.databases(saas.servers().get(FIRST)).exists("renamed"))
                .isFalse();
    }

    @Test
    void isMigratedAndIsReleasedIfThatFails() {
        List<String> done = new ArrayList<>();
        RecordingSchema recording = new RecordingSchema(done);
        AtomicBoolean broken = new AtomicBoolean(true);
        TenantSchema schema = new TenantSchema() {
            @Override
            public String version() {
                return recording.version();
            }

            @Override
            public void migrate(DatabaseLogin login) {
                recording.migrate(login);
                if (broken.get()) {
                    throw new IllegalStateException("broken");
                }
            }
        };
        try (Saas node = fixture.builder(RecordingSchema.withLogins(fixture.storage))
                .node("node-b")
                .tenantSchema(schema)
                .open()) {
            assertRefusal(() -> node.tenants().adopt(wish)).isEqualTo(ErrorCodes.SCHEMA_FAILED);
            assertThat(isForeign("legacy")).isTrue();
            assertThat(node.tenants().count(Filter.all())).isZero();
            broken.set(false);

            Tenant adopted = node.tenants().adopt(wish).tenant();

            assertThat(done).containsExactly("migrated", "migrated");
            assertThat(adopted.state()).isEqualTo(TenantState.OPEN);
            assertThat(adopted.schemaVersion()).isEqualTo("1");
        }
    }

    @Test
    void countsAgainstThePlansLimitsAndReservesItsName() {
        saas.tenants().adopt(wish);
        assertRefusal(() -> saas.tenants().adopt(wish)).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        saas.tenants().create(CreateTenant.onPlan(plan).owner(owner).build());
        fixture.storage.putForeign("another");
        assertRefusal(() -> saas.tenants()
                        .adopt(AdoptTenant.builder(FIRST, "another", plan.id())
                                .owner(owner.id())
                                .build()))
                .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        assertThat(isForeign("another")).isTrue();
    }

    @Test
    void restoresTheDatabaseIfAdoptionFailsAndAdoptsItLater() {
        for (String step : List.of("after adopt", "in transact", "before open", "after open")) {
            fixture.backend.once(step, () -> {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            });
            assertRefusal(() -> saas.tenants().adopt(wish)).as(step).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            fixture.backend.unwatch();
            assertThat(isForeign("legacy")).as(step).isTrue();
            assertThat(saas.tenants().count(Filter.all())).isZero();
        }
        assertThat(saas.tenants().adopt(wish).tenant().state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void isReleasedByAStalledNodeIfAnotherNodeHasUndoneTheAdoption() {
        fixture.backend.once("before adopt", () -> {
            fixture.clock.advance(OperationLeases.LEASE);
            Saas other = fixture.builder(fixture.storage).node("node-b").open();
            assertThat(other.tenants().findByName("legacy")).isPresent();
        });
        assertRefusal(() -> saas.tenants().adopt(wish)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        assertThat(saas.tenants().findByName("legacy"))
                .hasValueSatisfying(tenant -> assertThat(tenant.state()).isEqualTo(TenantState.OPEN));
    }

    @Test
    void isReleasedByAStalledNodeThatMeetsAnotherDatabaseOfThatName() {
        for (Consumer<Tenant> end : List.<Consumer<Tenant>>of(
                tenant -> saas.tenants().delete(tenant.id()),
                tenant -> saas.tenants().rename(tenant.id(), "renamed"))) {
            fixture.backend.once("before adopt", () -> {
                fixture.clock.advance(OperationLeases.LEASE);
                Saas other = fixture.builder(fixture.storage).node("node-b").open();
                end.accept(other.tenants().findByName("legacy").orElseThrow());
                fixture.storage.putForeign("legacy");
            });
            assertRefusal(() -> saas.tenants().adopt(wish)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
            fixture.backend.unwatch();
            assertThat(isForeign("legacy")).isTrue();
            fixture.clock.advance(Duration.ofDays(31));
        }
    }

    @Test
    void refusesMissingDatabasesTenantsAndTheServersOwn() {
        assertRefusal(() -> saas.tenants()
                        .adopt(AdoptTenant.builder(FIRST, "nowhere", plan.id())
                                .owner(owner.id())
                                .build()))
                .isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertRefusal(() -> saas.tenants()
                        .adopt(AdoptTenant.builder(FIRST, "template1", plan.id())
                                .owner(owner.id())
                                .build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertRefusal(() -> saas.tenants()
                        .adopt(AdoptTenant.builder(new ServerId(9), "legacy", plan.id())
                                .owner(owner.id())
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_NONE);
        Saas portal = saas.actingAs(owner.id());
        assertRefusal(() -> portal.tenants().adopt(wish)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> portal.templates().adopt(plan.id(), FIRST, "legacy", null))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(isForeign("legacy")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                "../legacy",
                "Legacy",
                "legacy\"; DROP DATABASE legacy; --",
                "legacy'",
                "legacy\0",
                "legacy\n",
                "leg\u0430cy",
                "template0",
                "portal.localhost",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void refusesHostileAndInternalNames(String name) {
        fixture.storage.putForeign(name);
        assertRefusal(() -> saas.tenants()
                        .adopt(AdoptTenant.builder(FIRST, name, plan.id())
                                .owner(owner.id())
                                .build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertRefusal(() -> saas.templates().adopt(plan.id(), FIRST, name, null))
                .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertRefusal(() -> saas.async().adoptTemplate(plan.id(), FIRST, name, null))
                .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertThat(isForeign(name)).as("it is not touched").isTrue();
        assertThat(saas.templates().count(Filter.all())).isZero();
        assertThat(saas.operations().count(Filter.all())).isZero();
    }

    @Test
    void becomesATemplateThatBindsThePlanToItsServer() {
        Server second =
                saas.servers().create(Server.builder("second").weight(1000).build());
        Template template = saas.templates().adopt(plan.id(), FIRST, "legacy", "key");

        assertThat(saas.templates().adopt(plan.id(), FIRST, "legacy", "key")).isEqualTo(template);
        assertThat(fixture.storage.isOpen("legacy")).isFalse();
        assertThat(saas.plans().get(plan.id()).templateId()).isEqualTo(template.id());
        assertThat(saas.tenants()
                        .create(CreateTenant.onPlan(plan).owner(owner).build())
                        .tenant()
                        .serverId())
                .isEqualTo(FIRST);
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder()
                                .lang("de_DE")
                                .serverId(second.id())
                                .build());
        saas.maintenance().run();
        assertThat(saas.plans().get(plan.id()).templateId())
                .as("never built again")
                .isEqualTo(template.id());
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.onPlan(plan).owner(owner).build()))
                .isEqualTo(ErrorCodes.TEMPLATE_NOT_READY);
    }

    @Test
    void returnsTheFirstResultForARepeatedKeyAndRefusesAnotherRequest() {
        CreatedTenant first =
                saas.tenants().adopt(wish.toBuilder().idempotencyKey("key").build());
        assertThat(saas.tenants()
                        .adopt(wish.toBuilder().idempotencyKey("key").build())
                        .tenant())
                .isEqualTo(first.tenant());
        assertRefusal(() -> saas.tenants()
                        .adopt(AdoptTenant.builder(FIRST, "other", plan.id())
                                .idempotencyKey("key")
                                .build()))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        Template built = saas.templates().build(plan.id(), List.of("sale"), "template");
        assertThat(saas.templates().build(plan.id(), List.of("sale"), "template"))
                .isEqualTo(built);
        assertRefusal(() -> saas.templates().build(plan.id(), List.of(), "template"))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
    }
}
