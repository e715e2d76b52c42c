// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The users inside one client database. Those without the right to manage users see all, and change themselves only. */
public interface Members extends Lookup<MemberId, Member> {
    /**
     * As {@link Accounts#authenticate(String, String, String)}.
     *
     * @throws SaasException {@code tenant.state} where the database is suspended and this is not its administrator
     */
    Optional<Member> authenticate(String login, String password, @Nullable String clientAddress);

    /** As {@link Accounts#authenticate(UserId, String, String)}. */
    Optional<Member> authenticate(MemberId member, String password, @Nullable String clientAddress);

    /** As {@link Accounts#throttled}. */
    boolean throttled(String login, @Nullable String clientAddress);

    /**
     * Adds a user, with its groups.
     *
     * @throws SaasException {@code user.limit-reached}, {@code account.login-taken}, {@code account.invalid}, {@code
     *     record.missing} for a group, {@code access.not-allowed}
     */
    Member create(NewMember member);

    /**
     * As {@link Accounts#update}; making one active again counts against the limit.
     *
     * @throws SaasException {@code user.limit-reached}, {@code account.login-taken}, {@code account.invalid}
     */
    default Member update(MemberId member, UnaryOperator<Member> change) {
        return update(member, MemberChange.builder().record(change).build());
    }

    /** As {@link #update(MemberId, UnaryOperator)}, {@link #setGroups} and {@link #setPassword}, all of it or nothing. */
    Member update(MemberId member, MemberChange change);

    /** As {@link Accounts#changePassword}. */
    void changePassword(MemberId member, String oldPassword, String newPassword);

    /** As {@link Accounts#setPassword}. */
    void setPassword(MemberId member, String newPassword);

    /**
     * Removes a user and what belongs to it.
     *
     * @throws SaasException {@code account.in-use} for the owner and the administrator
     */
    void delete(MemberId member);

    /** The groups that it is in, by XML id, in order. */
    List<Group> groups(MemberId member);

    /**
     * Replaces the groups that it is in.
     *
     * @throws SaasException {@code record.missing}, {@code access.not-allowed}
     */
    void setGroups(MemberId member, List<GroupId> groups);

    /** Whether it is in the group with this XML id; false where there is no such group. */
    boolean inGroup(MemberId member, String xmlId);
}
