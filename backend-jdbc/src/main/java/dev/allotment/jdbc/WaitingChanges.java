// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.SaasException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a transaction that are sent to its database together: with the next statement that could see them, or
 * with the commit. These are new records whose ids are not needed, and changes that no other transaction can make fail,
 * because their records are locked and keep their unique keys. For use by one thread.
 */
final class WaitingChanges {
    /**
     * A change of one record.
     *
     * @param values of the record
     * @param id of the record; 0 if it is new
     */
    record Change<R extends Record>(SqlTable<R> table, SqlStatement statement, List<@Nullable Object> values, long id) {
        boolean violated(String constraint) {
            return constraint.startsWith(table.name() + "_");
        }

        /** Returns the error that names the taken key. Throws every other error. */
        SaasException translate(Connection connection, SQLException error) throws SQLException {
            return table.duplicate(connection, values.toArray(), id, error);
        }
    }

    private final List<Change<?>> changes = new ArrayList<>();
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

    void add(Change<?> change) {
        changes.add(change);
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Whether a statement about a table could see one of them. */
    boolean concern(String table) {
        return changes.stream().anyMatch(change -> change.table().name().equals(table));
    }

    /** Returns all, in their order, and forgets them. */
    List<Change<?>> take() {
        List<Change<?>> taken = List.copyOf(changes);
        changes.clear();
        return taken;
    }
}
