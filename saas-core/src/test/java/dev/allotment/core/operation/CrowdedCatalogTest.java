// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Story;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** While callers have all connections to the catalog, a node keeps its leases, and takes over the work of dead nodes. */
final class CrowdedCatalogTest {
    private static final String REASON = "All connections of the crowded catalog are in use.";

    private final Fixture fixture = Story.fixture();
    private final AtomicBoolean crowded = new AtomicBoolean();
    private final Saas node = fixture.builder(new DelegatingBackend(fixture.backend) {
                @Override
                public Catalog catalog() {
                    return new CrowdedCatalog(super.catalog(), crowded, false);
                }
            })
            .node("node-b")
            .open();
    private final CreateTenant request = CreateTenant.onPlan(fixture.plan())
            .owner(fixture.signUp("owner@example.com"))
            .name("shop")
            .build();

    /** A catalog whose connections callers have, while it is crowded. */
    private static final class CrowdedCatalog extends DelegatingCatalog {
        private final Catalog storage;
        private final AtomicBoolean crowded;
        private final boolean maintenance;

        CrowdedCatalog(Catalog storage, AtomicBoolean crowded, boolean maintenance) {
            super(storage);
            this.storage = storage;
            this.crowded = crowded;
            this.maintenance = maintenance;
        }

        @Override
        public Catalog forMaintenance() {
            return new CrowdedCatalog(storage.forMaintenance(), crowded, true);
        }

        @Override
        public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
            if (crowded.get() && !maintenance) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, REASON, null);
            }
            return super.<T>transact(work);
        }
    }

    @AfterEach
    void close() {
        node.close();
        Consistency.check(fixture.storage);
        fixture.close();
    }

    @Test
    void renewsItsLeasesAndReports() {
        fixture.backend.once("before create", () -> {
            crowded.set(true);
            assertRefusal(() -> node.tenants().list(Query.all())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            fixture.seconds(10);
            fixture.clock.advance(OperationLeases.LEASE.minusSeconds(1));
            node.maintenance().renewLeases();
            crowded.set(false);
            assertThat(running())
                    .singleElement()
                    .extracting(each -> fixture.row(each.id()).leaseUntil())
                    .isEqualTo(fixture.clock.instant().plus(OperationLeases.LEASE));
        });
        assertThat(node.tenants().create(request).tenant().state()).isEqualTo(TenantState.OPEN);
        assertThat(Consistency.all(fixture.storage, RecordTypes.NODES))
                .filteredOn(each -> each.name().equals("node-b"))
                .singleElement()
                .satisfies(each -> assertThat(each.lastSeenAt()).isEqualTo(fixture.clock.instant()));
    }

    @Test
    void finishesTheWorkOfADeadNode() {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Saas victim = fixture.builder(process).node("node-c").open();
        process.killAfter(4);
        try {
            victim.tenants().create(request);
            throw new AssertionError("it lives");
        } catch (ProcessKilled expected) {
            assertThat(running()).hasSize(1);
        }
        fixture.clock.advance(OperationLeases.LEASE);
        crowded.set(true);
        assertThat(node.maintenance().recover()).isEqualTo(1);
        crowded.set(false);
        assertThat(node.tenants().findByName("shop")).isPresent();
    }

    @Test
    void saysOnceWhyTheRestOfTheMaintenanceWaits() {
        List<LogRecord> lines = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger("dev.allotment.maintenance");
        Level before = logger.getLevel();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setLevel(Level.WARNING);
        try {
            for (int outage = 1; outage <= 2; outage++) {
                crowded.set(true);
                for (int round = 0; round < 3; round++) {
                    node.maintenance().run();
                }
                crowded.set(false);
                node.maintenance().run();
                assertThat(lines)
                        .filteredOn(line -> line.getMessage().contains(REASON))
                        .as("outage %s", outage)
                        .hasSize(outage)
                        .allSatisfy(line -> {
                            assertThat(line.getLevel()).isEqualTo(Level.WARNING);
                            assertThat(line.getThrown()).isNull();
                            assertThat(line.getMessage()).contains("Checking tenants");
                        });
            }
        } finally {
            logger.setLevel(before);
            logger.removeHandler(handler);
        }
    }

    private List<Operation> running() {
        return fixture.saas.operations().list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)));
    }
}
