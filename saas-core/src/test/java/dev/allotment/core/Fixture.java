// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.spi.Backend;
import dev.allotment.tck.memory.MemoryBackend;
import dev.allotment.tck.memory.SettableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A control plane in memory, with cheap passwords and a clock that a test sets. */
final class Fixture implements AutoCloseable {
    static final String PASSWORD = "Client Password";

    final MemoryBackend backend = MemoryBackend.create();
    final SettableClock clock = SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    final AtomicLong nanos = new AtomicLong();
    final Path addons;
    final Saas saas;

    Fixture(Path addons) {
        this.addons = addons;
        this.saas = open(backend);
    }

    Saas open(Backend over) {
        return builder(over).open();
    }

    Allotment.Builder builder(Backend over) {
        return Allotment.builder()
                .backend(over)
                .administrator("admin", "admin")
                .passwordRounds(10)
                .clock(clock)
                .ticker(nanos::get)
                .node("node-a")
                .addons(addons);
    }

    User signUp(String login) {
        return saas.accounts().signUp(new SignUp(login, "Client Name", PASSWORD));
    }

    Plan plan() {
        return saas.plans()
                .create(Plan.builder("Basic")
                        .dbNameTemplate("client-%i.example.com")
                        .build());
    }

    Tenant tenant() {
        return saas.tenants()
                .create(CreateTenant.on(plan()).ownedBy(signUp("owner@example.com")))
                .tenant();
    }

    /** Writes an add-on into the folder of add-ons. */
    static void addon(Path folder, String name, String properties, Map<String, String> scripts) {
        try {
            Path addon = Files.createDirectories(folder.resolve(name));
            Files.writeString(addon.resolve("addon.properties"), properties, StandardCharsets.UTF_8);
            for (Map.Entry<String, String> script : scripts.entrySet()) {
                Files.writeString(addon.resolve(script.getKey()), script.getValue(), StandardCharsets.UTF_8);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        saas.close();
    }
}
