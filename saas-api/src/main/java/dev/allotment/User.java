// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.erasure.Erasures;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account of the main database. Its password is stored separately and can never be read.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the account is stored
 * @param login unique, in lower case, without surrounding white space, at most 254 characters
 * @param name the person's name
 * @param email where email for this account is sent; null: nowhere
 * @param role what the account may do
 * @param active whether the account may sign in
 * @param customerId the customer that the account acts for unless another one is chosen, see {@link Saas#actingFor}
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 * @param createdAt when the record was created; set by the control plane
 * @param lastLoginAt when the account last signed in with a password, at most one minute too early; null: never
 * @param erasureRequestedAt since when the account requests the erasure of its customer, see {@link
 *     Erasures#request}; set by the control plane; null: it does not
 */
public record User(
        UserId id,
        String login,
        String name,
        @Nullable String email,
        Role role,
        boolean active,
        CustomerId customerId,
        String lang,
        String tz,
        Instant createdAt,
        @Nullable Instant lastLoginAt,
        @Nullable Instant erasureRequestedAt) {
    public static final RecordField<User, UserId> ID = RecordField.of("id");
    public static final RecordField<User, String> LOGIN = RecordField.of("login");
    public static final RecordField<User, String> NAME = RecordField.of("name");
    public static final RecordField<User, String> EMAIL = RecordField.of("email");
    public static final RecordField<User, Role> ROLE = RecordField.of("role");
    public static final RecordField<User, Boolean> ACTIVE = RecordField.of("active");
    public static final RecordField<User, CustomerId> CUSTOMER_ID = RecordField.of("customerId");
    public static final RecordField<User, String> LANG = RecordField.of("lang");
    public static final RecordField<User, String> TZ = RecordField.of("tz");
    public static final RecordField<User, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<User, Instant> LAST_LOGIN_AT = RecordField.of("lastLoginAt");
    public static final RecordField<User, Instant> ERASURE_REQUESTED_AT = RecordField.of("erasureRequestedAt");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public User {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String login, String name) {
        return new Builder(login, name);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns whether this is a portal account, which sees and changes only what belongs to its customer. */
    public boolean portal() {
        return role == Role.PORTAL;
    }

    /** Returns whether the account may do everything. */
    public boolean administrator() {
        return role == Role.ADMINISTRATOR;
    }

    /** Collects the parts of {@link User}. Not safe for use by several threads. */
    public static final class Builder {
        private UserId id = new UserId(0);
        private String login;
        private String name;
        private @Nullable String email;
        private Role role = Role.PORTAL;
        private boolean active = true;
        private CustomerId customerId = new CustomerId(0);
        private String lang = "en_US";
        private String tz = "UTC";
        private Instant createdAt = Instant.EPOCH;
        private @Nullable Instant lastLoginAt;
        private @Nullable Instant erasureRequestedAt;

        private Builder(String login, String name) {
            this.login = login;
            this.name = name;
        }

        private Builder(User from) {
            id = from.id;
            login = from.login;
            name = from.name;
            email = from.email;
            role = from.role;
            active = from.active;
            customerId = from.customerId;
            lang = from.lang;
            tz = from.tz;
            createdAt = from.createdAt;
            lastLoginAt = from.lastLoginAt;
            erasureRequestedAt = from.erasureRequestedAt;
        }

        /** Sets {@link User#id}. Default: 0. */
        public Builder id(UserId value) {
            id = value;
            return this;
        }

        /** Sets {@link User#login}. */
        public Builder login(String value) {
            login = value;
            return this;
        }

        /** Sets {@link User#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link User#email}. Default: null. */
        public Builder email(@Nullable String value) {
            email = value;
            return this;
        }

        /** Sets {@link User#role}. Default: {@code PORTAL}. */
        public Builder role(Role value) {
            role = value;
            return this;
        }

        /** Sets {@link User#active}. Default: true. */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /** Sets {@link User#customerId}. Default: 0. */
        public Builder customerId(CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link User#lang}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link User#tz}. Default: {@code UTC}. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /** Sets {@link User#createdAt}. Default: {@code 1970-01-01T00:00:00Z}. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link User#lastLoginAt}. Default: null. */
        public Builder lastLoginAt(@Nullable Instant value) {
            lastLoginAt = value;
            return this;
        }

        /** Sets {@link User#erasureRequestedAt}. Default: null. */
        public Builder erasureRequestedAt(@Nullable Instant value) {
            erasureRequestedAt = value;
            return this;
        }

        /** Creates the record. */
        public User build() {
            return new User(
                    id,
                    login,
                    name,
                    email,
                    role,
                    active,
                    customerId,
                    lang,
                    tz,
                    createdAt,
                    lastLoginAt,
                    erasureRequestedAt);
        }
    }
}
