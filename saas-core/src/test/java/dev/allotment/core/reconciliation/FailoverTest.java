// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.core.Refusals;
import dev.allotment.core.Story;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server of the catalog fails over to one that lacks the last transactions, while a node is running. */
final class FailoverTest {
    private final Fixture fixture = Story.fixture();
    private volatile String timeline = "1";
    private Plan plan;
    private User owner;
    private Server second;
    private Saas node;

    /** A node that has looked at all servers a moment ago. */
    @BeforeEach
    void open() {
        plan = fixture.plan(Plan.builder("Stocked").dbNameTemplate("t%i").spares(1));
        fixture.saas.templates().build(plan.id(), List.of("sale"));
        owner = fixture.signUp("owner@example.com");
        second = fixture.saas.servers().create(Server.builder("second").build());
        node = fixture.open(new DelegatingBackend(fixture.storage) {
            @Override
            public Catalog catalog() {
                return new WithTimeline(super.catalog());
            }
        });
        settle();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aTenantThatWasSuspendedStaysSuspendedAndIsNamed() {
        Tenant shop = create("shop");
        Runnable failover = fixture.storage.backUpCatalog();
        node.tenants().suspend(shop.id());

        failover.run();
        timeline = "2";
        node.tenants().sync(shop.id());
        settle();

        assertThat(fixture.storage.isOpen("shop")).isFalse();
        assertThat(restored())
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("tenants", "1")
                        .containsEntry("changed", "shop")
                        .containsEntry("moved", ""));
        assertThat(findings(FindingCode.CHANGED_SINCE_BACKUP))
                .extracting(Finding::database)
                .containsExactly("shop");
        assertThat(findings(FindingCode.NOT_OPEN)).extracting(Finding::database).containsExactly("shop");
    }

    @Test
    void aTenantThatWasMovedIsOpenOnceAndUsedThere() {
        Tenant shop = create("shop");
        Runnable failover = fixture.storage.backUpCatalog();
        node.tenants().move(shop.id(), second.id());

        failover.run();
        // The databases of the catalog's server are those of that time, too.
        Databases first = fixture.storage.databases(server(Server.DEFAULT_NAME));
        DatabaseRef old = new DatabaseRef("shop", shop.uuid());
        first.create(old);
        first.open(old);
        timeline = "2";

        assertThat(node.tenants().get(shop.id()).serverId()).isEqualTo(second.id());
        assertThat(isOpen(Server.DEFAULT_NAME, shop)).isFalse();
        assertThat(isOpen("second", shop)).isTrue();
        assertThat(restored())
                .singleElement()
                .satisfies(event -> assertThat(event.details()).containsEntry("moved", "shop"));
        assertThat(findings(FindingCode.MISPLACED))
                .extracting(Finding::serverName)
                .containsExactly(Server.DEFAULT_NAME);
    }

    @Test
    void aTenantThatWasMovedAndThenSuspendedIsOpenNowhere() {
        Tenant shop = create("shop");
        Runnable failover = fixture.storage.backUpCatalog();
        node.tenants().move(shop.id(), second.id());
        node.tenants().suspend(shop.id());

        failover.run();
        Databases first = fixture.storage.databases(server(Server.DEFAULT_NAME));
        DatabaseRef old = new DatabaseRef("shop", shop.uuid());
        first.create(old);
        first.open(old);
        timeline = "2";
        settle();

        assertThat(isOpen(Server.DEFAULT_NAME, shop)).isFalse();
        assertThat(isOpen("second", shop)).isFalse();
        assertThat(findings(FindingCode.MISPLACED))
                .extracting(Finding::serverName)
                .containsExactly("second");
    }

    @Test
    void nothingIsDoneWithTheCatalogBeforeItWasCompared() {
        Runnable failover = fixture.storage.backUpCatalog();
        Tenant first = create("first");

        failover.run();
        timeline = "2";
        Refusals.assertRefusal(() -> create("first")).isEqualTo("tenant.name-taken");

        Tenant other = create("other");
        assertThat(other.uuid()).isNotEqualTo(first.uuid());
        assertThat(restored()).hasSize(1);
    }

    @Test
    void aNodeThatStartsAfterwardsComparesAllServersFirst() {
        Tenant shop = create("shop");
        node.tenants().move(shop.id(), second.id());
        Runnable failover = fixture.storage.backUpCatalog();
        node.tenants().suspend(shop.id());
        failover.run();
        timeline = "2";

        Saas started = fixture.open(new DelegatingBackend(fixture.storage) {
            @Override
            public Catalog catalog() {
                return new WithTimeline(super.catalog());
            }
        });

        started.tenants().sync(shop.id());
        assertThat(isOpen("second", shop)).isFalse();
        assertThat(restored()).hasSize(1);
    }

    @Test
    void aFailoverThatLostNothingChangesNothing() {
        Tenant shop = create("shop");
        node.tenants().suspend(shop.id());
        timeline = "2";

        assertThat(node.tenants().resume(shop.id()).state()).isEqualTo(TenantState.OPEN);
        settle();

        assertThat(restored()).isEmpty();
        assertThat(fixture.storage.isOpen("shop")).isTrue();
    }

    /** A catalog that was restored from a dump has the same timeline. */
    @Test
    void theCatalogsValuesAreNotWrittenOverNewerOnes() {
        Tenant shop = create("shop");
        Runnable restore = fixture.storage.backUpCatalog();
        node.tenants().suspend(shop.id());

        restore.run();
        node.tenants().sync(shop.id());

        assertThat(fixture.storage.isOpen("shop")).isFalse();
        assertThat(restored()).hasSize(1);
        assertThat(findings(FindingCode.CHANGED_SINCE_BACKUP))
                .extracting(Finding::database)
                .containsExactly("shop");
    }

    private void settle() {
        for (int i = 0; node.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
    }

    private Tenant create(String name) {
        return node.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private List<Event> restored() {
        return node.events().list(Query.where(Filter.equal(Event.TYPE, EventType.CATALOG_RESTORED)));
    }

    private List<Finding> findings(FindingCode code) {
        return node.reconciliation().check().findings().stream()
                .filter(each -> each.code() == code)
                .toList();
    }

    private static Server server(String name) {
        return Server.builder(name).build();
    }

    private boolean isOpen(String server, Tenant tenant) {
        return fixture.storage.databases(server(server)).inventory().stream()
                .filter(each -> each.uuid().equals(tenant.uuid()))
                .map(DatabaseEntry::open)
                .anyMatch(Boolean.TRUE::equals);
    }

    private final class WithTimeline extends DelegatingCatalog {
        WithTimeline(Catalog storage) {
            super(storage);
        }

        @Override
        public String timeline() {
            return timeline;
        }
    }
}
