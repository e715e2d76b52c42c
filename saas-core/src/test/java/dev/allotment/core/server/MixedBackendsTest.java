// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.server;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SwapTenants;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.Usage;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.core.TestAddon;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.MemoryBackend;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MixedBackendsTest {
    private static final String FAR = "far";

    private final Fixture fixture = new Fixture(
            TestAddon.of("sale").script("1.0", "sale for {dialect}").neutralise("harmless sale for {dialect}"),
            TestAddon.of("stock").script("1.0", "stock for {dialect}").uninstall("no stock for {dialect}"));
    private final ManyServers provider = new ManyServers();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A backend for the catalog with arbitrary declared capabilities. */
    private static final class Declaring extends DelegatingBackend {
        private final Set<Capability> capabilities;

        Declaring(Backend storage, Set<Capability> capabilities) {
            super(storage);
            this.capabilities = capabilities;
        }

        @Override
        public Set<Capability> capabilities() {
            return capabilities;
        }
    }

    private Saas open(Capability... capabilities) {
        return fixture.builder(new Declaring(MemoryBackend.create(), Set.of(capabilities)))
                .provider(provider)
                .open();
    }

    private static Plan plan(Saas saas, String... addons) {
        Server far = saas.servers().list(Query.all()).stream()
                .filter(each -> each.name().equals(FAR))
                .findFirst()
                .orElseGet(() -> saas.servers()
                        .create(Server.builder(FAR)
                                .backend(ManyServers.NAME)
                                .settings(Map.of("url", FAR))
                                .build()));
        Plan plan = saas.plans().create(Plan.builder("Far").serverId(far.id()).build());
        saas.templates().build(plan.id(), List.of(addons));
        return saas.plans().get(plan.id());
    }

    private static Tenant shop(Saas saas) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan(saas, "stock"))
                        .owner(Fixture.ADMINISTRATOR)
                        .name("shop")
                        .build())
                .tenant();
    }

    @Test
    void runsTheScriptsOfItsServersDialect() {
        try (Saas saas = open()) {
            Tenant shop = shop(saas);
            saas.configuration()
                    .apply(
                            shop.id(),
                            ConfigurationChange.builder().install("sale").build());
            saas.tenants()
                    .duplicate(DuplicateTenant.builder(shop.id()).name("copy").build());
            saas.tenants()
                    .switchPlan(SwitchPlan.builder(shop.id(), plan(saas).id())
                            .force(true)
                            .build());
        }

        assertThat(provider.at(FAR).scripts("shop"))
                .containsExactly("stock for many", "sale for many", "no stock for many");
        assertThat(provider.at(FAR).scripts("copy"))
                .containsExactly("stock for many", "sale for many", "harmless sale for many");
    }

    @Test
    void skipsQuotasThatOnlyTheCatalogsBackendSupports() {
        try (Saas saas = open(Capability.ROW_QUOTAS)) {
            Tenant shop = shop(saas);
            saas.configuration()
                    .apply(
                            shop.id(),
                            ConfigurationChange.builder()
                                    .recordQuota("sale.order", 3)
                                    .build());
            saas.tenants()
                    .duplicate(DuplicateTenant.builder(shop.id()).name("copy").build());
            saas.tenants()
                    .switchPlan(SwitchPlan.builder(shop.id(), plan(saas).id())
                            .force(true)
                            .build());
            saas.tenants().sync(shop.id());

            assertThat(saas.database("copy").parameters().value(Parameter.NEUTRALISED))
                    .isPresent();
            assertThat(saas.usage().list(Query.all()))
                    .allMatch(each -> each.records().isEmpty());
        }
    }

    @Test
    void undoesASwapIfQuotasStopFittingATableBeforeTheDatabasesAreExchanged() {
        provider.holdLimits(FAR);
        try (Saas saas = open()) {
            Tenant shop = shop(saas);
            Tenant copy = saas.tenants()
                    .duplicate(DuplicateTenant.builder(shop.id()).name("copy").build())
                    .tenant();
            saas.configuration()
                    .apply(
                            shop.id(),
                            ConfigurationChange.builder()
                                    .recordQuota("sale.order", 3)
                                    .build());
            SwapTenants swap =
                    SwapTenants.builder(shop.id(), copy.id()).neutralised(true).build();
            provider.watch(FAR, step -> {
                if (step.equals("before rename")) {
                    provider.setFitting(FAR, false);
                }
            });

            assertRefusal(() -> saas.tenants().swap(swap)).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);

            for (Tenant each : List.of(shop, copy)) {
                assertThat(saas.tenants().get(each.id()).state()).isEqualTo(TenantState.OPEN);
                assertThat(provider.at(FAR).isOpen(each.name())).isTrue();
            }
            assertThat(saas.database("shop").parameters().value(Parameter.NEUTRALISED))
                    .isEmpty();
            provider.watch(FAR, step -> {});
            provider.setFitting(FAR, true);
            saas.tenants().swap(swap);
            assertThat(saas.database("shop").parameters().value(Parameter.NEUTRALISED))
                    .isPresent();
        }
    }

    @Test
    void enforcesQuotasThatTheCatalogsBackendDoesNotSupport() {
        List<List<RowQuota>> held = provider.holdLimits(FAR);
        try (Saas saas = open()) {
            Tenant shop = shop(saas);
            saas.configuration()
                    .apply(
                            shop.id(),
                            ConfigurationChange.builder()
                                    .recordQuota("sale.order", 3)
                                    .build());
            saas.tenants().sync(shop.id());

            assertThat(held.get(held.size() - 1)).extracting(RowQuota::model).containsExactly("sale.order");
            assertThat(saas.usage().list(Query.all()))
                    .extracting(Usage::records)
                    .contains(Map.of("sale.order", "7"));
        }
    }
}
