// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Group;
import dev.allotment.GroupId;
import dev.allotment.Member;
import dev.allotment.MemberId;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Credential;
import dev.allotment.spi.backend.Membership;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rules about users, groups and passwords that hold inside a transaction, at the main database and in tenants alike. */
final class MemberRows {
    private MemberRows() {}

    static Optional<Group> group(Transaction tx, String xmlId) {
        return tx.records(RecordTypes.GROUPS).list(Query.where(Filter.equal(Group.XML_ID, xmlId))).stream()
                .findFirst();
    }

    static List<Membership> memberships(Transaction tx, MemberId member) {
        return tx.records(RecordTypes.MEMBERSHIPS).list(Query.where(Filter.equal(Membership.MEMBER_ID, member)));
    }

    /** Once in a group, a second time changes nothing. */
    static void add(Transaction tx, GroupId group, MemberId member) {
        Filter<Membership> pair = Filter.and(Filter.equal(Membership.GROUP_ID, group), Filter.equal(Membership.MEMBER_ID, member));
        if (tx.records(RecordTypes.MEMBERSHIPS).count(pair) == 0) {
            tx.records(RecordTypes.MEMBERSHIPS).insert(new Membership(0, group, member));
        }
    }

    static Optional<Member> owner(Transaction tx) {
        return tx.records(RecordTypes.MEMBERS).list(Query.where(Filter.equal(Member.OWNER, true))).stream()
                .findFirst();
    }

    /** How many count against the limit: active regular users, without an administrator who is not the owner. */
    static long regular(Transaction tx) {
        return tx.records(RecordTypes.MEMBERS)
                .count(Filter.and(
                        Filter.equal(Member.ACTIVE, true),
                        Filter.equal(Member.SHARE, false),
                        Filter.or(Filter.notEqual(Member.ID, Member.ADMINISTRATOR), Filter.equal(Member.OWNER, true))));
    }

    /** Refuses one regular user too many; whoever adds users at the same time waits. */
    static void checkLimit(Transaction tx) {
        tx.records(RecordTypes.MEMBERS).lock(Member.ADMINISTRATOR.value());
        int limit = parameter(tx, Parameter.MAX_USERS)
                .map(each -> Numbers.limit(each.value()))
                .orElse(0);
        if (limit > 0 && regular(tx) >= limit) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.USER_LIMIT_REACHED,
                    "Limit of users for this database is " + limit + " reached",
                    Map.of("limit", Integer.toString(limit)),
                    false,
                    null);
        }
    }

    static Optional<Parameter> parameter(Transaction tx, String key) {
        return tx.records(RecordTypes.PARAMETERS).list(Query.where(Filter.equal(Parameter.KEY, key))).stream()
                .findFirst();
    }

    static void setParameter(Transaction tx, String key, String value, boolean hidden) {
        Records<Parameter> parameters = tx.records(RecordTypes.PARAMETERS);
        Optional<Parameter> known = parameter(tx, key);
        if (known.isEmpty()) {
            parameters.insert(new Parameter(0, key, value, hidden));
        } else {
            parameters.update(known.get().withValue(value).withHidden(hidden));
        }
    }

    /** As {@link #setParameter} for each of them; what is as it should be is not written again. */
    static void setParameters(Transaction tx, List<Parameter> wanted) {
        Records<Parameter> parameters = tx.records(RecordTypes.PARAMETERS);
        Map<String, Parameter> known = new HashMap<>();
        parameters
                .list(Query.where(
                        Filter.in(Parameter.KEY, wanted.stream().map(Parameter::key).toList())))
                .forEach(each -> known.put(each.key(), each));
        for (Parameter each : wanted) {
            Parameter before = known.get(each.key());
            if (before == null) {
                parameters.insert(each);
            } else if (!before.value().equals(each.value()) || before.hidden() != each.hidden()) {
                parameters.update(before.withValue(each.value()).withHidden(each.hidden()));
            }
        }
    }

    /**
     * Whoever has a login, with his password. It takes as many statements that find as many records where nobody has it, so
     * that a stranger cannot tell by the clock who there is.
     *
     * @param type of users, of which there always is a first
     * @param withPassword reads the password of one, and no more
     */
    static <R extends Record, A> Optional<A> byLogin(
            Transaction tx, RecordType<R> type, String login, Function<R, A> withPassword) {
        if (login.length() > Texts.MAX_LOGIN) {
            return Optional.empty();
        }
        Optional<R> found = tx.records(type).list(Query.where(Filter.equal(RecordField.named("login"), login))).stream()
                .findFirst();
        tx.records(type).list(Query.where(Filter.equal(RecordField.named("id"), found.isPresent() ? 0 : 1)));
        if (found.isEmpty()) {
            tx.records(RecordTypes.CREDENTIALS).list(Query.all().page(0, 1));
        }
        return found.map(withPassword);
    }

    static @Nullable String passwordHash(Transaction tx, long user) {
        return tx.records(RecordTypes.CREDENTIALS).list(Query.where(Filter.equal(Credential.USER_ID, user))).stream()
                .findFirst()
                .map(Credential::hash)
                .orElse(null);
    }

    /**
     * Stores the same password under another hash, unless it was changed meanwhile.
     *
     * @param anew null: nothing is stored
     */
    static void replacePasswordHash(Transaction tx, long user, @Nullable String known, @Nullable String anew) {
        if (anew != null && Objects.equals(known, passwordHash(tx, user))) {
            setPasswordHash(tx, user, anew);
        }
    }

    static void setPasswordHash(Transaction tx, long user, @Nullable String hash) {
        Records<Credential> credentials = tx.records(RecordTypes.CREDENTIALS);
        Optional<Credential> known = credentials.list(Query.where(Filter.equal(Credential.USER_ID, user))).stream()
                .findFirst();
        known.ifPresent(each -> credentials.delete(each.id()));
        if (hash != null) {
            credentials.insert(new Credential(0, user, hash));
        }
    }
}
