// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.grouping;

import dev.allotment.odoo.internal.value.Timestamps;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value that all records of a group have in common.
 *
 * @param raw as {@code read} returns it: a number, a text, a boolean, or an id with a name; of an instant, the text of
 *     the start of its period
 * @param period null: it is no instant
 */
public record GroupValue(Object raw, @Nullable Period period) implements Comparable<GroupValue> {
    /** Returns the value of a record that was read. */
    public static GroupValue of(Object read, @Nullable Period period) {
        return period == null || !(read instanceof String text)
                ? new GroupValue(read, period)
                : new GroupValue(text(period.start(time(text))), period);
    }

    private static LocalDateTime time(String text) {
        return LocalDateTime.ofInstant(Timestamps.parse(text).orElseThrow(), ZoneOffset.UTC);
    }

    private static String text(LocalDateTime time) {
        return Timestamps.format(time.toInstant(ZoneOffset.UTC));
    }

    /** Returns what the row of the group has for the field. */
    public Object shown() {
        return period != null && raw instanceof String start ? period.label(time(start)) : raw;
    }

    /** Returns where the period starts, and where the next one does; null if it is no instant. */
    public @Nullable List<String> range() {
        return period != null && raw instanceof String start ? List.of(start, text(period.end(time(start)))) : null;
    }

    /** Returns the leaves of the domain that finds the records of the group. */
    public List<Object> leaves(String field) {
        List<String> range = range();
        if (range != null) {
            return List.of(List.of(field, ">=", range.get(0)), List.of(field, "<", range.get(1)));
        }
        return List.of(List.of(field, "=", raw instanceof List<?> reference ? reference.get(0) : raw));
    }

    /** No value comes last. */
    @Override
    public int compareTo(GroupValue other) {
        if (raw.equals(other.raw)) {
            return 0;
        }
        if (raw instanceof Boolean mine && other.raw instanceof Boolean theirs) {
            return mine.compareTo(theirs);
        }
        if (raw instanceof Boolean || other.raw instanceof Boolean) {
            return raw instanceof Boolean ? 1 : -1;
        }
        if (raw instanceof Number mine && other.raw instanceof Number theirs) {
            return Long.compare(mine.longValue(), theirs.longValue());
        }
        int byName = name().compareTo(other.name());
        return byName != 0 ? byName : raw.toString().compareTo(other.raw.toString());
    }

    private String name() {
        return String.valueOf(raw instanceof List<?> reference ? reference.get(1) : raw);
    }
}
