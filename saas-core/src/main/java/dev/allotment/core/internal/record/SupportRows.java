// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessId;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportSetting;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores support access in the catalog. */
public final class SupportRows {
    /** What has not ended, or not been found to. */
    public static final Filter<SupportAccess> OPEN =
            Filter.in(SupportAccess.STATE, List.of(SupportAccessState.PENDING, SupportAccessState.GRANTED));

    private SupportRows() {}

    /** Whether an account is that of an operator who may enter tenants at present. */
    public static boolean mayEnter(User account) {
        return account.active() && account.role().permissions().contains(Permission.ENTER_FOR_SUPPORT);
    }

    /**
     * Refuses a change of the state that the machine does not have.
     *
     * @param locked as it is now, see {@link SupportAccess#at}
     * @throws SaasException {@code support.state}
     */
    public static void requireNext(SupportAccess locked, SupportAccessState next) {
        if (!locked.state().next().contains(next)) {
            throw state(locked, "cannot become " + next.name().toLowerCase(Locale.ROOT));
        }
    }

    public static SaasException state(SupportAccess access, String what) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.SUPPORT_STATE,
                "Support access " + access.id() + " " + what + ": it is "
                        + access.state().name().toLowerCase(Locale.ROOT) + ".",
                Map.of(
                        "supportAccess",
                        access.id().toString(),
                        "state",
                        access.state().name()),
                false,
                null);
    }

    /**
     * Stores an access in its new state, ends its uses if it has ended, and records that. It must be locked. A
     * transaction that locks both locks the access before its uses.
     *
     * @return as {@link #endUses}
     */
    public static boolean change(
            CoreContext context, Transaction tx, Actor actor, SupportAccess changed, Map<String, String> more) {
        tx.records(RecordTypes.SUPPORT_ACCESSES).update(changed);
        boolean logins = changed.endedAt() != null
                && endUses(tx, Filter.equal(StoredSupportUse.ACCESS_ID, changed.id()), context.now());
        record(context, tx, actor, EventType.valueOf("SUPPORT_ACCESS_" + changed.state()), changed, more);
        return logins;
    }

    /** Adds what happened to an access to the audit log. */
    public static void record(
            CoreContext context,
            Transaction tx,
            Actor actor,
            EventType type,
            SupportAccess access,
            Map<String, String> more) {
        Map<String, String> details = new HashMap<>(more);
        details.put("customer", access.customerId().toString());
        details.put("supportAccess", access.id().toString());
        details.put("right", access.right().name());
        context.events().add(tx, actor, type, access.tenantId(), null, details);
    }

    /**
     * Ends links and sessions that have not ended, in the order of their numbers. Each of them must still be what is to
     * end when it is locked: another transaction may have used it meanwhile.
     *
     * @return whether one of them has logins at a database server, which end after the commit
     */
    public static boolean endUses(Transaction tx, Filter<StoredSupportUse> which, Instant now) {
        Records<StoredSupportUse> uses = tx.records(RecordTypes.SUPPORT_USES);
        Filter<StoredSupportUse> open = Filter.and(which, Filter.equal(StoredSupportUse.ENDED_AT, null));
        boolean logins = false;
        for (long each : uses.values(StoredSupportUse.ID, Query.where(open).orderBy(StoredSupportUse.ID))) {
            Optional<StoredSupportUse> locked =
                    uses.lock(each).filter(present -> RecordTypes.SUPPORT_USES.matches(present, open));
            locked.ifPresent(present -> uses.update(present.ended(now)));
            logins |= locked.filter(present -> !present.logins().isEmpty()).isPresent();
        }
        return logins;
    }

    /**
     * Ends the links and sessions of an operator. The requests stay.
     *
     * @return as {@link #endUses}
     */
    public static boolean endUsesOf(Transaction tx, UserId operator, Instant now) {
        return endUses(tx, Filter.equal(StoredSupportUse.OPERATOR_ID, operator), now);
    }

    /**
     * Withdraws what an operator has requested or was granted, whose account loses its rights.
     *
     * @return as {@link #endUses}
     */
    public static boolean withdrawAllOf(CoreContext context, Transaction tx, Actor actor, UserId operator) {
        Instant now = context.now();
        Query<SupportAccess> open = Query.where(Filter.and(OPEN, Filter.equal(SupportAccess.OPERATOR_ID, operator)))
                .orderBy(SupportAccess.ID);
        boolean logins = false;
        for (SupportAccess each : tx.records(RecordTypes.SUPPORT_ACCESSES).list(open)) {
            logins |= tx.records(RecordTypes.SUPPORT_ACCESSES)
                    .lock(each.id().value())
                    .map(locked -> locked.at(now))
                    .filter(locked -> locked.state().next().contains(SupportAccessState.WITHDRAWN))
                    .map(locked ->
                            change(context, tx, actor, locked.ended(SupportAccessState.WITHDRAWN, now), Map.of()))
                    .orElse(false);
        }
        return endUsesOf(tx, operator, now) || logins;
    }

    /** Null: the customer has set none. */
    public static @Nullable SupportSetting setting(Transaction tx, CustomerId customer) {
        return tx
                .records(RecordTypes.SUPPORT_SETTINGS)
                .list(Query.where(Filter.equal(SupportSetting.CUSTOMER_ID, customer)))
                .stream()
                .findFirst()
                .orElse(null);
    }

    /** Deletes what ended before a point in time, some at once. Returns how much. */
    public static int forget(Transaction tx, Instant end, int most) {
        Query<SupportAccess> old = Query.where(
                        Filter.compare(SupportAccess.ENDED_AT, Filter.Operator.LESS_OR_EQUAL, end))
                .orderBy(SupportAccess.ID)
                .page(0, most);
        List<SupportAccessId> ids = tx.records(RecordTypes.SUPPORT_ACCESSES).values(SupportAccess.ID, old);
        tx.records(RecordTypes.SUPPORT_USES).deleteAll(Filter.in(StoredSupportUse.ACCESS_ID, ids));
        ids.forEach(each -> tx.records(RecordTypes.SUPPORT_ACCESSES).delete(each.value()));
        return ids.size();
    }

    /** Deletes what is about a customer that is deleted. */
    public static void deleteOf(Transaction tx, CustomerId customer) {
        List<SupportAccessId> ids = tx.records(RecordTypes.SUPPORT_ACCESSES)
                .values(SupportAccess.ID, Query.where(Filter.equal(SupportAccess.CUSTOMER_ID, customer)));
        tx.records(RecordTypes.SUPPORT_USES).deleteAll(Filter.in(StoredSupportUse.ACCESS_ID, ids));
        tx.records(RecordTypes.SUPPORT_ACCESSES).deleteAll(Filter.equal(SupportAccess.CUSTOMER_ID, customer));
        tx.records(RecordTypes.SUPPORT_SETTINGS).deleteAll(Filter.equal(SupportSetting.CUSTOMER_ID, customer));
    }
}
