// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.Internal;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A command to create a member of a tenant: {@code NewMember.builder("worker", "Worker").password(secret).build()}.
 *
 * <p>Immutable. The password is never printed.
 *
 * @param login not blank, at most 254 characters, unique in the tenant database; stored in lower case
 * @param name not blank, at most 256 characters
 * @param password at most 4,096 characters; null: the member cannot sign in with a password
 * @param email the email address; null: none
 * @param active whether the member may sign in; an inactive member does not count against the limit of users
 * @param share true for an outsider, who does not count against the limit of users
 * @param groups receives the groups that every new member of this kind joins, and returns the groups to join
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 */
public record NewMember(
        String login,
        String name,
        @Nullable String password,
        @Nullable String email,
        boolean active,
        boolean share,
        UnaryOperator<List<GroupId>> groups,
        String lang,
        String tz) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public NewMember {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String login, String name) {
        return new Builder(login, name);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns login and name, without the password. */
    @Override
    public String toString() {
        return "NewMember[login=" + login + ", name=" + name + "]";
    }

    /** Collects the parts of {@link NewMember}. Not safe for use by several threads. */
    public static final class Builder {
        private String login;
        private String name;
        private @Nullable String password;
        private @Nullable String email;
        private boolean active = true;
        private boolean share;
        private UnaryOperator<List<GroupId>> groups = UnaryOperator.identity();
        private String lang = "en_US";
        private String tz = "UTC";

        private Builder(String login, String name) {
            this.login = Objects.requireNonNull(login, "login");
            this.name = Objects.requireNonNull(name, "name");
        }

        private Builder(NewMember from) {
            login = from.login;
            name = from.name;
            password = from.password;
            email = from.email;
            active = from.active;
            share = from.share;
            groups = from.groups;
            lang = from.lang;
            tz = from.tz;
        }

        /** Sets {@link NewMember#login}. */
        public Builder login(String value) {
            login = value;
            return this;
        }

        /** Sets {@link NewMember#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link NewMember#password}. Default: null. */
        public Builder password(@Nullable String value) {
            password = value;
            return this;
        }

        /** Sets {@link NewMember#email}. Default: null. */
        public Builder email(@Nullable String value) {
            email = value;
            return this;
        }

        /** Sets {@link NewMember#active}. Default: true. */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /** Sets {@link NewMember#share}. Default: false. */
        public Builder share(boolean value) {
            share = value;
            return this;
        }

        /** Sets {@link NewMember#groups}. Default: no change. */
        public Builder groups(UnaryOperator<List<GroupId>> value) {
            groups = value;
            return this;
        }

        /** Sets {@link NewMember#lang}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link NewMember#tz}. Default: {@code UTC}. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /** Creates the record. */
        public NewMember build() {
            return new NewMember(login, name, password, email, active, share, groups, lang, tz);
        }
    }
}
