// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account at the main database. Its password is kept elsewhere and never read back.
 *
 * @param login unique, in lower case, without white space around it; 254 characters at most
 * @param active an inactive account cannot sign in
 * @param customerId the customer that this account acts for
 * @param lang such as {@code en_US}
 * @param tz an IANA zone, such as {@code UTC}
 * @param lastLoginAt the last log-in with a password, or one within a minute before it; null: none yet
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
        @Nullable Instant lastLoginAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<User, UserId> ID = RecordField.of("id");

    /** The field {@code login}, for filters and sort keys. */
    public static final RecordField<User, String> LOGIN = RecordField.of("login");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<User, String> NAME = RecordField.of("name");

    /** The field {@code email}, for filters and sort keys. */
    public static final RecordField<User, String> EMAIL = RecordField.of("email");

    /** The field {@code role}, for filters and sort keys. */
    public static final RecordField<User, Role> ROLE = RecordField.of("role");

    /** The field {@code active}, for filters and sort keys. */
    public static final RecordField<User, Boolean> ACTIVE = RecordField.of("active");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<User, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code lang}, for filters and sort keys. */
    public static final RecordField<User, String> LANG = RecordField.of("lang");

    /** The field {@code tz}, for filters and sort keys. */
    public static final RecordField<User, String> TZ = RecordField.of("tz");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<User, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code lastLoginAt}, for filters and sort keys. */
    public static final RecordField<User, Instant> LAST_LOGIN_AT = RecordField.of("lastLoginAt");


    /** True for accounts that signed up; the filter "Regular users only" leaves them out. */
    public boolean share() {
        return role == Role.PORTAL;
    }

    public User withName(String value) {
        return new User(id, login, value, email, role, active, customerId, lang, tz, createdAt, lastLoginAt);
    }

    public User withLogin(String value) {
        return new User(id, value, name, email, role, active, customerId, lang, tz, createdAt, lastLoginAt);
    }

    public User withEmail(@Nullable String value) {
        return new User(id, login, name, value, role, active, customerId, lang, tz, createdAt, lastLoginAt);
    }

    public User withRole(Role value) {
        return new User(id, login, name, email, value, active, customerId, lang, tz, createdAt, lastLoginAt);
    }

    public User withActive(boolean value) {
        return new User(id, login, name, email, role, value, customerId, lang, tz, createdAt, lastLoginAt);
    }

    public User withLang(String value) {
        return new User(id, login, name, email, role, active, customerId, value, tz, createdAt, lastLoginAt);
    }

    public User withTz(String value) {
        return new User(id, login, name, email, role, active, customerId, lang, value, createdAt, lastLoginAt);
    }

    public User withLastLoginAt(Instant value) {
        return new User(id, login, name, email, role, active, customerId, lang, tz, createdAt, value);
    }
}
