// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.parameter;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The epoch of the catalog. A catalog that was restored starts another one, so that its operations count as later than
 * those that the backup does not know. Thread-safe.
 */
public final class CatalogEpoch {
    private static final String KEY = CatalogGuard.EPOCH;
    private static final String HANDLED = "catalog.epoch_handled";
    /** The servers that could not be read when the epoch started. */
    private static final String UNREAD = "catalog.epoch_unread_servers";

    private static final long FIRST = 1;

    private final CoreContext context;
    /** 0: not read yet. An outdated epoch is harmless: a server refuses the changes of its operations. */
    private volatile long known;
    /** Whether there were servers left to read, when this process last looked. */
    private volatile boolean complete;

    public CatalogEpoch(CoreContext context) {
        this.context = context;
    }

    /** Returns the epoch, as this process last read it. */
    public long get() {
        return known == 0 ? read() : known;
    }

    /** Reads the epoch, which another node may have started. */
    public long read() {
        List<Parameter> found = context.catalog()
                .transact(tx -> tx.records(RecordTypes.PARAMETERS)
                        .list(Query.where(Filter.in(Parameter.KEY, List.of(KEY, UNREAD)))));
        complete = found.stream().noneMatch(each -> each.key().equals(UNREAD));
        known = found.stream()
                .filter(each -> each.key().equals(KEY))
                .map(each -> Long.parseLong(each.value()))
                .findFirst()
                .orElse(FIRST);
        return known;
    }

    /** Whether all servers were read since the epoch started, as this process last read it. */
    public boolean isComplete() {
        return complete;
    }

    public static long of(Transaction tx) {
        return value(tx, KEY);
    }

    /** The last epoch whose start stopped the catalog from trusting what the time before left. */
    public static long handled(Transaction tx) {
        return value(tx, HANDLED);
    }

    /** The servers that have not been read since the epoch started. */
    public static Set<Long> unread(Transaction tx) {
        return ParameterRows.find(tx, UNREAD)
                .<Set<Long>>map(each -> Stream.of(each.value().split(","))
                        .map(Long::valueOf)
                        .collect(Collectors.toCollection(HashSet::new)))
                .orElse(new HashSet<>());
    }

    public static void setUnread(Transaction tx, Set<Long> servers) {
        if (servers.isEmpty()) {
            ParameterRows.find(tx, UNREAD)
                    .ifPresent(each -> tx.records(RecordTypes.PARAMETERS).delete(each.id()));
        } else {
            String value = servers.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
            ParameterRows.set(tx, UNREAD, value, true);
        }
    }

    private static long value(Transaction tx, String key) {
        return ParameterRows.find(tx, key)
                .map(Parameter::value)
                .map(Long::parseLong)
                .orElse(FIRST);
    }

    /** Starts an epoch that is later than the present one and than another one, which a server has seen. */
    public static long startAfter(Transaction tx, long seen) {
        long next = Math.max(of(tx), seen) + 1;
        ParameterRows.set(tx, KEY, Long.toString(next), true);
        ParameterRows.set(tx, HANDLED, Long.toString(next), true);
        return next;
    }
}
