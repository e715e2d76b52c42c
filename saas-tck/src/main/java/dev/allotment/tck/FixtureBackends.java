// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.Query;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A fixture and the backends that tests opened on it. The first thread that needs a backend opens it. Safe for use by
 * several threads.
 */
final class FixtureBackends {
    /** The database that stays if a storage is reused, because most tests need it. */
    static final DatabaseRef PLACE = Contract.ref("place.example", 99);

    /** Each look lets others run for a moment, together some seconds. */
    private static final int LOOKS = 40;

    private final BackendFixture fixture;
    private final List<Backend> opened = new ArrayList<>();
    private @Nullable Backend second;

    FixtureBackends(BackendFixture fixture) {
        this.fixture = fixture;
    }

    BackendFixture fixture() {
        return fixture;
    }

    synchronized Backend backend() {
        return opened.isEmpty() ? openReady() : opened.get(0);
    }

    /** Returns another backend on the same storage. The first thread that needs it opens it. */
    synchronized Backend second() {
        if (second == null) {
            second = openReady();
        }
        return second;
    }

    synchronized Backend openReady() {
        Backend backend = open();
        backend.catalog().migrate();
        return backend;
    }

    synchronized Backend open() {
        Backend backend = fixture.open();
        opened.add(backend);
        return backend;
    }

    synchronized void restart() {
        opened.forEach(Backend::close);
        opened.clear();
        second = null;
    }

    synchronized void killAndRestart() {
        opened.forEach(fixture::kill);
        opened.clear();
        second = null;
    }

    /**
     * Checks that no test has left a connection in use. What the backend does in the background may have one for a
     * moment.
     */
    synchronized void assertNothingInUse() {
        List<PoolUse> last = List.of();
        for (int look = 0; look < LOOKS; look++) {
            last = opened.stream()
                    .flatMap(backend -> backend.pools().stream())
                    .filter(pool -> pool.busy() > 0)
                    .toList();
            if (last.isEmpty()) {
                return;
            }
            Race.letRun(new CompletableFuture<>());
        }
        throw new AssertionError("Connections are in use after a test: " + last);
    }

    /** Removes every database and every record. */
    void empty() {
        Databases databases = backend().databases(BackendFixture.DEFAULT_SERVER);
        for (DatabaseRef database : databases.list()) {
            if (database.equals(PLACE)) {
                empty(RecordPlace.of(databases, database));
            } else {
                databases.drop(database);
            }
        }
        empty(RecordPlace.of(backend().catalog()));
    }

    synchronized void close() {
        try {
            restart();
        } finally {
            fixture.close();
        }
    }

    private static void empty(RecordPlace place) {
        place.transact(tx -> {
            place.types().forEach(type -> empty(tx, type));
            return null;
        });
    }

    private static <R extends Record> void empty(Transaction transaction, RecordType<R> type) {
        var records = transaction.records(type);
        records.list(Query.all()).forEach(record -> records.delete(type.id(record)));
    }
}
