// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who pays: stands behind users and client databases, and carries the limits per customer. */
public record Customer(CustomerId id, String name, @Nullable String email, boolean active, Instant createdAt) {
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
