// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.fleet.Server;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A customer: the party that accounts act for, that tenants belong to, and that the limits of a plan apply to.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the customer is stored
 * @param name the customer's name
 * @param email the email address; null: none
 * @param active whether the customer is in use; false hides it from the lists that people see
 * @param createdAt when the record was created; set by the control plane
 * @param attributes texts of the embedder by key, such as a customer id of its payment provider, see {@link
 *     Filter#attribute}; empty for callers that are not administrators. Some {@linkplain Server#REQUIRED_LABEL require
 *     labels of the servers} of its tenants
 */
public record Customer(
        CustomerId id,
        String name,
        @Nullable String email,
        boolean active,
        Instant createdAt,
        Map<String, String> attributes) {
    public static final RecordField<Customer, CustomerId> ID = RecordField.of("id");
    public static final RecordField<Customer, String> NAME = RecordField.of("name");
    public static final RecordField<Customer, String> EMAIL = RecordField.of("email");
    public static final RecordField<Customer, Boolean> ACTIVE = RecordField.of("active");
    public static final RecordField<Customer, Instant> CREATED_AT = RecordField.of("createdAt");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Customer {
        attributes = Map.copyOf(attributes);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link Customer}. Not safe for use by several threads. */
    public static final class Builder {
        private CustomerId id = new CustomerId(0);
        private String name;
        private @Nullable String email;
        private boolean active = true;
        private Instant createdAt = Instant.EPOCH;
        private Map<String, String> attributes = Map.of();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        private Builder(Customer from) {
            id = from.id;
            name = from.name;
            email = from.email;
            active = from.active;
            createdAt = from.createdAt;
            attributes = from.attributes;
        }

        /** Sets {@link Customer#id}. Default: 0. */
        public Builder id(CustomerId value) {
            id = value;
            return this;
        }

        /** Sets {@link Customer#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link Customer#email}. Default: null. */
        public Builder email(@Nullable String value) {
            email = value;
            return this;
        }

        /** Sets {@link Customer#active}. Default: true. */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /** Sets {@link Customer#createdAt}. Default: {@code 1970-01-01T00:00:00Z}. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /**
         * Sets {@link Customer#attributes}. Default: none.
         */
        public Builder attributes(Map<String, String> value) {
            attributes = value;
            return this;
        }

        /**
         * Sets one of the {@link Customer#attributes} and keeps the others. Default: none.
         *
         * @param value null: removes the attribute
         */
        public Builder attribute(String key, @Nullable String value) {
            attributes = AttributeMap.with(attributes, key, value);
            return this;
        }

        /** Creates the record. */
        public Customer build() {
            return new Customer(id, name, email, active, createdAt, attributes);
        }
    }
}
