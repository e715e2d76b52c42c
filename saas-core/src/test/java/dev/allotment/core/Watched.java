// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.testing.Wrapped;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Storage that reports its steps, see {@link WatchedBackend}. Every call passes here.
 *
 * @param steps receives each step
 * @param transactions wraps the transaction that work inside a database receives
 */
public record Watched(Consumer<String> steps, UnaryOperator<DatabaseTransaction> transactions) {
    /** Methods that are passed on without a step. */
    private static final Set<String> SILENT = Set.of(
            "Catalog.migrate",
            "Catalog.isMigrated",
            "Catalog.schemaVersion",
            "Catalog.timeline",
            "Catalog.place",
            "Catalog.separate",
            "Databases.reservedNames",
            "Transfer.transferFormat",
            "Transfer.confinesContent",
            "WarmSpares.prepare",
            "WarmSpares.prepared",
            "WarmSpares.sharesLogWithCatalog",
            "CatalogMarks.mark",
            "LoadMeter.load",
            "ServerWatch.endExcessiveSessions",
            "ServerWatch.revokeExcessiveRights",
            "ServerWatch.tidy",
            "Replication.source",
            "Replication.obstacles",
            "Replication.followed",
            "Replication.operations",
            "BackupStore.tidy");

    /** Methods whose steps have another name. */
    private static final Map<String, String> NAMES =
            Map.of("Catalog.transact", "catalog", "Replication.send", "replicate", "BackupStore.list", "list of files");

    /** Methods that are only reported before they are called. */
    private static final Set<String> BEFORE = Set.of("BackupStore.read", "BackupStore.list");

    public Watched(Consumer<String> steps) {
        this(steps, UnaryOperator.identity());
    }

    public Catalog over(Catalog catalog) {
        return Wrapped.of(Catalog.class, catalog, this::pass);
    }

    public Databases over(Databases databases) {
        return Wrapped.of(Databases.class, databases, this::pass);
    }

    public BackupStore over(BackupStore store) {
        return Wrapped.of(BackupStore.class, store, this::pass);
    }

    private @Nullable Object pass(Method method, @Nullable Object[] arguments, Wrapped.Next next) throws Throwable {
        String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
        if (SILENT.contains(name) || Wrapped.isAccessor(method)) {
            return next.call(arguments);
        }
        String step = step(name, method.getName(), arguments);
        steps.accept("before " + step);
        Object result = next.call(Arrays.stream(arguments)
                .map(argument -> argument instanceof Function<?, ?> work ? watched(step, work) : argument)
                .toArray());
        if (!BEFORE.contains(name)) {
            steps.accept("after " + step);
        }
        return result;
    }

    private static String step(String name, String method, @Nullable Object[] arguments) {
        if (name.equals("Transfer.export") && arguments.length > 2) {
            return "export content";
        }
        // A run ends the replications of earlier runs, and at the end of an operation all of them.
        if (name.equals("Replication.end")
                && arguments.length > 2
                && !Long.valueOf(Long.MAX_VALUE).equals(arguments[1])) {
            return "end earlier";
        }
        return NAMES.getOrDefault(name, method);
    }

    @SuppressWarnings("unchecked") // the transaction of a database is one, and the catalog's is passed unchanged
    private <X, T extends @Nullable Object> Function<X, T> watched(String step, Function<X, T> work) {
        return transaction -> {
            T value = work.apply(
                    transaction instanceof DatabaseTransaction inside && !step.equals("catalog")
                            ? (X) transactions.apply(inside)
                            : transaction);
            steps.accept("in " + step);
            return value;
        };
    }
}
