// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.DuplicateTenant;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.UserId;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.TenantTransaction;
import dev.allotment.spi.backend.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Another node that works on the catalog of a server, and waits in the middle of its operations until a test lets them
 * go on.
 */
final class StuckNode implements AutoCloseable {
    private static final String STUCK = "stuck";

    /** The node for an administrator. */
    final Saas operator;

    private final Saas node;
    private final CountDownLatch stuck;
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<CompletableFuture<Void>> work = new ArrayList<>();

    /** @param operations how many operations get stuck */
    StuckNode(Backend backend, int operations) {
        stuck = new CountDownLatch(operations);
        node = Saas.builder()
                .backend(backend)
                .node("other")
                .passwordIterations(1000)
                .neutraliser(new Neutraliser() {
                    @Override
                    public String name() {
                        return STUCK;
                    }

                    @Override
                    public void neutralise(Tenant copy, TenantTransaction transaction) {
                        getStuck();
                    }
                })
                .fix(STUCK, database -> getStuck())
                .open();
        operator = node.actingAs(new UserId(2));
    }

    private void getStuck() {
        stuck.countDown();
        await(goOn);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Tenant tenant(String name) {
        return operator.tenants()
                .create(CreateTenant.outsidePlans(name, new Administrator("boss", "a password"))
                        .build())
                .tenant();
    }

    /** Starts to make the tenant {@code copy}. */
    void duplicate(Tenant source, String idempotencyKey) {
        work.add(CompletableFuture.runAsync(() -> operator.tenants()
                .duplicate(DuplicateTenant.builder(source.id())
                        .name("copy")
                        .idempotencyKey(idempotencyKey)
                        .build())));
    }

    /** Starts a configuration change. */
    void configure(Tenant tenant) {
        work.add(CompletableFuture.runAsync(() -> operator.configuration()
                .apply(tenant.id(), ConfigurationChange.builder().fix(STUCK).build())));
    }

    void awaitStuck() {
        await(stuck);
    }

    /** Lets the operations end. */
    void goOn() {
        goOn.countDown();
    }

    /** Lets the operations succeed. */
    void finish() throws Exception {
        goOn();
        CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
    }

    /** Waits for the operations, which may fail if the server has been stopped: the backend is the server's. */
    @Override
    public void close() {
        goOn();
        for (CompletableFuture<Void> each : work) {
            assertThat(each.handle((done, failure) -> "ended")
                            .orTimeout(1, TimeUnit.MINUTES)
                            .join())
                    .isEqualTo("ended");
        }
        node.close();
    }
}
