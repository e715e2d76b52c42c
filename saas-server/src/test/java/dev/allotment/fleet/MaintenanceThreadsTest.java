// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.hook.SaasListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MaintenanceThreadsTest {
    /** What a host may hand in, and may get wrong. */
    private static final class HostsClock extends Clock {
        private final CountDownLatch failures = new CountDownLatch(20);
        private volatile boolean broken;
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            if (broken) {
                failures.countDown();
                throw new NoClassDefFoundError("Missing");
            }
            return Instant.now().plus(ahead);
        }
    }

    private static SaasListener listener(String name, Consumer<Event> told) {
        return new SaasListener() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void on(Event event) {
                told.accept(event);
            }
        };
    }

    private static SaasBuilder builder() {
        return Saas.builder().backend("h2", Map.of("memory", "true")).passwordIterations(1000);
    }

    private static User signUp(Saas saas, String login) {
        return saas.accounts()
                .signUp(SignUp.builder(login, "Client Name", "Client Password").build());
    }

    @Test
    void goesOnAfterAnError() throws InterruptedException {
        HostsClock clock = new HostsClock();
        CountDownLatch suspended = new CountDownLatch(1);
        try (Saas saas = builder()
                .clock(clock)
                .listener(listener("one", event -> note(event, suspended)))
                .open()) {
            clock.broken = true;
            try (MaintenanceThreads maintenance = MaintenanceThreads.start(saas, Duration.ofMillis(1))) {
                assertThat(clock.failures.await(30, TimeUnit.SECONDS)).isTrue();
                clock.broken = false;
                expire(saas, clock);
                assertThat(suspended.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(maintenance.health()).isEqualTo(Health.healthy());
            }
        }
    }

    @Test
    void aListenerThatHangsHoldsUpNothingElse() throws InterruptedException {
        HostsClock clock = new HostsClock();
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch suspended = new CountDownLatch(1);
        try (Saas saas = builder()
                        .clock(clock)
                        .listener(listener("a hanging one", event -> {
                            hanging.countDown();
                            await(over);
                        }))
                        .listener(listener("quick", event -> note(event, suspended)))
                        .open();
                MaintenanceThreads maintenance = MaintenanceThreads.start(saas, Duration.ofMillis(1))) {
            signUp(saas, "first@example.com");
            assertThat(hanging.await(30, TimeUnit.SECONDS)).isTrue();
            expire(saas, clock);
            assertThat(suspended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(maintenance.health()).isEqualTo(Health.healthy());
            over.countDown();
        }
    }

    @Test
    void whatLostItsNodeIsTakenOverWhileSomethingElseTakesLong() throws InterruptedException {
        HostsClock clock = new HostsClock();
        CountDownLatch saving = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (Saas saas = builder()
                .clock(clock)
                .preDeletionBackup(tenant -> {
                    saving.countDown();
                    await(over);
                    return "elsewhere";
                })
                .open()) {
            Tenant shop = saas.tenants()
                    .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                            .build())
                    .tenant();
            saas.parameters().set("saas_portal.delete_expired_trials_after", "1");
            saas.parameters().set(Parameter.RETENTION_DAYS, "0");
            expire(saas, clock);
            clock.ahead = Duration.ofDays(3);
            MaintenanceThreads maintenance = MaintenanceThreads.start(saas, Duration.ofMillis(1));
            try (maintenance) {
                assertThat(saving.await(30, TimeUnit.SECONDS)).isTrue();

                Operation renaming = saas.async().rename(shop.id(), "market");
                // Longer than a lease, of which nothing is renewed for an operation that waits for a thread.
                clock.ahead = clock.ahead.plusSeconds(30);

                assertThat(saas.operations()
                                .await(renaming.id(), Duration.ofSeconds(30))
                                .state())
                        .isEqualTo(OperationState.DONE);
                over.countDown();
            }
            assertThat(maintenance.health().message()).isEqualTo("The maintenance of this node is closed.");
        }
    }

    @Test
    void isDownWhileTheLeasesAreNotRenewed() throws InterruptedException {
        HostsClock clock = new HostsClock();
        AtomicLong nanos = new AtomicLong();
        try (Saas saas = builder().clock(clock).open();
                MaintenanceThreads maintenance = MaintenanceThreads.start(saas, Duration.ofMillis(1), nanos::get)) {
            clock.broken = true;
            assertThat(clock.failures.await(30, TimeUnit.SECONDS)).isTrue();
            nanos.set(TimeUnit.SECONDS.toNanos(20));
            assertThat(maintenance.health().up()).isTrue();
            nanos.set(TimeUnit.SECONDS.toNanos(21));
            assertThat(maintenance.health().message()).contains("last renewed 21 s ago", "after 20 s");

            clock.broken = false;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!maintenance.health().up() && System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            assertThat(maintenance.health()).isEqualTo(Health.healthy());
        }
    }

    @Test
    void refusesAPaceAtWhichLeasesEnd() {
        try (Saas saas = builder().open()) {
            for (Duration every : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(10))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> MaintenanceThreads.start(saas, every))
                        .withMessage("every must be positive and less than ten seconds, found " + every + ".");
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void note(Event event, CountDownLatch suspended) {
        if (event.type() == EventType.TENANT_SUSPENDED) {
            suspended.countDown();
        }
    }

    /** Makes a trial that the maintenance has to suspend. */
    private static void expire(Saas saas, HostsClock clock) {
        User owner = signUp(saas, "trial@example.com");
        Plan plan = saas.plans().create(Plan.builder("Trial").trialHours(1).build());
        saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("trial")
                        .trial(true)
                        .build());
        clock.ahead = Duration.ofHours(2);
    }
}
