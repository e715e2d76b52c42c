// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.CreateTenant;
import dev.allotment.OperationId;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.hook.Addon;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.TenantTransaction;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.core.SaasSettings;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.MemoryBackupStore;
import dev.allotment.testing.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A control plane in memory, with cheap passwords and keys, a clock that the test sets, and add-ons that it defines.
 */
public final class Fixture implements AutoCloseable {
    public static final String PASSWORD = "Client Password";
    /** A strong reference, so that its level stays set. Otherwise provoked failures would fill the log. */
    private static final Logger LOG = Logger.getLogger("dev.allotment");

    static {
        LOG.setLevel(Level.OFF);
    }

    /** The first administrator of the main database. */
    public static final UserId ADMINISTRATOR = new UserId(2);

    /**
     * Has no resources, because searching the class path at each of a thousand starts would take most of the time.
     */
    private static final ClassLoader BARE = new ClassLoader(Fixture.class.getClassLoader()) {
        @Override
        public Enumeration<URL> getResources(String name) {
            return Collections.emptyEnumeration();
        }
    };

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    public final MemoryBackend storage = MemoryBackend.withServers("second");
    /** The backend of the control plane. It calls the test at each step, and then the storage. */
    public final WatchedBackend backend = WatchedBackend.over(storage);

    public final SettableClock clock = SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    public final AtomicLong nanos = new AtomicLong();
    public final MemoryBackupStore backups = new MemoryBackupStore(clock);
    /** The secret keys of every control plane that has one; the first one encrypts. */
    public volatile List<String> secrets = List.of("a secret key for tests");

    /** The known add-ons. A control plane reads this list when it is opened and when a list of add-ons is updated. */
    public final List<Addon> addons = new CopyOnWriteArrayList<>();

    /** Neutralises copies of tenant databases. */
    public BiConsumer<Tenant, TenantTransaction> neutraliser = (copy, tx) -> {};

    /** Whether control planes that are opened from now on make a backup before risky changes. */
    public boolean backupBeforeChanges;

    public final Saas saas;

    public Fixture(Addon... addons) {
        Thread.currentThread().setContextClassLoader(BARE);
        this.addons.addAll(List.of(addons));
        this.saas = open(backend);
        // Most stories end with a deletion for good.
        saas.parameters().set(Parameter.RETENTION_DAYS, "0");
    }

    public Saas open(Backend over) {
        return builder(over).open();
    }

    /** A builder with a store for two backups of each tenant. */
    public SaasBuilder builder(Backend over) {
        return builderWithoutKey(over)
                .secretKeys(() -> secrets)
                .backupStore(store(over))
                .keptBackups(2)
                .backupDrills(Duration.ZERO)
                .backupBeforeChanges(backupBeforeChanges);
    }

    /** The store of the backups as the process on this backend uses it. */
    private BackupStore store(Backend over) {
        if (over instanceof InterruptibleBackend process) {
            return process.store(backups);
        }
        return over instanceof WatchedBackend watched ? new Watched(watched::pass).over(backups) : backups;
    }

    public SaasBuilder builderWithoutKey(Backend over) {
        return SaasBuilder.of(new CoreProvider(1))
                .backend(over)
                .administrator("admin", "admin")
                .passwordIterations(1)
                .clock(clock)
                .ticker(nanos::get)
                .node("node-a")
                .addons(() -> List.copyOf(addons))
                .neutraliser(new Neutraliser() {
                    @Override
                    public String name() {
                        return "mail";
                    }

                    @Override
                    public void neutralise(Tenant copy, TenantTransaction transaction) {
                        neutraliser.accept(copy, transaction);
                    }
                });
    }

    /** Returns the settings of a builder with every setting at its default. */
    public static CoreSettings defaults() {
        List<SaasSettings> given = new ArrayList<>();
        SaasBuilder.of((settings, attached) -> {
                    given.add(settings);
                    return null;
                })
                .open();
        return new CoreSettings(given.get(0), 1);
    }

    /** Returns the stored row of a tenant, including internal fields. */
    public StoredTenant row(TenantId id) {
        return storage.catalog()
                .transact(tx -> tx.records(RecordTypes.TENANTS).find(id.value()))
                .orElseThrow();
    }

    /** Returns the stored row of an operation, including internal fields. */
    public StoredOperation row(OperationId id) {
        return storage.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).find(id.value()))
                .orElseThrow();
    }

    public User signUp(String login) {
        return saas.accounts()
                .signUp(SignUp.builder(login, "Client Name", PASSWORD).build());
    }

    public User administrator(String login) {
        return saas.accounts()
                .create(SignUp.builder(login, "Administrator", PASSWORD).build(), Role.ADMINISTRATOR);
    }

    public Plan plan() {
        return plan(Plan.builder("Basic").dbNameTemplate("client-%i.example.com"));
    }

    public Plan plan(Plan.Builder plan) {
        return saas.plans().create(plan.build());
    }

    public Tenant tenant() {
        return tenant("shop.example.com");
    }

    public Tenant tenant(String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan())
                        .owner(signUp("owner@" + name))
                        .name(name)
                        .build())
                .tenant();
    }

    /** Moves the ticker, which measures durations. */
    public void seconds(double seconds) {
        nanos.addAndGet((long) (seconds * 1e9));
    }

    /** Writes an add-on into a folder of add-ons. */
    public static void addon(Path folder, String name, String properties, Map<String, String> scripts) {
        try {
            Path addon = Files.createDirectories(folder.resolve(name));
            Files.writeString(addon.resolve("addon.properties"), properties, StandardCharsets.UTF_8);
            for (Map.Entry<String, String> script : scripts.entrySet()) {
                Files.writeString(addon.resolve(script.getKey()), script.getValue(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Thread.currentThread().setContextClassLoader(before);
        saas.close();
    }
}
