// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.MemberId;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.AuthorizationCode;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Delivery;
import dev.allotment.spi.backend.PasswordReset;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Fills a catalog with many old records of every kind. Nothing is due. */
final class ManyOldRecords {
    static final int MANY = 2000;
    /** The tables that grow with the number of tenants and with time. */
    static final List<String> GROWING = List.of(
            "tenants",
            "operations",
            "events",
            "deliveries",
            "sessions",
            "access_tokens",
            "authorization_codes",
            "password_resets",
            "reserved_names",
            "usage");

    private static final Instant FAR = Instant.parse("2100-01-01T00:00:00Z");

    private static final SaasListener LISTENER = new SaasListener() {
        @Override
        public String name() {
            return "present";
        }

        @Override
        public void on(Event event) {
            // It is delivered, and nothing else happens.
        }
    };

    private ManyOldRecords() {}

    static Saas saas(Backend backend) {
        return Saas.builder()
                .backend(backend)
                .administrator("admin", "admin")
                .passwordIterations(1000)
                .listener(LISTENER)
                .open();
    }

    /** Creates one tenant of a plan with spares, and runs all due work. */
    static void prepare(Saas saas) {
        Plan plan = saas.plans()
                .create(Plan.builder("Any")
                        .dbNameTemplate("client-%i")
                        .spares(2)
                        .build());
        saas.templates().build(plan.id(), List.of("sale"));
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "Client Password")
                        .build());
        saas.tenants().create(CreateTenant.onPlan(plan.id()).owner(owner).build());
        settle(saas);
    }

    static void settle(Saas saas) {
        while (saas.maintenance().run() > 0) {
            // until nothing is due
        }
    }

    /**
     * As after years: what is gone, what is not due for long, and what a listener has not been told that is gone, too.
     */
    static void growOld(Backend backend) {
        StoredTenant tenant = backend.catalog()
                .transact(tx -> tx.records(RecordTypes.TENANTS).list(Query.all()))
                .get(0);
        // At most the longest interval between two readings of a tenant database.
        Instant later = Instant.now().plus(Duration.ofHours(5));
        // Long enough ago that nothing of it is due, and not so long that it is deleted.
        Instant longAgo = Instant.now().minus(Duration.ofDays(25));
        many(
                backend,
                (tx, i) -> tx.records(RecordTypes.TENANTS)
                        .insert(tenant.toBuilder()
                                .id(new TenantId(0))
                                .uuid(UUID.randomUUID())
                                .name("open-" + i)
                                .createdAt(longAgo)
                                .syncedAt(longAgo)
                                .nextCheckAt(FAR.plusSeconds(i))
                                .nextSyncAt(later.plusSeconds(i))
                                .build()));
        many(
                backend,
                (tx, i) -> tx.records(RecordTypes.TENANTS)
                        .insert(tenant.toBuilder()
                                .id(new TenantId(0))
                                .uuid(UUID.randomUUID())
                                .name("gone-" + i)
                                .state(TenantState.DELETED)
                                .createdAt(longAgo)
                                .deletedAt(longAgo)
                                .syncedAt(i % 2 == 0 ? null : longAgo)
                                .nextCheckAt(null)
                                .nextSyncAt(null)
                                .build()));
        many(
                backend,
                (tx, i) -> tx.records(RecordTypes.OPERATIONS)
                        .insert(StoredOperation.builder(
                                        UUID.randomUUID(), OperationKind.CREATE_TENANT, "a node", longAgo, longAgo)
                                .state(i % 9 == 0 ? OperationState.FAILED : OperationState.DONE)
                                .tenantId(tenant.id())
                                .build()));
        many(backend, (tx, i) -> {
            Event event = tx.records(RecordTypes.EVENTS)
                    .insert(new Event(
                            0,
                            UUID.randomUUID(),
                            longAgo,
                            EventType.TENANT_CREATED,
                            "host",
                            null,
                            tenant.id(),
                            null,
                            Map.of()));
            tx.records(RecordTypes.DELIVERIES).insert(new Delivery(0, event.id(), "gone", 3, longAgo, "Lost"));
        });
        many(backend, (tx, i) -> {
            Instant end = FAR.plus(Duration.ofMinutes(i));
            tx.records(RecordTypes.SESSIONS)
                    .insert(new StoredSession(
                            0, "session " + i, "", i, longAgo, longAgo, end, null, null, null, null, null));
            tx.records(RecordTypes.ACCESS_TOKENS)
                    .insert(new AccessToken(0, "token " + i, tenant.id(), new MemberId(1), end));
            tx.records(RecordTypes.AUTHORIZATION_CODES)
                    .insert(new AuthorizationCode(0, "code " + i, tenant.id(), new MemberId(1), "", null, end));
            tx.records(RecordTypes.PASSWORD_RESETS).insert(new PasswordReset(0, "reset " + i, new UserId(i), end));
        });
    }

    private interface Row {
        void insert(Transaction tx, int i);
    }

    private static void many(Backend backend, Row row) {
        backend.catalog().<Integer>transact(tx -> {
            for (int i = 0; i < MANY; i++) {
                row.insert(tx, i);
            }
            return MANY;
        });
    }
}
