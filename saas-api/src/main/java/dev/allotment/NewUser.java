// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command of an administrator to create an account: {@code NewUser.builder("client@example.com", "Client
 * Name").build()}.
 *
 * <p>Immutable. The password is never printed.
 *
 * @param login not blank, at most 254 characters; stored in lower case
 * @param name not blank, at most 256 characters
 * @param password at most 4,096 characters; null: none, so the account cannot sign in until a password is set
 * @param email the email address; null: the login, if it looks like an email address
 * @param role what the account may do
 * @param active whether the account may sign in
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 * @param customerId the customer whose team the account joins; null: a new one, which it owns
 * @param teamRole its role in the team of that customer; without a customer, it is an owner
 */
public record NewUser(
        String login,
        String name,
        @Nullable String password,
        @Nullable String email,
        Role role,
        boolean active,
        String lang,
        String tz,
        @Nullable CustomerId customerId,
        TeamRole teamRole) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public NewUser {}

    /** Starts a builder with the values of a sign-up and a role. */
    public static Builder builder(SignUp signUp, Role role) {
        return builder(signUp.login(), signUp.name())
                .password(signUp.password())
                .email(signUp.email())
                .role(role)
                .lang(signUp.lang())
                .tz(signUp.tz());
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String login, String name) {
        return new Builder(login, name);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns login, name and role, without the password. */
    @Override
    public String toString() {
        return "NewUser[login=" + login + ", name=" + name + ", role=" + role + "]";
    }

    /** Collects the parts of {@link NewUser}. Not safe for use by several threads. */
    public static final class Builder {
        private String login;
        private String name;
        private @Nullable String password;
        private @Nullable String email;
        private Role role = Role.PORTAL;
        private boolean active = true;
        private String lang = "en_US";
        private String tz = "UTC";
        private @Nullable CustomerId customerId;
        private TeamRole teamRole = TeamRole.READER;

        private Builder(String login, String name) {
            this.login = Objects.requireNonNull(login, "login");
            this.name = Objects.requireNonNull(name, "name");
        }

        private Builder(NewUser from) {
            login = from.login;
            name = from.name;
            password = from.password;
            email = from.email;
            role = from.role;
            active = from.active;
            lang = from.lang;
            tz = from.tz;
            customerId = from.customerId;
            teamRole = from.teamRole;
        }

        /** Sets {@link NewUser#login}. */
        public Builder login(String value) {
            login = value;
            return this;
        }

        /** Sets {@link NewUser#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link NewUser#password}. Default: null. */
        public Builder password(@Nullable String value) {
            password = value;
            return this;
        }

        /** Sets {@link NewUser#email}. Default: null. */
        public Builder email(@Nullable String value) {
            email = value;
            return this;
        }

        /** Sets {@link NewUser#role}. Default: {@code PORTAL}. */
        public Builder role(Role value) {
            role = value;
            return this;
        }

        /** Sets {@link NewUser#active}. Default: true. */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /** Sets {@link NewUser#lang}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link NewUser#tz}. Default: {@code UTC}. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /** Sets {@link NewUser#customerId}. Default: null. */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link NewUser#teamRole}. Default: {@code READER}. */
        public Builder teamRole(TeamRole value) {
            teamRole = value;
            return this;
        }

        /** Creates the record. */
        public NewUser build() {
            return new NewUser(login, name, password, email, role, active, lang, tz, customerId, teamRole);
        }
    }
}
