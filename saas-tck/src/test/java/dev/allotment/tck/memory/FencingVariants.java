// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.tck.BackendContract;
import dev.allotment.testing.Wrapped;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Backends with defects in how they compare and store the tokens of operations. */
final class FencingVariants {
    /** What a view leaves out for a change. */
    private enum Without {
        COMPARING,
        STORING
    }

    private FencingVariants() {}

    static List<Variant> all() {
        return Stream.concat(
                        Stream.of(
                                        "create",
                                        "copy",
                                        "receive",
                                        "replace",
                                        "exchange",
                                        "open",
                                        "close",
                                        "rename",
                                        "claim",
                                        "drop",
                                        "adopt")
                                .map(change -> variant(
                                        "does not compare the token in " + change,
                                        "aChangeIsRefusedAfterANewerOne",
                                        change,
                                        Without.COMPARING)),
                        Stream.concat(
                                Stream.of(
                                                "create",
                                                "copy",
                                                "receive",
                                                "replace",
                                                "exchange",
                                                "open",
                                                "close",
                                                "rename",
                                                "claim",
                                                "adopt")
                                        .map(change -> variant(
                                                "does not store the token in " + change,
                                                "everyChangeStoresItsToken",
                                                change,
                                                Without.STORING)),
                                Stream.of(
                                        Variant.of(
                                                "compares the token before it has the lock",
                                                BackendContract.Fencing.class,
                                                "ofTwoOperationsAtOnceTheNewerOneHasTheLastWord",
                                                RacesTokens::new),
                                        Variant.of(
                                                "does not discard a database without a token",
                                                BackendContract.Fencing.class,
                                                "aDatabaseWithoutATokenIsDiscarded",
                                                KeepsUntouched::new))))
                .toList();
    }

    private static Variant variant(String what, String test, String change, Without without) {
        return Variant.of(what, BackendContract.Fencing.class, test, () -> new Forgets(change, without));
    }

    /** Makes one kind of change without its token, after a comparison or not. */
    private static final class Forgets extends TestHooks {
        private final String change;
        private final Without without;

        Forgets(String change, Without without) {
            this.change = change;
            this.without = without;
        }

        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public Databases fencedBy(FencingToken token) {
                    return Wrapped.of(Databases.class, super.fencedBy(token), (method, arguments, next) -> {
                        if (!method.getName().equals(change)) {
                            return next.call(arguments);
                        }
                        if (without == Without.STORING) {
                            for (Object argument : arguments) {
                                if (argument instanceof DatabaseRef database) {
                                    compare(sound, database, token);
                                }
                            }
                        }
                        return method.invoke(sound, arguments);
                    });
                }
            };
        }
    }

    private static void compare(Databases sound, DatabaseRef database, FencingToken token) {
        FencingToken stored = stored(sound, database.uuid());
        token.requireNotOlder(stored, database.name());
    }

    private static @Nullable FencingToken stored(Databases databases, UUID uuid) {
        return databases.inventory().stream()
                .filter(entry -> entry.uuid().equals(uuid))
                .map(DatabaseEntry::token)
                .findFirst()
                .orElse(null);
    }

    /** Compares, lets a newer operation finish its change, and then makes its own. */
    private static final class RacesTokens extends TestHooks {
        private final Map<UUID, FencingToken> tokens = new ConcurrentHashMap<>();
        private final CountDownLatch olderCompared = new CountDownLatch(1);
        private final CountDownLatch newerFinished = new CountDownLatch(1);

        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public Databases fencedBy(FencingToken token) {
                    return new DelegatingDatabases(sound) {
                        @Override
                        public void open(DatabaseRef database) {
                            compare(database);
                            await(olderCompared);
                            super.open(database);
                            tokens.put(database.uuid(), token);
                            newerFinished.countDown();
                        }

                        @Override
                        public void close(DatabaseRef database) {
                            compare(database);
                            olderCompared.countDown();
                            await(newerFinished);
                            super.close(database);
                            tokens.put(database.uuid(), token);
                        }

                        private void compare(DatabaseRef database) {
                            token.requireNotOlder(tokens.get(database.uuid()), database.name());
                        }
                    };
                }
            };
        }

        private static void await(CountDownLatch moment) {
            try {
                moment.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class KeepsUntouched extends TestHooks {
        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public Databases fencedBy(FencingToken token) {
                    return new DelegatingDatabases(super.fencedBy(token)) {
                        @Override
                        public void discard(DatabaseRef database) {
                            if (stored(sound, database.uuid()) != null) {
                                super.discard(database);
                            }
                        }
                    };
                }
            };
        }
    }
}
