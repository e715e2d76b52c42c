// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.Wrapped;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Backends that make false statements about themselves. */
final class BackendVariants {
    private BackendVariants() {}

    static List<Variant> all() {
        return List.of(
                lifeCycle("still works after it was closed", "aClosedBackendRefusesEveryUse", new TestHooks() {
                    @Override
                    void close(MemoryBackend backend) {
                        // The backend stays open, which is the defect.
                    }
                }),
                lifeCycle("cannot be closed twice", "closingTwiceDoesNothing", new TestHooks() {
                    @Override
                    void close(MemoryBackend backend) {
                        if (!backend.health().up()) {
                            throw new IllegalStateException("closed already");
                        }
                        backend.close();
                    }
                }),
                lifeCycle(
                        "stores transactions after it was closed",
                        "nothingIsStoredAfterTheBackendWasClosed",
                        new ClosesAfterTransactions()),
                new Variant(
                        "takes long to check its health",
                        BackendContract.LifeCycle.class,
                        "anOpenBackendIsUp",
                        () -> new HookedFixture(new TestHooks(), TakesLong::new)),
                lifeCycle("leaves a thread behind", "noThreadOutlivesTheBackend", new TestHooks() {
                    @Override
                    MemoryBackend newBackend() {
                        startStray();
                        return super.newBackend();
                    }
                }),
                new Variant(
                        "is always up",
                        BackendContract.LifeCycle.class,
                        "closingTwiceDoesNothing",
                        () -> new HookedFixture(new TestHooks(), AlwaysUp::new)),
                declaring(
                        "falsely declares that it is durable",
                        "afterClosing",
                        BackendContract.Durability.class,
                        Capability.DURABLE),
                new Variant(
                        "lets another process open its storage",
                        BackendContract.Durability.class,
                        "withAnotherProcess",
                        LocksItsProcessOnly::new),
                declaring(
                        "falsely declares that it is shared",
                        "sharing",
                        BackendContract.Capabilities.class,
                        Capability.SHARED),
                declaring("falsely declares logins", "logins", BackendContract.Capabilities.class, Capability.LOGINS),
                declaring(
                        "falsely declares row quotas",
                        "rowQuotas",
                        BackendContract.Capabilities.class,
                        Capability.ROW_QUOTAS),
                Variant.of(
                        "drops a database that it should release",
                        BackendContract.Adoption.class,
                        "declared",
                        DropsWhatItReleases::new),
                Variant.of(
                        "adopts a database of another identity",
                        BackendContract.Adoption.class,
                        "declared",
                        AdoptsEverything::new),
                new Variant(
                        "runs scripts without declaring it",
                        BackendContract.Capabilities.class,
                        "scripts",
                        () -> new HookedFixture(new TestHooks(), sound -> new Declares(sound, Set.of()))),
                Variant.of(
                        "creates logins without declaring it",
                        BackendContract.Capabilities.class,
                        "logins",
                        GivesLogins::new),
                new Variant(
                        "accepts every server",
                        BackendContract.Provider.class,
                        "anUnknownServerIsRefused",
                        () -> new HookedFixture(new TestHooks(), KnowsAnyServer::new)),
                new Variant(
                        "has no databases on a server without a catalog",
                        BackendContract.Provider.class,
                        "aServerStoresDatabasesWithoutACatalog",
                        NeedsCatalog::new),
                new Variant(
                        "was built for another version of the SPI",
                        BackendContract.Provider.class,
                        "itIsBuiltForThisVersionOfTheSpi",
                        Outdated::new),
                providing("ignores unknown settings", "anUnknownSettingIsRefused", settings -> {
                    Map<String, String> known = new HashMap<>(settings);
                    known.keySet().retainAll(Set.of("servers"));
                    return known;
                }),
                providing(
                        "reports one invalid setting at a time",
                        "allInvalidSettingsAreReportedAtOnceWithoutSecrets",
                        settings -> {
                            Map<String, String> one = new HashMap<>(settings);
                            one.remove("servers");
                            return one;
                        }));
    }

    private static Variant lifeCycle(String what, String test, TestHooks hooks) {
        return Variant.of(what, BackendContract.LifeCycle.class, test, () -> hooks);
    }

    private static Variant declaring(String what, String test, Class<?> contract, Capability capability) {
        return new Variant(
                what,
                contract,
                test,
                () -> new HookedFixture(new TestHooks(), sound -> {
                    Set<Capability> declared = EnumSet.of(capability);
                    declared.addAll(sound.capabilities());
                    return new Declares(sound, declared);
                }));
    }

    private static Variant providing(String what, String test, UnaryOperator<Map<String, String>> reads) {
        return new Variant(what, BackendContract.Provider.class, test, () -> new Provides(reads));
    }

    /** Starts a thread that finishes some time after the test has stopped waiting for it. */
    private static void startStray() {
        CountDownLatch never = new CountDownLatch(1);
        Thread stray = new Thread(
                () -> {
                    try {
                        never.await(10, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stray");
        stray.setDaemon(true);
        stray.start();
    }

    /** The same backend with other declared capabilities. */
    private static class Says extends HookedBackend {
        private final HookedBackend sound;

        Says(HookedBackend sound) {
            super(new TestHooks());
            this.sound = sound;
        }

        @Override
        MemoryBackend sound() {
            return sound.sound();
        }

        @Override
        public Catalog catalog() {
            return sound.catalog();
        }

        @Override
        public Databases databases(Server server) {
            return sound.databases(server);
        }

        @Override
        public Health health() {
            return sound.health();
        }

        @Override
        public void close() {
            sound.close();
        }
    }

    /** Refuses a second opening in its process, but another process gets a storage of its own. */
    private static final class LocksItsProcessOnly extends HookedFixture {
        private boolean open;

        LocksItsProcessOnly() {
            super(new TestHooks(), sound -> new Declares(sound, Set.of(Capability.DURABLE)));
        }

        @Override
        public Backend open() {
            if (open) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_IN_USE, "It is open already.", null);
            }
            open = true;
            return super.open();
        }
    }

    /** A close takes effect when the last transaction has ended, but does not wait for it. */
    private static final class ClosesAfterTransactions extends TestHooks {
        private int open;
        private MemoryBackend closing;

        @Override
        <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
            change(1);
            try {
                return begin.run(work);
            } finally {
                change(-1);
            }
        }

        private synchronized void change(int by) {
            open += by;
            if (open == 0 && closing != null) {
                closing.close();
            }
        }

        @Override
        synchronized void close(MemoryBackend backend) {
            closing = backend;
            change(0);
        }
    }

    private static final class TakesLong extends Says {
        TakesLong(HookedBackend sound) {
            super(sound);
        }

        @Override
        public Health health() {
            try {
                new CountDownLatch(1).await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return super.health();
        }
    }

    private static final class AlwaysUp extends Says {
        AlwaysUp(HookedBackend sound) {
            super(sound);
        }

        @Override
        public Health health() {
            return Health.healthy();
        }
    }

    private static final class Declares extends Says {
        private final Set<Capability> declared;

        Declares(HookedBackend sound, Set<Capability> declared) {
            super(sound);
            this.declared = declared;
        }

        @Override
        public Set<Capability> capabilities() {
            return declared;
        }
    }

    private static final class KnowsAnyServer extends Says {
        KnowsAnyServer(HookedBackend sound) {
            super(sound);
        }

        @Override
        public Databases databases(Server server) {
            return super.databases(BackendFixture.DEFAULT_SERVER);
        }
    }

    private static final class DropsWhatItReleases extends TestHooks {
        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public void release(DatabaseRef database) {
                    sound.drop(database);
                }
            };
        }
    }

    private static final class AdoptsEverything extends TestHooks {
        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public void adopt(DatabaseRef database) {
                    try {
                        super.adopt(database);
                    } catch (SaasException e) {
                        if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                            throw e;
                        }
                    }
                }
            };
        }
    }

    private static final class GivesLogins extends TestHooks {
        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public DatabaseLogin login(DatabaseRef database, String password) {
                    return new DatabaseLogin("memory:" + database.name(), "user", "a password");
                }
            };
        }
    }

    /** A provider whose servers know only the databases that a catalog lists. */
    private static final class NeedsCatalog extends MemoryFixture {
        @Override
        public BackendProvider provider() {
            BackendProvider sound = super.provider();
            return new BackendProvider() {
                @Override
                public int spiVersion() {
                    return SPI_VERSION;
                }

                @Override
                public String name() {
                    return sound.name();
                }

                @Override
                public Backend open(Settings settings) {
                    return sound.open(settings);
                }

                @Override
                public Backend openServer(Settings settings, UUID installation) {
                    return new KnowsNoDatabases(new HookedBackend(new TestHooks()));
                }

                @Override
                public DatabaseSource openSource(Settings settings, UUID installation) {
                    return sound.openSource(settings, installation);
                }
            };
        }
    }

    private static final class KnowsNoDatabases extends Says {
        KnowsNoDatabases(HookedBackend sound) {
            super(sound);
        }

        @Override
        public Databases databases(Server server) {
            return new DelegatingDatabases(super.databases(server)) {
                @Override
                public List<DatabaseRef> list() {
                    return List.of();
                }
            };
        }
    }

    /** A provider that was compiled for another version of the SPI. */
    private static final class Outdated extends MemoryFixture {
        @Override
        public BackendProvider provider() {
            return Wrapped.of(
                    BackendProvider.class,
                    super.provider(),
                    (method, arguments, next) -> method.getName().equals("spiVersion")
                            ? Integer.valueOf(BackendProvider.SPI_VERSION - 1)
                            : next.call(arguments));
        }
    }

    /** A provider that ignores some of its settings. */
    private static final class Provides extends MemoryFixture {
        private final UnaryOperator<Map<String, String>> reads;

        Provides(UnaryOperator<Map<String, String>> reads) {
            this.reads = reads;
        }

        @Override
        public BackendProvider provider() {
            BackendProvider sound = super.provider();
            return new BackendProvider() {
                @Override
                public int spiVersion() {
                    return SPI_VERSION;
                }

                @Override
                public String name() {
                    return sound.name();
                }

                @Override
                public Backend open(Settings settings) {
                    return sound.open(Settings.of(reads.apply(given(settings))));
                }

                @Override
                public Backend openServer(Settings settings, UUID installation) {
                    return sound.openServer(Settings.of(reads.apply(given(settings))), installation);
                }

                @Override
                public DatabaseSource openSource(Settings settings, UUID installation) {
                    return sound.openSource(Settings.of(reads.apply(given(settings))), installation);
                }
            };
        }

        /** Returns those settings of the tests that a provider can read. */
        private static Map<String, String> given(Settings settings) {
            Map<String, String> given = new HashMap<>();
            for (String key : List.of("servers", "no-such-setting", "other-password")) {
                String value = settings.optional(key);
                if (value != null) {
                    given.put(key, value);
                }
            }
            return given;
        }
    }
}
