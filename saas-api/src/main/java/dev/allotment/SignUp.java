// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a new account. The password is never printed.
 *
 * @param login not blank, 254 characters at most; kept in lower case
 * @param name not blank, 256 characters at most
 * @param password not empty, 4,096 characters at most
 * @param email null: the login, where it looks like an address
 */
public record SignUp(
        String login,
        String name,
        String password,
        @Nullable String email,
        String lang,
        String tz) {
    public SignUp(String login, String name, String password) {
        this(login, name, password, null, "en_US", "UTC");
    }

    @Override
    public String toString() {
        return "SignUp[login=" + login + ", name=" + name + "]";
    }
}
