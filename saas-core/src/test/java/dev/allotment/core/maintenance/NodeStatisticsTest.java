// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.core.Fixture;
import dev.allotment.core.Refusals;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.ListenerBacklog;
import dev.allotment.fleet.NodeStatistics;
import dev.allotment.hook.SaasListener;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator can be alerted by: how the work of a node goes. */
final class NodeStatisticsTest {
    private final Fixture fixture = new Fixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static NodeStatistics statistics(Saas saas) {
        return saas.maintenance().statistics();
    }

    @Test
    void remembersWhenEachPartOfTheMaintenanceLastSucceeded() {
        assertThat(statistics(fixture.saas).parts()).isEmpty();
        Instant first = fixture.clock.instant();
        fixture.saas.maintenance().run();
        fixture.saas.maintenance().renewLeases();
        assertThat(statistics(fixture.saas).parts())
                .extracting(NodeStatistics.Part::name)
                .containsExactly(
                        "backup-drills",
                        "backup-keys",
                        "backup-remains",
                        "backups",
                        "closing",
                        "expired",
                        "leases",
                        "mail-domains",
                        "nodes",
                        "operations",
                        "payments",
                        "placement",
                        "provider-secrets",
                        "replications",
                        "restored-catalog",
                        "retention",
                        "second-factors",
                        "server-remains",
                        "servers",
                        "sessions",
                        "spares",
                        "support",
                        "templates",
                        "tenants",
                        "usage",
                        "webhook-records",
                        "webhooks");
        assertThat(statistics(fixture.saas).parts()).allSatisfy(part -> {
            assertThat(part.succeededAt()).isEqualTo(first);
            assertThat(part.failures()).isZero();
        });

        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.backend.watch(step -> {
            if (step.equals("before catalog") && calledBy("WarmPool")) {
                throw new IllegalStateException("a defect");
            }
        });
        fixture.saas.maintenance().run();
        fixture.backend.unwatch();
        assertThat(statistics(fixture.saas).parts()).allSatisfy(part -> {
            boolean failed = part.name().equals("spares");
            assertThat(part.failures()).as(part.name()).isEqualTo(failed ? 1 : 0);
            assertThat(part.succeededAt())
                    .as(part.name())
                    .isEqualTo(failed || part.name().equals("leases") ? first : first.plusSeconds(60));
        });
    }

    private static boolean calledBy(String type) {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().endsWith(type)));
    }

    @Test
    void countsOperationsThatItTookOverAndThoseThatItLost() {
        AtomicReference<Saas> other = new AtomicReference<>();
        fixture.backend.once("before create", () -> {
            fixture.clock.advance(OperationLeases.LEASE);
            other.set(fixture.builder(fixture.storage).node("node-b").open());
        });
        Refusals.refusal(fixture::tenant);

        assertThat(statistics(other.get()).takenOver()).isEqualTo(1);
        assertThat(statistics(other.get()).lostLeases()).isZero();
        assertThat(statistics(fixture.saas).takenOver()).isZero();
        assertThat(statistics(fixture.saas).lostLeases()).isEqualTo(1);
    }

    @Test
    void doesNotCountOperationsThatWaitedForANode() {
        Operation waiting = fixture.saas
                .async()
                .create(CreateTenant.onPlan(fixture.plan())
                        .owner(fixture.signUp("owner@example.com"))
                        .build());
        try (Saas other = fixture.builder(fixture.storage).node("node-b").open()) {
            other.maintenance().run();
            assertThat(other.operations().get(waiting.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(statistics(other).takenOver()).isZero();
        }
    }

    @Test
    void countsFailedSignIns() {
        fixture.signUp("owner@example.com");
        String address = "192.0.2.1";
        for (String login : new String[] {"owner@example.com", "unknown@example.com"}) {
            assertThat(fixture.saas.accounts().authenticate(login, "wrong", address))
                    .isEmpty();
        }
        assertThat(fixture.saas.apiKeys().authenticate("a".repeat(64), address)).isEmpty();
        assertThat(fixture.saas.accounts().authenticate("owner@example.com", Fixture.PASSWORD, address))
                .isPresent();
        assertThat(statistics(fixture.saas).wrongPasswords()).isEqualTo(2);
        assertThat(statistics(fixture.saas).refusedUnread()).isZero();

        for (int i = 0; i < 20; i++) {
            assertThat(fixture.saas.accounts().authenticate("owner@example.com", "wrong", "198.51.100.1"))
                    .isEmpty();
        }
        NodeStatistics after = statistics(fixture.saas);
        assertThat(after.refusedUnread()).isPositive();
        assertThat(after.wrongPasswords() + after.refusedUnread()).isEqualTo(22);
    }

    @Test
    void showsWhatListenersHaveNotGotYet() {
        AtomicBoolean broken = new AtomicBoolean(true);
        SaasListener listener = new SaasListener() {
            @Override
            public String name() {
                return "billing";
            }

            @Override
            public void on(Event event) {
                if (broken.get()) {
                    throw new IllegalStateException("no answer");
                }
            }
        };
        try (Saas saas = fixture.builder(fixture.storage).listener(listener).open()) {
            assertThat(saas.maintenance().backlogs()).containsExactly(new ListenerBacklog("billing", 0, 0, null));
            Instant first = fixture.clock.instant();
            saas.plans().create(Plan.builder("One").build());
            saas.accounts()
                    .signUp(SignUp.builder("a@example.com", "A", Fixture.PASSWORD)
                            .build());
            ListenerBacklog waiting = saas.maintenance().backlogs().get(0);
            assertThat(waiting.waiting()).isPositive();
            assertThat(waiting.failing()).isZero();
            assertThat(waiting.oldestAt()).isEqualTo(first);

            fixture.clock.advance(Duration.ofMinutes(1));
            saas.maintenance().run();
            assertThat(saas.maintenance().backlogs())
                    .containsExactly(new ListenerBacklog("billing", waiting.waiting(), waiting.waiting(), first));
            broken.set(false);
            fixture.clock.advance(Duration.ofMinutes(1));
            saas.maintenance().run();
            assertThat(saas.maintenance().backlogs()).containsExactly(new ListenerBacklog("billing", 0, 0, null));
        }
    }

    @Test
    void isForAdministratorsOnly() {
        Saas own = fixture.saas.actingAs(fixture.signUp("owner@example.com").id());
        for (Runnable call : List.<Runnable>of(
                () -> own.maintenance().statistics(), () -> own.maintenance().backlogs())) {
            Refusals.assertRefusal(call::run).isEqualTo("access.not-allowed");
        }
    }
}
