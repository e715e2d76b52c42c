// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;
import java.util.UUID;

/**
 * What the application of one database takes of its server now: {@code DatabaseLoad.builder(uuid, "shop").build()}.
 *
 * <p>Immutable.
 *
 * @param uuid the identity of the database
 * @param database its name
 * @param connections connections of its application
 * @param oldestTransaction how long its oldest transaction has been open; zero: none is
 * @param locks locks of its sessions in the server's shared lock table
 * @param preparedTransactions transactions that its application prepared for a two-phase commit and has not ended
 * @param temporaryBytes bytes written to temporary files since the statistics of the server started
 * @param transactions transactions since the statistics of the server started
 */
public record DatabaseLoad(
        UUID uuid,
        String database,
        int connections,
        Duration oldestTransaction,
        long locks,
        long preparedTransactions,
        long temporaryBytes,
        long transactions) {
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
                .oldestTransaction(oldestTransaction)
                .locks(locks)
                .preparedTransactions(preparedTransactions)
                .temporaryBytes(temporaryBytes)
                .transactions(transactions);
    }

    /** Collects the parts of {@link DatabaseLoad}. Not safe for use by several threads. */
    public static final class Builder {
        private UUID uuid;
        private String database;
        private int connections;
        private Duration oldestTransaction = Duration.ZERO;
        private long locks;
        private long preparedTransactions;
        private long temporaryBytes;
        private long transactions;

        private Builder(UUID uuid, String database) {
            this.uuid = uuid;
            this.database = database;
        }

        /** Sets {@link DatabaseLoad#uuid}: the identity of the database. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#database}: its name. */
        public Builder database(String value) {
            database = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#connections}. Default: 0. */
        public Builder connections(int value) {
            connections = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#oldestTransaction}. Default: zero. */
        public Builder oldestTransaction(Duration value) {
            oldestTransaction = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#locks}. Default: 0. */
        public Builder locks(long value) {
            locks = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#preparedTransactions}. Default: 0. */
        public Builder preparedTransactions(long value) {
            preparedTransactions = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#temporaryBytes}. Default: 0. */
        public Builder temporaryBytes(long value) {
            temporaryBytes = value;
            return this;
        }

        /** Sets {@link DatabaseLoad#transactions}. Default: 0. */
        public Builder transactions(long value) {
            transactions = value;
            return this;
        }

        /** Creates the record. */
        public DatabaseLoad build() {
            return new DatabaseLoad(
                    uuid,
                    database,
                    connections,
                    oldestTransaction,
                    locks,
                    preparedTransactions,
                    temporaryBytes,
                    transactions);
        }
    }
}
