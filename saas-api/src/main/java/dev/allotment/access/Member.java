// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A user inside a tenant database. Members and accounts are unrelated: the owner's password at the main database does
 * not work here.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the member is stored
 * @param login unique in its database, in lower case
 * @param name the person's name
 * @param email the email address; null: none
 * @param active whether the member may sign in
 * @param share true for an outsider (a customer of the tenant), who does not count against the limit of users
 * @param owner true for the member that the tenant was created for
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 * @param createdAt when the record was created; set by the control plane
 * @param lastLoginAt when the member last signed in with a password, at most one minute too early; null: never
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
    /** The id of the administrator in every tenant database, as clients of Odoo expect it. */
    public static final MemberId ADMINISTRATOR = new MemberId(2);

    public static final RecordField<Member, MemberId> ID = RecordField.of("id");
    public static final RecordField<Member, String> LOGIN = RecordField.of("login");
    public static final RecordField<Member, String> NAME = RecordField.of("name");
    public static final RecordField<Member, String> EMAIL = RecordField.of("email");
    public static final RecordField<Member, Boolean> ACTIVE = RecordField.of("active");
    public static final RecordField<Member, Boolean> SHARE = RecordField.of("share");
    public static final RecordField<Member, Boolean> OWNER = RecordField.of("owner");
    public static final RecordField<Member, String> LANG = RecordField.of("lang");
    public static final RecordField<Member, String> TZ = RecordField.of("tz");
    public static final RecordField<Member, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<Member, Instant> LAST_LOGIN_AT = RecordField.of("lastLoginAt");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Member {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String login, String name) {
        return new Builder(login, name);
    }

    /** Returns what identifies this member in every state of the database. */
    public MemberIdentity identity() {
        return new MemberIdentity(id, login);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link Member}. Not safe for use by several threads. */
    public static final class Builder {
        private MemberId id = new MemberId(0);
        private String login;
        private String name;
        private @Nullable String email;
        private boolean active = true;
        private boolean share;
        private boolean owner;
        private String lang = "en_US";
        private String tz = "UTC";
        private Instant createdAt = Instant.EPOCH;
        private @Nullable Instant lastLoginAt;

        private Builder(String login, String name) {
            this.login = login;
            this.name = name;
        }

        private Builder(Member from) {
            id = from.id;
            login = from.login;
            name = from.name;
            email = from.email;
            active = from.active;
            share = from.share;
            owner = from.owner;
            lang = from.lang;
            tz = from.tz;
            createdAt = from.createdAt;
            lastLoginAt = from.lastLoginAt;
        }

        /** Sets {@link Member#id}. Default: 0. */
        public Builder id(MemberId value) {
            id = value;
            return this;
        }

        /** Sets {@link Member#login}. */
        public Builder login(String value) {
            login = value;
            return this;
        }

        /** Sets {@link Member#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link Member#email}. Default: null. */
        public Builder email(@Nullable String value) {
            email = value;
            return this;
        }

        /** Sets {@link Member#active}. Default: true. */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /** Sets {@link Member#share}. Default: false. */
        public Builder share(boolean value) {
            share = value;
            return this;
        }

        /** Sets {@link Member#owner}. Default: false. */
        public Builder owner(boolean value) {
            owner = value;
            return this;
        }

        /** Sets {@link Member#lang}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link Member#tz}. Default: {@code UTC}. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /** Sets {@link Member#createdAt}. Default: {@code 1970-01-01T00:00:00Z}. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link Member#lastLoginAt}. Default: null. */
        public Builder lastLoginAt(@Nullable Instant value) {
            lastLoginAt = value;
            return this;
        }

        /** Creates the record. */
        public Member build() {
            return new Member(id, login, name, email, active, share, owner, lang, tz, createdAt, lastLoginAt);
        }
    }
}
