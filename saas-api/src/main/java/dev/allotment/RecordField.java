// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Objects;

/**
 * A field that a {@link Filter} compares or a {@link Query} sorts by, such as {@link Tenant#STATE}.
 *
 * <p>Every record that can be listed has a constant for each of its fields. The compiler then refuses a field of
 * another record and a value of another type. Immutable and thread-safe.
 *
 * @param <R> the record that has the field
 * @param <V> the type of the field's values
 */
// The parameters are for the compiler only.
@SuppressWarnings("UnusedTypeParameter")
public final class RecordField<R, V> {
    private final String name;

    private RecordField(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * Describes a component of a record. This factory is for the constants of records; use these constants in queries.
     *
     * @param name the name of the record component, such as {@code planId}
     */
    public static <R, V> RecordField<R, V> of(String name) {
        return new RecordField<>(name);
    }

    /**
     * Returns a field that is known only by its name. This factory is for protocol adapters, which translate the
     * queries of their clients, and for code that compares a field that several records have. A filter with such a
     * field fits every lookup at compile time.
     *
     * @param name checked by the lookup, which refuses an unknown one with {@code query.unknown-field} and a value of
     *     the wrong type with {@code query.invalid}
     */
    public static RecordField<Object, Object> named(String name) {
        return new RecordField<>(name);
    }

    /** Returns the name of the record component, such as {@code planId}. */
    public String name() {
        return name;
    }

    /** Returns the name of the field. */
    @Override
    public String toString() {
        return name;
    }
}
