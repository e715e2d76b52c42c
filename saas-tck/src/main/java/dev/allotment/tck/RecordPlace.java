// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.Query;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A place where records are stored: the catalog or a tenant database. The same rules apply to both. */
interface RecordPlace {
    String name();

    List<RecordType<?>> types();

    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);

    /** Stores three records of each type, so that records with and without absent values exist. */
    default void fill() {
        transact(tx -> {
            types().forEach(type -> fill(tx, type));
            return null;
        });
    }

    private static <R extends Record> void fill(Transaction transaction, RecordType<R> type) {
        Records<R> records = transaction.records(type);
        records.insert(Samples.full(type, 1));
        records.insert(Samples.sparse(type, 2));
        records.insert(Samples.full(type, 3));
    }

    /** Deletes the last record of each type that {@link #fill} stored. Its id stays used. */
    default void deleteLast() {
        transact(tx -> {
            types().forEach(type -> tx.records(type).delete(3));
            return null;
        });
    }

    /** Returns all records by the names of their types. */
    default Map<String, List<?>> contents() {
        return transact(tx -> {
            Map<String, List<?>> contents = new LinkedHashMap<>();
            types().forEach(type -> contents.put(type.name(), tx.records(type).list(Query.all())));
            return contents;
        });
    }

    /** Stores one more record of each type, and returns their ids by the names of the types. */
    default Map<String, Long> moreIds() {
        return transact(tx -> {
            Map<String, Long> ids = new LinkedHashMap<>();
            types().forEach(type -> ids.put(type.name(), insertOneMore(tx, type)));
            return ids;
        });
    }

    private static <R extends Record> long insertOneMore(Transaction transaction, RecordType<R> type) {
        return type.id(transaction.records(type).insert(Samples.full(type, 4)));
    }

    static RecordPlace of(Catalog catalog) {
        return new RecordPlace() {
            @Override
            public String name() {
                return "catalog";
            }

            @Override
            public List<RecordType<?>> types() {
                return RecordTypes.catalog();
            }

            @Override
            public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                return catalog.transact(work);
            }
        };
    }

    static RecordPlace of(Databases databases, DatabaseRef database) {
        return new RecordPlace() {
            @Override
            public String name() {
                return "database";
            }

            @Override
            public List<RecordType<?>> types() {
                return RecordTypes.database();
            }

            @Override
            public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                return databases.transact(database, work);
            }
        };
    }
}
