// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A customer does not pay while a transaction that does not see it makes a tenant, moves one, or changes the terms. */
@Timeout(300)
@Tag("slow")
final class PaymentRacesTest {
    private static final PaymentTerms TERMS = PaymentTerms.of(List.of(), 14);

    private final EmbeddedPostgres postgres = start();
    private final PausedBackend backend = new PausedBackend(open(postgres));
    private final Saas saas = Saas.builder()
            .backend(backend)
            .administrator("admin", "admin")
            .passwordIterations(1)
            .open();
    private final Plan plan =
            saas.plans().create(Plan.builder("Gold").paymentTerms(TERMS).build());
    private final User owner = signUp("owner@example.com");

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Backend open(EmbeddedPostgres postgres) {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("postgres"))
                .findFirst()
                .orElseThrow()
                .open(Settings.of(Map.of(
                        "url",
                        "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                        "user",
                        "postgres",
                        "password",
                        "postgres")));
    }

    @AfterEach
    void close() throws Exception {
        saas.close();
        backend.close();
        postgres.close();
    }

    private User signUp(String login) {
        return saas.accounts()
                .signUp(SignUp.builder(login, "Owner", "Client Password").build());
    }

    private Tenant tenant(String name, User of) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(of).name(name).build())
                .tenant();
    }

    @Test
    void aTenantThatIsBeingMadeFollows() throws Exception {
        duringTheCommit(
                tx -> stored(tx, "made")
                        .filter(each -> each.state() == TenantState.OPEN)
                        .isPresent(),
                () -> tenant("made", owner));
        assertSuspended("made");
    }

    @Test
    void aTenantThatIsBeingGivenToTheCustomerFollows() throws Exception {
        Tenant given = tenant("given", signUp("other@example.com"));
        duringTheCommit(
                tx -> stored(tx, "given")
                        .filter(each -> owner.customerId().equals(each.customerId()))
                        .isPresent(),
                () -> saas.tenants()
                        .update(
                                given.id(),
                                each -> each.toBuilder()
                                        .customerId(owner.customerId())
                                        .build()));
        assertSuspended("given");
    }

    @Test
    void aTenantWhosePlanIsGettingTermsFollows() throws Exception {
        saas.plans()
                .update(plan.id(), each -> each.toBuilder().paymentTerms(null).build());
        tenant("shop", owner);
        duringTheCommit(
                tx -> tx.records(RecordTypes.PLANS)
                        .find(plan.id().value())
                        .filter(each -> TERMS.equals(each.paymentTerms()))
                        .isPresent(),
                () -> saas.plans()
                        .update(
                                plan.id(),
                                each -> each.toBuilder().paymentTerms(TERMS).build()));
        assertSuspended("shop");
    }

    private static Optional<StoredTenant> stored(Transaction tx, String name) {
        return tx.records(RecordTypes.TENANTS).list(Query.where(Filter.equal(StoredTenant.NAME, name))).stream()
                .findFirst();
    }

    private void assertSuspended(String name) {
        assertThat(saas.tenants().list(Query.where(Filter.equal(Tenant.NAME, name))))
                .singleElement()
                .satisfies(each -> assertThat(each.suspendedFor()).containsExactly("unpaid"));
    }

    /**
     * Reports that the customer has not paid before a change is committed. The change goes on when the tenants have
     * followed, or have to wait for it.
     */
    private void duringTheCommit(Predicate<Transaction> changed, Runnable change) throws Exception {
        backend.pauseIf(changed);
        CompletableFuture<Void> changing = CompletableFuture.runAsync(change);
        backend.awaitPause();
        CompletableFuture<Void> following = CompletableFuture.runAsync(() -> {
            saas.payments()
                    .report(PaymentReport.ofCustomer(owner.customerId(), PaymentState.UNPAID)
                            .build());
            saas.maintenance().run();
        });
        while (!following.isDone() && !somethingWaits()) {
            Thread.onSpinWait();
        }
        backend.goOn();
        changing.get(60, TimeUnit.SECONDS);
        following.get(60, TimeUnit.SECONDS);
        saas.maintenance().run();
    }

    /** Whether a transaction waits for the lock of another one. */
    private boolean somethingWaits() throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
            return rows.next() && rows.getInt(1) > 0;
        }
    }

    /** Pauses the first transaction that has done something, before its commit. */
    private static final class PausedBackend extends DelegatingBackend {
        private final CountDownLatch paused = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicBoolean armed = new AtomicBoolean();
        private volatile Predicate<Transaction> condition = tx -> false;

        PausedBackend(Backend backend) {
            super(backend);
        }

        void pauseIf(Predicate<Transaction> wanted) {
            condition = wanted;
            armed.set(true);
        }

        void awaitPause() throws InterruptedException {
            assertThat(paused.await(60, TimeUnit.SECONDS)).isTrue();
        }

        void goOn() {
            released.countDown();
        }

        private void pass(Transaction tx) {
            if (armed.get() && condition.test(tx) && armed.compareAndSet(true, false)) {
                paused.countDown();
                try {
                    assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }

        @Override
        public Catalog catalog() {
            return new DelegatingCatalog(super.catalog()) {
                @Override
                public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                    return super.<T>transact(tx -> {
                        T value = work.apply(tx);
                        pass(tx);
                        return value;
                    });
                }
            };
        }
    }
}
