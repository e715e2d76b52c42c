// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A user inside a client database. It has nothing in common with the accounts of the main database: an owner's password
 * there does not work here.
 *
 * @param login unique in its database, in lower case
 * @param share true for outsiders (customers of the tenant), who do not count against its limit of users
 * @param owner true for the one that the database was made for
 * @param lastLoginAt the last log-in with a password, or one within a minute before it; null: none yet
 */
public record Member(
        MemberId id,
        String login,
        String name,
        @Nullable String email,
        boolean active,
        boolean share,
        boolean owner,
        String lang,
        String tz,
        Instant createdAt,
        @Nullable Instant lastLoginAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Member, MemberId> ID = RecordField.of("id");

    /** The field {@code login}, for filters and sort keys. */
    public static final RecordField<Member, String> LOGIN = RecordField.of("login");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Member, String> NAME = RecordField.of("name");

    /** The field {@code email}, for filters and sort keys. */
    public static final RecordField<Member, String> EMAIL = RecordField.of("email");

    /** The field {@code active}, for filters and sort keys. */
    public static final RecordField<Member, Boolean> ACTIVE = RecordField.of("active");

    /** The field {@code share}, for filters and sort keys. */
    public static final RecordField<Member, Boolean> SHARE = RecordField.of("share");

    /** The field {@code owner}, for filters and sort keys. */
    public static final RecordField<Member, Boolean> OWNER = RecordField.of("owner");

    /** The field {@code lang}, for filters and sort keys. */
    public static final RecordField<Member, String> LANG = RecordField.of("lang");

    /** The field {@code tz}, for filters and sort keys. */
    public static final RecordField<Member, String> TZ = RecordField.of("tz");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Member, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code lastLoginAt}, for filters and sort keys. */
    public static final RecordField<Member, Instant> LAST_LOGIN_AT = RecordField.of("lastLoginAt");

    /** The number of the administrator of every client database, as Odoo's clients expect it. */
    public static final MemberId ADMINISTRATOR = new MemberId(2);

    public Member withLogin(String value) {
        return new Member(id, value, name, email, active, share, owner, lang, tz, createdAt, lastLoginAt);
    }

    public Member withName(String value) {
        return new Member(id, login, value, email, active, share, owner, lang, tz, createdAt, lastLoginAt);
    }

    public Member withEmail(@Nullable String value) {
        return new Member(id, login, name, value, active, share, owner, lang, tz, createdAt, lastLoginAt);
    }

    public Member withActive(boolean value) {
        return new Member(id, login, name, email, value, share, owner, lang, tz, createdAt, lastLoginAt);
    }

    public Member withShare(boolean value) {
        return new Member(id, login, name, email, active, value, owner, lang, tz, createdAt, lastLoginAt);
    }

    public Member withOwner(boolean value) {
        return new Member(id, login, name, email, active, share, value, lang, tz, createdAt, lastLoginAt);
    }

    public Member withLang(String value) {
        return new Member(id, login, name, email, active, share, owner, value, tz, createdAt, lastLoginAt);
    }

    public Member withTz(String value) {
        return new Member(id, login, name, email, active, share, owner, lang, value, createdAt, lastLoginAt);
    }

    public Member withLastLoginAt(Instant value) {
        return new Member(id, login, name, email, active, share, owner, lang, tz, createdAt, value);
    }
}
