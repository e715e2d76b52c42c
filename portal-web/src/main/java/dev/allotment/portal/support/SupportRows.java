// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.support;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.support.AccessRow.Actions;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.Visitor;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportUse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads requests for support access and puts them into words. */
final class SupportRows {
    /** How many requests that have ended a page shows. */
    static final int MOST = 50;

    /** More than operators and rights allow to be open at once. */
    private static final int MOST_OPEN = 1000;

    private SupportRows() {}

    /**
     * Returns all requests that are open, and after them the newest ones that have ended. Open ones are never left out:
     * they can be answered and revoked.
     */
    static List<SupportAccess> read(Visitor visitor, Filter<SupportAccess> which) {
        SupportAccesses accesses = visitor.saas().supportAccesses();
        List<SupportAccess> found = new ArrayList<>(accesses.list(
                newest(Filter.and(which, Filter.equal(SupportAccess.ENDED_AT, null)), MOST_OPEN)));
        found.addAll(accesses.list(newest(Filter.and(which, Filter.notEqual(SupportAccess.ENDED_AT, null)), MOST)));
        return found;
    }

    private static Query<SupportAccess> newest(Filter<SupportAccess> which, int most) {
        return Query.where(which).orderByDescending(SupportAccess.ID).page(0, most);
    }

    static List<AccessRow> rows(
            Visitor visitor, List<SupportAccess> accesses, Function<SupportAccess, Actions> actions) {
        Map<TenantId, String> names = new HashMap<>();
        visitor.saas()
                .tenants()
                .list(Query.where(Filter.in(
                        Tenant.ID,
                        accesses.stream()
                                .map(SupportAccess::tenantId)
                                .distinct()
                                .toList())))
                .forEach(each -> names.put(each.id(), each.name()));
        return accesses.stream()
                .map(each -> new AccessRow(
                        each.id().value(),
                        names.getOrDefault(each.tenantId(), "Database " + each.tenantId()),
                        each.operatorName(),
                        right(each),
                        each.reason(),
                        badge(each.state()),
                        each.standing(),
                        Moment.of(each.requestedAt()),
                        Moment.of(each.endedAt() == null ? each.expiresAt() : each.endedAt()),
                        uses(visitor, each),
                        actions.apply(each)))
                .toList();
    }

    private static List<AccessRow.Use> uses(Visitor visitor, SupportAccess access) {
        boolean granted = access.answeredAt() != null && access.state() != SupportAccessState.REFUSED;
        return granted
                ? visitor.saas().supportAccesses().uses(access.id()).stream()
                        .map(SupportRows::use)
                        .toList()
                : List.of();
    }

    private static AccessRow.Use use(SupportUse use) {
        return new AccessRow.Use(use.member(), Moment.of(use.openedAt()), Moment.orElse(use.endedAt(), "now"));
    }

    private static String right(SupportAccess access) {
        String member = access.member();
        return switch (access.right()) {
            case LOOK -> "Look as " + (member == null ? "the owner" : member) + ", without changing anything";
            case MEMBER -> "Act as " + member;
            case ADMINISTRATOR -> "Act as the administrator of the database";
        };
    }

    private static Badge badge(SupportAccessState state) {
        return switch (state) {
            case PENDING -> new Badge("Waits for the customer", "busy");
            case GRANTED -> new Badge("Granted", "good");
            case REFUSED -> new Badge("Refused", "");
            case WITHDRAWN -> new Badge("Withdrawn", "");
            case REVOKED -> new Badge("Revoked", "");
            case EXPIRED -> new Badge("Expired", "");
        };
    }
}
