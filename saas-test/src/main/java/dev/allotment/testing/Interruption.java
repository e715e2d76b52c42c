// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backup.BackupStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The points of a process, see {@link InterruptibleBackend}. Every call of the storage passes here. A method that is in
 * none of the sets changes something.
 */
record Interruption(Lifeline lifeline) {
    /** Methods that reach no storage, so that a process cannot die before or after what they do. */
    private static final Set<String> LOCAL = Set.of(
            "Catalog.schemaVersion",
            "Catalog.timeline",
            "Databases.reservedNames",
            "Transfer.transferFormat",
            "Transfer.confinesContent",
            "WarmSpares.prepare",
            "WarmSpares.prepared",
            "WarmSpares.sharesLogWithCatalog",
            "Replication.source",
            "Replication.obstacles",
            "Replication.followed",
            "Replication.operations");

    private static final Set<String> READING = Set.of(
            "ActivityReader.activity",
            "Catalog.isMigrated",
            "Catalog.place",
            "Transfer.send",
            "Transfer.export",
            "CatalogMarks.mark",
            "Databases.exists",
            "Databases.list",
            "Databases.inventory",
            "Databases.size",
            "Databases.remains",
            "Databases.find",
            "LoadMeter.load",
            "Replication.behind",
            "Replication.hasten",
            "Replication.counters",
            "BackupStore.read",
            "BackupStore.list");

    /** Methods that only run work in a transaction, in which the process can die before the commit. */
    private static final Set<String> WORKING = Set.of("Catalog.transact", "Databases.transact", "Databases.configure");

    Catalog over(Catalog catalog) {
        return Wrapped.of(Catalog.class, catalog, this::pass);
    }

    Databases over(Databases databases) {
        return Wrapped.of(Databases.class, databases, this::pass);
    }

    BackupStore over(BackupStore store) {
        return Wrapped.of(BackupStore.class, store, this::pass);
    }

    private @Nullable Object pass(Method method, @Nullable Object[] arguments, Wrapped.Next next) throws Throwable {
        String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
        boolean local = LOCAL.contains(name) || Wrapped.isAccessor(method);
        if (local || WORKING.contains(name)) {
            lifeline.checkAlive();
        } else {
            lifeline.pass();
        }
        Object result = next.call(Arrays.stream(arguments)
                .map(argument -> interruptible(name, argument))
                .toArray());
        if (!local && !READING.contains(name)) {
            lifeline.pass();
        }
        return result;
    }

    private @Nullable Object interruptible(String method, @Nullable Object argument) {
        if (argument instanceof Function<?, ?> work) {
            return interrupted(work);
        }
        return method.equals("BackupStore.write") && argument instanceof InputStream content
                ? interrupted(content)
                : argument;
    }

    private <X, T extends @Nullable Object> Function<X, T> interrupted(Function<X, T> work) {
        return transaction -> {
            T value = work.apply(transaction);
            lifeline.pass();
            return value;
        };
    }

    private InputStream interrupted(InputStream content) {
        return new FilterInputStream(content) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = super.read(target, offset, length);
                lifeline.pass();
                return read;
            }
        };
    }
}
