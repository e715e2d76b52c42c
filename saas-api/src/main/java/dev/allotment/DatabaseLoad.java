// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the application of one database takes of its server now: {@code DatabaseLoad.builder(uuid, "shop").build()}.
 * What its backend does not measure is null. The size is not part of it, since a server has to look at every file of a
 * database to know its size: see {@link Tenant#databaseSizeBytes}.
 *
 * <p>Immutable.
 *
 * @param uuid the identity of the database
 * @param database its name
 * @param connections connections of its application
 * @param maxConnections connections that its application may have while the database is open; null: no limit is known
 * @param oldestTransaction how long its oldest transaction has been open; zero: none is; null: not measured
 * @param locks locks of its sessions in the server's shared lock table; null: not measured
 * @param preparedTransactions transactions that its application prepared for a two-phase commit and has not ended;
 *     null: not measured
 * @param temporaryBytes bytes written to temporary files since the statistics of the server started; null: not
 *     measured
 * @param transactions transactions since the statistics of the server started; null: not measured
 * @param activeTime how long its sessions have run statements, together, since the statistics of the server started,
 *     including waits for locks; null: not measured
 */
public record DatabaseLoad(
        UUID uuid,
        String database,
        int connections,
        @Nullable Integer maxConnections,
        @Nullable Duration oldestTransaction,
        @Nullable Long locks,
        @Nullable Long preparedTransactions,
        @Nullable Long temporaryBytes,
        @Nullable Long transactions,
        @Nullable Duration activeTime) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public DatabaseLoad {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(UUID uuid, String database) {
        return new Builder(uuid, database);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(uuid, database)
                .connections(connections)
                .maxConnections(maxConnections)
                .oldestTransaction(oldestTransaction)
                .locks(locks)
                .preparedTransactions(preparedTransactions)
                .temporaryBytes(temporaryBytes)
                .transactions(transactions)
                .activeTime(activeTime);
    }

    /** Collects the parts of {@link DatabaseLoad}. Not safe for use by several threads. */
    public static final class Builder {
        private UUID uuid;
        private String database;
        private int connections;
        private @Nullable Integer maxConnections;
        private @Nullable Duration oldestTransaction;
        private @Nullable Long locks;
        private @Nullable Long preparedTransactions;
        private @Nullable Long temporaryBytes;
        private @Nullable Long transactions;
        private @Nullable Duration activeTime;

        private Builder(UUID uuid, String database) {
            this.uuid = uuid;
            this.database = database;
        }

        /** Sets {@link DatabaseLoad#uuid}. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#database}. */
        public Builder database(String value) {
            database = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#connections}. Default: 0. */
        public Builder connections(int value) {
            connections = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#maxConnections}. Default: null, no limit is known. */
        public Builder maxConnections(@Nullable Integer value) {
            maxConnections = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#oldestTransaction}. Default: null, not measured. */
        public Builder oldestTransaction(@Nullable Duration value) {
            oldestTransaction = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#locks}. Default: null, not measured. */
        public Builder locks(@Nullable Long value) {
            locks = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#preparedTransactions}. Default: null, not measured. */
        public Builder preparedTransactions(@Nullable Long value) {
            preparedTransactions = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#temporaryBytes}. Default: null, not measured. */
        public Builder temporaryBytes(@Nullable Long value) {
            temporaryBytes = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#transactions}. Default: null, not measured. */
        public Builder transactions(@Nullable Long value) {
            transactions = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#activeTime}. Default: null, not measured. */
        public Builder activeTime(@Nullable Duration value) {
            activeTime = value;
            return this;
        }

        /** Creates the record. */
        public DatabaseLoad build() {
            return new DatabaseLoad(
                    uuid,
                    database,
                    connections,
                    maxConnections,
                    oldestTransaction,
                    locks,
                    preparedTransactions,
                    temporaryBytes,
                    transactions,
                    activeTime);
        }
    }
}
