// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.SaasException;
import dev.allotment.jdbc.RecordStatements.Row;
import dev.allotment.jdbc.RecordStatements.RowReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a transaction that are sent to its database together: when one of the answers is needed, before a
 * statement about one of their tables that is sent alone, or with the commit. These are reads, new records whose ids
 * are not needed, and changes that no other transaction can make fail, because their records are locked and keep their
 * unique keys. For use by one thread.
 */
final class WaitingStatements {
    /** A statement that waits. */
    sealed interface Waiting extends RecordStatements.Part permits Change, Read {
        /** The table that it is about. */
        String tableName();
    }

    /**
     * A change of one record.
     *
     * @param values of the record
     * @param id of the record; 0 if it is new
     */
    record Change<R extends Record>(SqlTable<R> table, SqlStatement statement, List<@Nullable Object> values, long id)
            implements Waiting {
        @Override
        public String tableName() {
            return table.name();
        }

        boolean violated(String constraint) {
            return constraint.startsWith(table.name() + "_");
        }

        /** Returns the error that names the taken key. Throws every other error. */
        SaasException translate(Connection connection, SQLException error) throws SQLException {
            return table.duplicate(connection, values.toArray(), id, error);
        }
    }

    /** A read, with its answer once it was sent. */
    static final class Read<T extends @Nullable Object> implements Waiting {
        private final String table;
        private final SqlStatement statement;
        private final RowReader<T> reader;
        private final List<T> rows = new ArrayList<>();
        private boolean answered;

        Read(String table, SqlStatement statement, RowReader<T> reader) {
            this.table = table;
            this.statement = statement;
            this.reader = reader;
        }

        @Override
        public String tableName() {
            return table;
        }

        @Override
        public SqlStatement statement() {
            return statement;
        }

        @Override
        public void read(Row row) throws SQLException {
            rows.add(reader.read(row));
        }

        @Override
        public void end() {
            answered = true;
        }

        boolean answered() {
            return answered;
        }

        List<T> rows() {
            return rows;
        }
    }

    private final List<Waiting> all = new ArrayList<>();
    private final Map<String, Map<Long, @Nullable Object[]>> locked = new HashMap<>();

    /** Notes a record that no other transaction can change now. */
    void lock(String table, long id, @Nullable Object[] values) {
        locked.computeIfAbsent(table, any -> new HashMap<>()).put(id, values);
    }

    /** Returns the values that a record had when it was locked, or last changed after that; null: it is not locked. */
    @Nullable
    Object @Nullable [] locked(String table, long id) {
        return locked.getOrDefault(table, Map.of()).get(id);
    }

    /** Notes that a record is gone. */
    void unlock(String table, long id) {
        locked.getOrDefault(table, new HashMap<>()).remove(id);
    }

    void add(Waiting statement) {
        all.add(statement);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether one of them is about a table. */
    boolean concern(String table) {
        return all.stream().anyMatch(each -> each.tableName().equals(table));
    }

    /** Leaves out reads, whose answers are not needed any more. */
    void forgetReads() {
        all.removeIf(Read.class::isInstance);
    }

    /** Returns all, in their order, and forgets them. */
    List<Waiting> take() {
        List<Waiting> taken = List.copyOf(all);
        all.clear();
        return taken;
    }
}
