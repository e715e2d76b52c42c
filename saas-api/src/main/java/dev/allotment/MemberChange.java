// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a user of a client database, all of it or nothing. The password is never printed.
 *
 * @param record gets the user as it is, returns it as it shall be; may be called more than once
 * @param groups gets the groups that it is in, returns those that it shall be in; null: they stay
 * @param password null: it stays
 */
public record MemberChange(
        UnaryOperator<Member> record,
        @Nullable UnaryOperator<List<GroupId>> groups,
        @Nullable String password) {
    @Override
    public String toString() {
        return "MemberChange[]";
    }
}
