// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a new user inside a client database. The password is never printed.
 *
 * @param password null: cannot sign in with a password
 * @param share true: an outsider, who does not count against the limit of users
 */
public record NewMember(
        String login,
        String name,
        @Nullable String password,
        @Nullable String email,
        boolean share,
        String lang,
        String tz) {
    public NewMember(String login, String name, @Nullable String password) {
        this(login, name, password, null, false, "en_US", "UTC");
    }

    @Override
    public String toString() {
        return "NewMember[login=" + login + ", name=" + name + "]";
    }
}
