// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A place where records are stored: the catalog or a tenant database. The same rules apply to both. */
interface RecordPlace {
    String name();

    List<RecordType<?>> types();

    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);

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
