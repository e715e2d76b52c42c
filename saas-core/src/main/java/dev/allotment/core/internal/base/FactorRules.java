// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.spi.backend.FactorRule;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredFactor;
import dev.allotment.spi.backend.StoredPasskey;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Which teams need second factors, and which accounts have one or a passkey. */
public final class FactorRules {
    private FactorRules() {}

    /** Whether an account has a second factor that counts, or a passkey. */
    public static boolean hasAny(Transaction tx, UserId account) {
        boolean passkey = passkeys(tx, account) > 0;
        return tx.records(RecordTypes.SECOND_FACTORS)
                                .count(Filter.and(
                                        Filter.equal(StoredFactor.USER_ID, account),
                                        Filter.notEqual(StoredFactor.CONFIRMED_AT, null)))
                        > 0
                || passkey;
    }

    public static int passkeys(Transaction tx, UserId account) {
        return passkeysLater(tx, account).get().intValue();
    }

    public static Supplier<Long> passkeysLater(Transaction tx, UserId account) {
        return tx.records(RecordTypes.PASSKEYS).countLater(Filter.equal(StoredPasskey.USER_ID, account));
    }

    public static boolean isRequired(Transaction tx, CustomerId customer) {
        return tx.records(RecordTypes.FACTOR_RULES).count(Filter.equal(FactorRule.CUSTOMER_ID, customer)) > 0;
    }

    /** Whether one of the teams of an account needs second factors. Takes as many statements for every account. */
    public static boolean isRequiredInATeam(Transaction tx, UserId account) {
        return isRequiredLater(tx, memberships(account)).getAsBoolean();
    }

    public static Query<TeamMember> memberships(UserId account) {
        return Query.where(Filter.equal(TeamMember.USER_ID, account));
    }

    /** Whether the team of one of these members needs second factors, for a caller that reads more together with it. */
    public static BooleanSupplier isRequiredLater(Transaction tx, Query<? super TeamMember> members) {
        Supplier<List<TeamMember>> teams = tx.records(RecordTypes.TEAM_MEMBERS).listLater(members);
        return () -> tx.records(RecordTypes.FACTOR_RULES)
                        .count(Filter.in(
                                FactorRule.CUSTOMER_ID,
                                teams.get().stream().map(TeamMember::customerId).toList()))
                > 0;
    }

    /** Whether an account cannot act for a customer before it has a second factor or a passkey. */
    public static boolean isMissing(Transaction tx, CustomerId customer, UserId account) {
        return isRequired(tx, customer) && !hasAny(tx, account);
    }

    /**
     * Refuses an account without a second factor or a passkey if one of its teams needs one.
     *
     * @throws SaasException {@code access.factor-missing}
     */
    public static void requireInEachTeam(Transaction tx, UserId account) {
        if (isRequiredInATeam(tx, account) && !hasAny(tx, account)) {
            throw missing();
        }
    }

    /** Returns false if nothing was changed. The customer must be locked. */
    public static boolean set(Transaction tx, CustomerId customer, boolean required, Instant now) {
        if (isRequired(tx, customer) == required) {
            return false;
        }
        if (required) {
            tx.records(RecordTypes.FACTOR_RULES).insert(new FactorRule(0, customer, now));
        } else {
            remove(tx, customer);
        }
        return true;
    }

    public static void remove(Transaction tx, CustomerId customer) {
        tx.records(RecordTypes.FACTOR_RULES).deleteAll(Filter.equal(FactorRule.CUSTOMER_ID, customer));
    }

    public static SaasException missing() {
        return SaasException.notAllowed(
                ErrorCodes.ACCESS_FACTOR_MISSING,
                "Everyone in this team needs a second factor or a passkey, and your account has none. Set one up first.");
    }
}
