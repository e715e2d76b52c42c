// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Enforces the record quotas of a tenant database, on servers with {@link Capability#ROW_QUOTAS}. */
public final class RecordQuotas {
    private RecordQuotas() {}

    /** Ends a configuration: its scripts may have created, changed or removed limited tables. */
    public static void enforce(DatabaseTransaction tx) {
        tx.enforce(all(tx).stream().map(RecordQuotas::row).toList());
    }

    /**
     * Finds out whether the record quotas that a change would leave in a database can be enforced, and changes nothing.
     */
    public static void tryOut(Databases databases, DatabaseRef database, Consumer<? super DatabaseTransaction> change) {
        try {
            databases.configure(database, tx -> {
                change.accept(tx);
                enforce(tx);
                throw new Fits();
            });
        } catch (Fits e) {
            // Nothing was changed.
        }
    }

    /** Rolls back what was only tried. */
    private static final class Fits extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fits() {
            super(null, null, false, false);
        }
    }

    /** Replaces the record quotas of a database by those of another one. They are enforced when the change ends. */
    public static void replace(DatabaseTransaction tx, List<RecordQuota> by) {
        Records<RecordQuota> quotas = tx.records(RecordTypes.RECORD_QUOTAS);
        quotas.deleteAll(Filter.all());
        by.forEach(each -> quotas.insert(new RecordQuota(0, each.model(), each.domain(), each.maxRecords())));
    }

    public static List<RecordQuota> all(Transaction tx) {
        return tx.records(RecordTypes.RECORD_QUOTAS).list(Query.all().orderBy(RecordQuota.ID));
    }

    /** Returns how many records count against each enforced quota, by model and domain. */
    public static Map<String, String> counts(DatabaseTransaction tx) {
        Map<String, String> counts = new TreeMap<>();
        for (RecordQuota limit : all(tx)) {
            RowQuota row = row(limit);
            String key = row.rows().equals(Filter.all()) ? limit.model() : limit.model() + " " + limit.domain();
            tx.count(row).ifPresent(count -> counts.put(key, Long.toString(count)));
        }
        return counts;
    }

    /** The records of a model are the rows of the table with its name, with underscores. */
    static RowQuota row(RecordQuota limit) {
        return new RowQuota(
                limit.model().replace('.', '_'),
                QuotaDomain.of(limit),
                limit.maxRecords(),
                limit.model(),
                limit.domain());
    }
}
