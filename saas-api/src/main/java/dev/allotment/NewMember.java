// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a new user inside a client database. The password is never printed.
 *
 * @param password null: cannot sign in with a password
 * @param active an inactive one cannot sign in, and does not count against the limit of users
 * @param share true: an outsider, who does not count against the limit of users
 * @param groups gets the groups that everyone of its kind is in, returns those that it shall be in
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
    /** An active one, in the groups that everyone of its kind is in. */
    public NewMember(
            String login,
            String name,
            @Nullable String password,
            @Nullable String email,
            boolean share,
            String lang,
            String tz) {
        this(login, name, password, email, true, share, UnaryOperator.identity(), lang, tz);
    }

    public NewMember(String login, String name, @Nullable String password) {
        this(login, name, password, null, false, "en_US", "UTC");
    }

    @Override
    public String toString() {
        return "NewMember[login=" + login + ", name=" + name + "]";
    }
}
