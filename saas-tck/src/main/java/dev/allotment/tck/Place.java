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

/** Where records are stored: the same rules hold in the catalog and in a database. */
interface Place {
    String name();

    List<RecordType<?>> types();

    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);

    static Place of(Catalog catalog) {
        return new Place() {
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

    static Place of(Databases databases, DatabaseRef database) {
        return new Place() {
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
