// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command to open an account: {@code SignUp.builder("client@example.com", "Client Name", password).build()}.
 *
 * <p>Immutable. The password is never printed.
 *
 * @param login not blank, at most 254 characters; stored in lower case
 * @param name not blank, at most 256 characters
 * @param password not empty, at most 4,096 characters
 * @param email the email address; null: the login, if it looks like an email address
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 */
public record SignUp(
        String login,
        String name,
        String password,
        @Nullable String email,
        String lang,
        String tz) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public SignUp {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String login, String name, String password) {
        return new Builder(login, name, password);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns login and name, without the password. */
    @Override
    public String toString() {
        return "SignUp[login=" + login + ", name=" + name + "]";
    }

    /** Collects the parts of {@link SignUp}. Not safe for use by several threads. */
    public static final class Builder {
        private String login;
        private String name;
        private String password;
        private @Nullable String email;
        private String lang = "en_US";
        private String tz = "UTC";

        private Builder(String login, String name, String password) {
            this.login = Objects.requireNonNull(login, "login");
            this.name = Objects.requireNonNull(name, "name");
            this.password = Objects.requireNonNull(password, "password");
        }

        private Builder(SignUp from) {
            login = from.login;
            name = from.name;
            password = from.password;
            email = from.email;
            lang = from.lang;
            tz = from.tz;
        }

        /** Sets {@link SignUp#login}. */
        public Builder login(String value) {
            login = value;
            return this;
        }

        /** Sets {@link SignUp#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link SignUp#password}. */
        public Builder password(String value) {
            password = value;
            return this;
        }

        /** Sets {@link SignUp#email}. Default: null. */
        public Builder email(@Nullable String value) {
            email = value;
            return this;
        }

        /** Sets {@link SignUp#lang}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link SignUp#tz}. Default: {@code UTC}. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /**
         * Creates the record. It checks no value: {@link Accounts#signUp(SignUp)} refuses wrong ones.
         */
        public SignUp build() {
            return new SignUp(login, name, password, email, lang, tz);
        }
    }
}
