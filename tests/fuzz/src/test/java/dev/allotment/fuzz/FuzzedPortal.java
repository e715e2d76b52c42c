// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import dev.allotment.spi.protocol.ProtocolProvider;
import dev.allotment.testing.MemoryBackend;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/** A control plane in memory with an administrator, a portal user and a tenant. It is shared by all inputs. */
final class FuzzedPortal {
    static final String MAIN = "portal.localhost";
    static final String TENANT = "shop.localhost";
    static final String PASSWORD = "secret";
    static final Saas SAAS = open();

    static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

    private FuzzedPortal() {}

    private static Saas open() {
        Saas saas = Saas.builder()
                .backend(MemoryBackend.create())
                .mainDatabase(MAIN)
                .administrator("admin", PASSWORD)
                .passwordIterations(1)
                .failedSignIns(0, 0)
                .signUps(0)
                .open();
        User user = saas.accounts()
                .signUp(SignUp.builder("user@example.com", "User", PASSWORD).build());
        Plan plan = saas.plans().create(Plan.builder("Shop").build());
        saas.tenants().create(CreateTenant.onPlan(plan).owner(user).name(TENANT).build());
        return saas;
    }

    static ProtocolAdapter protocol(String name) {
        return protocol(name, Map.of());
    }

    static ProtocolAdapter protocol(String name, Map<String, String> settings) {
        for (ProtocolProvider provider : ServiceLoader.load(ProtocolProvider.class)) {
            if (provider.name().equals(name)) {
                return provider.open(SAAS, Settings.of(settings));
            }
        }
        throw new AssertionError("There is no protocol " + name);
    }

    /** Calls a protocol, which has to answer in time, and without an internal error. */
    static String call(ProtocolAdapter protocol, String path, byte[] body) {
        long start = System.nanoTime();
        Answer answer = protocol.handle(new Call(path, Map.of("cookie", "session_id=x"), body, "192.0.2.1", false));
        assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(MAX_NANOS);
        assertThat(answer.status()).isIn(200, 400, 404);
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("Internal error, reference", "java.", "Exception in");
        return text;
    }

    static List<String> databases() {
        return List.of(MAIN, TENANT, "none.localhost");
    }
}
