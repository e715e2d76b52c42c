// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * An administrator asks for a new account. The password is never printed.
 *
 * @param login not blank, 254 characters at most; kept in lower case
 * @param name not blank, 256 characters at most
 * @param password null: there is none yet, so nobody signs in until one is set; else not empty, 4,096 characters at most
 * @param email null: the login, where it looks like an address
 * @param active whether it may sign in
 */
public record NewUser(
        String login,
        String name,
        @Nullable String password,
        @Nullable String email,
        Role role,
        boolean active,
        String lang,
        String tz) {
    /** What the form of a sign-up says, for an account with this role. */
    public NewUser(SignUp signUp, Role role) {
        this(signUp.login(), signUp.name(), signUp.password(), signUp.email(), role, true, signUp.lang(), signUp.tz());
    }

    @Override
    public String toString() {
        return "NewUser[login=" + login + ", name=" + name + ", role=" + role + "]";
    }
}
