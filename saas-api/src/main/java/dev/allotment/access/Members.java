// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;

import dev.allotment.Accounts;
import dev.allotment.AllowedFor;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The members of one tenant database. Members without the right to manage members see all, and change only
 * themselves.
 */
@AllowedFor(READ_ONLY)
public interface Members extends Lookup<MemberId, Member> {
    /**
     * Checks a login and a password, as {@link Accounts#authenticate(String, String, String)} does.
     *
     * @throws SaasException {@code access.busy}; {@code tenant.state} if the tenant is suspended and this is not its
     *     administrator
     */
    Optional<Member> authenticate(String login, String password, @Nullable String clientAddress);

    /**
     * Checks the password of a known member, as {@link Accounts#authenticate(UserId, String, String)} does.
     *
     * @throws SaasException as {@link #authenticate(String, String, String)}
     */
    Optional<Member> authenticate(MemberId member, String password, @Nullable String clientAddress);

    /** Returns whether passwords are refused for a while, as {@link Accounts#throttled} does. */
    boolean throttled(String login, @Nullable String clientAddress);

    /**
     * Creates a member, with its groups.
     *
     * @throws SaasException {@code user.limit-reached}, {@code account.login-taken}, {@code account.invalid}, {@code
     *     record.missing} for a group, {@code access.not-allowed}
     */
    Member create(NewMember member);

    /**
     * Changes a member under a lock, as {@link Accounts#update(UserId, UnaryOperator)} does. A member that becomes
     * active counts against the limit of users.
     *
     * @param change receives the member as stored and returns it as wanted; may be called more than once
     * @throws SaasException {@code user.limit-reached}, {@code account.login-taken}, {@code account.invalid}
     */
    default Member update(MemberId member, UnaryOperator<Member> change) {
        return update(member, MemberChange.builder().record(change).build());
    }

    /**
     * Changes a member, its groups and its password, all of it or nothing.
     *
     * @throws SaasException as {@link #update(MemberId, UnaryOperator)}, {@link #setGroups} and {@link #setPassword}
     */
    Member update(MemberId member, MemberChange change);

    /**
     * Changes the password of the acting member, as {@link Accounts#changePassword} does.
     *
     * @throws SaasException {@code access.denied} if the old password is wrong, {@code account.invalid}
     */
    void changePassword(MemberId member, String oldPassword, String newPassword);

    /**
     * Sets the password of a member, as {@link Accounts#setPassword} does.
     *
     * @throws SaasException {@code access.not-allowed}, {@code account.invalid}
     */
    void setPassword(MemberId member, String newPassword);

    /**
     * Deletes a member and its records.
     *
     * @throws SaasException {@code account.in-use} for the owner and the administrator
     */
    void delete(MemberId member);

    /** Returns the groups of a member, in the order of their XML ids. */
    @AllowedFor(READ_ONLY)
    List<Group> groups(MemberId member);

    /**
     * Replaces the groups of a member.
     *
     * @throws SaasException {@code record.missing}, {@code access.not-allowed}
     */
    void setGroups(MemberId member, List<GroupId> groups);

    /** Returns whether a member is in the group with an XML id; false if there is no such group. */
    @AllowedFor(READ_ONLY)
    boolean inGroup(MemberId member, String xmlId);

    /** Returns the member with this login, in any case; empty if there is none, or it may not be seen. */
    @AllowedFor(READ_ONLY)
    default Optional<Member> findByLogin(String login) {
        Filter<Member> wanted = Filter.equal(Member.LOGIN, login.strip().toLowerCase(Locale.ROOT));
        return list(Query.where(wanted)).stream().findFirst();
    }
}
