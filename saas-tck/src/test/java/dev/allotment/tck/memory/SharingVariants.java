// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.tck.BackendContract;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.UnlockedMemory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Backends that share one storage, but do not agree on it with each other. */
final class SharingVariants {
    private SharingVariants() {}

    static List<Variant> all() {
        return List.of(
                databases(
                        "cannot create what another process is creating",
                        "onlyOneOfManyConcurrentCreationsGetsAName",
                        () -> new Shared(new RefusesMeanwhile("create"))),
                databases(
                        "cannot copy to what another process is copying to",
                        "theSameDatabaseCanBeCreatedConcurrently",
                        () -> new Shared(new RefusesMeanwhile("copy"))),
                databases(
                        "cannot drop what another process is dropping",
                        "theSameDatabaseCanBeDroppedConcurrently",
                        () -> new Shared(new RefusesMeanwhile("drop"))),
                databases(
                        "renames over what another process has renamed",
                        "onlyOneOfManyConcurrentRenamesGetsAName",
                        () -> new Shared(new RenamesUnseen())),
                databases(
                        "cannot change what another process is renaming",
                        "differentChangesOfADatabaseAtOnceSucceedOrFindThatItIsGone",
                        () -> new Shared(new RefusesMeanwhile("rename"))),
                new Variant(
                        "configures a database in two processes at once",
                        BackendContract.Configure.class,
                        "configurationsRunOneAtATime",
                        () -> new Shared(new LocksItsOwnOnly(), UnlockedMemory.open())),
                new Variant(
                        "removes what another process is creating when it is opened",
                        BackendContract.Capabilities.class,
                        "sharing",
                        CleansWhenOpened::new));
    }

    private static Variant databases(String what, String test, Supplier<Shared> fixture) {
        return new Variant(what, BackendContract.Databases.class, test, fixture::get);
    }

    /** Returns a fixture without defects. */
    static HookedFixture sound() {
        return new Shared((sound, backend) -> sound);
    }

    /** Lets another thread come, if there is one. */
    private static void awaitBriefly(CountDownLatch latch) {
        try {
            latch.await(150, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Breaks the databases of each opened backend. */
    private interface Breach {
        Databases broken(Databases sound, Object backend);
    }

    /** Opens backends that share one memory. */
    private static class Shared extends HookedFixture {
        private final Breach breach;
        private final MemoryBackend memory;

        Shared(Breach breach) {
            this(breach, MemoryBackend.create());
        }

        Shared(Breach breach, MemoryBackend memory) {
            super(new TestHooks());
            this.breach = breach;
            this.memory = memory;
        }

        @Override
        public Backend open() {
            Object backend = new Object();
            return new HookedBackend(new TestHooks() {
                @Override
                MemoryBackend newBackend() {
                    return memory;
                }

                @Override
                Databases databases(Databases sound) {
                    return breach.broken(sound, backend);
                }

                @Override
                Set<Capability> capabilities(Set<Capability> sound) {
                    Set<Capability> declared = EnumSet.of(Capability.SHARED);
                    declared.addAll(sound);
                    return declared;
                }

                @Override
                void close(MemoryBackend open) {
                    // The other backends on it are still open.
                }
            });
        }
    }

    /** Fails if another backend makes the same kind of change at that time. */
    private static final class RefusesMeanwhile implements Breach {
        private final String change;
        private final AtomicReference<Object> busy = new AtomicReference<>();
        private final CountDownLatch two = new CountDownLatch(2);

        RefusesMeanwhile(String change) {
            this.change = change;
        }

        @Override
        public Databases broken(Databases sound, Object backend) {
            return new DelegatingDatabases(sound) {
                @Override
                public void create(DatabaseRef database) {
                    alone("create", () -> super.create(database));
                }

                @Override
                public void copy(DatabaseRef source, DatabaseRef database) {
                    alone("copy", () -> super.copy(source, database));
                }

                @Override
                public void drop(DatabaseRef database) {
                    alone("drop", () -> super.drop(database));
                }

                @Override
                public void rename(DatabaseRef database, String newName) {
                    alone("rename", () -> super.rename(database, newName));
                }

                private void alone(String called, Runnable work) {
                    if (!called.equals(change)) {
                        work.run();
                        return;
                    }
                    two.countDown();
                    boolean mine = busy.compareAndSet(null, backend);
                    if (!mine && !backend.equals(busy.get())) {
                        throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "Another one is at it.", null);
                    }
                    awaitBriefly(two);
                    work.run();
                }
            };
        }
    }

    /** Looks whether a name is free before it takes it, and not while it does. */
    private static final class RenamesUnseen implements Breach {
        private final CountDownLatch two = new CountDownLatch(2);

        @Override
        public Databases broken(Databases sound, Object backend) {
            return new DelegatingDatabases(sound) {
                @Override
                public void rename(DatabaseRef database, String newName) {
                    boolean free = !sound.exists(newName);
                    two.countDown();
                    awaitBriefly(two);
                    synchronized (two) {
                        if (free) {
                            sound.list().stream()
                                    .filter(other -> other.name().equals(newName))
                                    .forEach(sound::drop);
                        }
                        super.rename(database, newName);
                    }
                }
            };
        }
    }

    private static final class LocksItsOwnOnly implements Breach {
        @Override
        public Databases broken(Databases sound, Object backend) {
            return new DelegatingDatabases(sound) {
                @Override
                public <T> T configure(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
                    synchronized (backend) {
                        return super.configure(database, work);
                    }
                }
            };
        }
    }

    /** Takes what is half created for what a dead process has left. */
    private static final class CleansWhenOpened extends Shared {
        private final BlockingQueue<Creation> creating;

        private record Creation(DatabaseRef database, CountDownLatch cleaned) {}

        CleansWhenOpened() {
            this(new LinkedBlockingQueue<>());
        }

        private CleansWhenOpened(BlockingQueue<Creation> creating) {
            super((sound, backend) -> new DelegatingDatabases(sound) {
                @Override
                public void create(DatabaseRef database) {
                    Creation creation = new Creation(database, new CountDownLatch(1));
                    super.create(database);
                    creating.add(creation);
                    awaitBriefly(creation.cleaned());
                    creating.remove(creation);
                }
            });
            this.creating = creating;
        }

        @Override
        public Backend open() {
            Backend backend = super.open();
            Creation found = next();
            if (found != null) {
                backend.databases(DEFAULT_SERVER).drop(found.database());
                found.cleaned().countDown();
            }
            return backend;
        }

        /** Waits longer than a creation does, so that it finds one if another thread creates databases. */
        private @Nullable Creation next() {
            try {
                return creating.poll(500, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
    }
}
