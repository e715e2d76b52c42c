// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who pays: stands behind users and client databases, and carries the limits per customer. */
public record Customer(CustomerId id, String name, @Nullable String email, boolean active, Instant createdAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Customer, CustomerId> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Customer, String> NAME = RecordField.of("name");

    /** The field {@code email}, for filters and sort keys. */
    public static final RecordField<Customer, String> EMAIL = RecordField.of("email");

    /** The field {@code active}, for filters and sort keys. */
    public static final RecordField<Customer, Boolean> ACTIVE = RecordField.of("active");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Customer, Instant> CREATED_AT = RecordField.of("createdAt");

    public Customer withName(String value) {
        return new Customer(id, value, email, active, createdAt);
    }

    public Customer withEmail(@Nullable String value) {
        return new Customer(id, name, value, active, createdAt);
    }

    public Customer withActive(boolean value) {
        return new Customer(id, name, email, value, createdAt);
    }
}
