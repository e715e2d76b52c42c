// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the REST API does about the passing of time, on a running server whose clock stands still. */
class RestInTimeTest {
    /** Noon of a day in the past, so that the keys of the test, which expire by the real clock, are valid. */
    private final AtomicReference<Instant> now = new AtomicReference<>(
            Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(3)).plus(Duration.ofHours(12)));

    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final AtomicBoolean failing = new AtomicBoolean();
    private RunningServer server;
    private RestCalls admin;
    private String tenant;

    @BeforeEach
    void start() throws Exception {
        String[] line = {
            "demo",
            "--demo-customers",
            "false",
            "--port",
            "0",
            "--data",
            "memory",
            "--password-rounds",
            "1000",
            "--node",
            "test"
        };
        server = SaasServer.start(Map.of(), CommandLineArguments.parse("test", line), this::around, clock);
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        Object plan = admin.post("/plans", "{\"name\": \"Rest\"}").json().get("id");
        tenant = "/tenants/"
                + admin.done("/tenants", "{\"planId\": " + plan + ", \"name\": \"shop.localhost\"}")
                        .get("tenantId");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Backend around(Backend backend) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (self, method, given) -> {
                    try {
                        Object answer = method.invoke(backend, given);
                        return answer instanceof Databases databases ? new Kept(databases) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Databases that cannot be dropped now. */
    private final class Kept extends DelegatingDatabases {
        Kept(Databases delegate) {
            super(delegate);
        }

        @Override
        protected Databases view(Databases fenced) {
            return new Kept(fenced);
        }

        @Override
        public void drop(DatabaseRef database) {
            if (failing.get()) {
                throw SaasException.internal(ErrorCodes.BACKEND_FAILED, "The test wants it so.", null);
            }
            super.drop(database);
        }
    }

    @Test
    void aFailedOperationIsTriedAgainWithoutWaiting() {
        TenantId id = new TenantId(Long.parseLong(tenant.substring("/tenants/".length())));
        failing.set(true);
        assertThatThrownBy(() -> server.saas().tenants().purge(id)).isInstanceOf(SaasException.class);
        failing.set(false);
        Map<String, Object> stuck =
                admin.get("/operations?state=running").items().get(0);
        assertThat(stuck).containsEntry("attempts", 1L);
        server.saas().maintenance().run();
        assertThat(admin.get("/operations/" + stuck.get("id")).json())
                .as("its time has not come")
                .containsEntry("state", "running")
                .containsEntry("attempts", 1L);

        RestCalls.Answer retried = admin.post("/operations/" + stuck.get("id") + "/retry", null);
        assertThat(retried.status()).as(retried.body()).isEqualTo(200);
        assertThat(retried.json()).containsEntry("id", stuck.get("id"));
        server.saas().maintenance().run();

        assertThat(server.saas()
                        .operations()
                        .await(new OperationId((long) stuck.get("id")), Duration.ofMinutes(1))
                        .state())
                .isEqualTo(OperationState.DONE);
        assertThat(admin.get(tenant).json()).containsEntry("state", "deleted");
    }

    /** Runs the maintenance, and returns the first day of the tenant when it has a revision. */
    private Map<String, Object> closed(long revision) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        Map<String, Object> day;
        do {
            server.saas().maintenance().run();
            day = admin.get(tenant + "/usage?sort=day").items().get(0);
        } while (!day.get("revision").equals(revision) && System.nanoTime() < end);
        assertThat(day).containsEntry("revision", revision).containsEntry("closeAt", null);
        return day;
    }

    @Test
    void aClosedDayIsCorrected() {
        server.saas().maintenance().run();
        Object day = admin.get(tenant + "/usage").items().get(0).get("id");
        String correct = "/usage/" + day + "/correct";
        String correction = "{\"users\": 2, \"peakUsers\": 3, \"reason\": \"a shared login\"}";
        assertThat(admin.post(correct, correction).problem()).isEqualTo("409 usage.day-open");
        now.updateAndGet(noon -> noon.plus(Duration.ofHours(15)));
        assertThat(closed(1)).containsEntry("id", day).containsEntry("users", 1L);

        User owner = server.saas()
                .accounts()
                .create(
                        SignUp.builder("owner@example.com", "Owner", "a long password")
                                .build(),
                        Role.PORTAL);
        assertThat(RestCalls.as(server, owner.id(), ApiKeyScope.EVERYTHING)
                        .post(correct, correction)
                        .problem())
                .isEqualTo("403 access.not-allowed");
        assertThat(admin.post(correct, "{\"users\": 4, \"peakUsers\": 3, \"reason\": \"none\"}")
                        .problem())
                .isEqualTo("422 usage.invalid");
        assertThat(admin.post(correct, correction).json())
                .containsEntry("users", 2L)
                .containsEntry("peakUsers", 3L)
                .containsEntry("revision", 1L);
        assertThat(closed(2)).containsEntry("users", 2L).containsEntry("peakUsers", 3L);

        run("usage", "correct", day.toString(), "--users", "3", "--reason", "another login");
        Map<String, Object> corrected = closed(3);
        assertThat(corrected).containsEntry("users", 3L).containsEntry("peakUsers", 3L);
        assertThat(corrected.get("closed"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("seats", "3")
                .containsEntry("seats.max", "3");
    }

    /** Gives a command, as an operator does. */
    private void run(String... line) {
        String key = server.saas()
                .actingAs(new UserId(2))
                .apiKeys()
                .create(new NewApiKey("command", ApiKeyScope.EVERYTHING, null))
                .secret();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream to = new PrintStream(printed, true);
        Map<String, String> environment =
                Map.of("ALLOTMENT_URL", "http://127.0.0.1:" + server.port(), "ALLOTMENT_KEY", key);

        assertThat(SaasServer.run(environment, to, to, line))
                .as(printed.toString(StandardCharsets.UTF_8))
                .isEqualTo(ExitCode.OK);
    }
}
