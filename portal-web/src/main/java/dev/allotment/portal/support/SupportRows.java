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
import dev.allotment.text.Texts;
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
        Texts texts = visitor.texts();
        return accesses.stream()
                .map(each -> new AccessRow(
                        each.id().value(),
                        names.getOrDefault(
                                each.tenantId(),
                                texts.text(
                                        "support.database-number",
                                        each.tenantId().toString())),
                        each.operatorName(),
                        right(each, texts),
                        each.reason(),
                        badge(each.state(), texts),
                        each.standing(),
                        Moment.of(each.requestedAt(), texts),
                        Moment.of(each.endedAt() == null ? each.expiresAt() : each.endedAt(), texts),
                        uses(visitor, each),
                        actions.apply(each)))
                .toList();
    }

    private static List<AccessRow.Use> uses(Visitor visitor, SupportAccess access) {
        boolean granted = access.answeredAt() != null && access.state() != SupportAccessState.REFUSED;
        return granted
                ? visitor.saas().supportAccesses().uses(access.id()).stream()
                        .map(each -> use(each, visitor.texts()))
                        .toList()
                : List.of();
    }

    private static AccessRow.Use use(SupportUse use, Texts texts) {
        return new AccessRow.Use(
                use.member(),
                Moment.of(use.openedAt(), texts),
                Moment.orElse(use.endedAt(), texts.text("support.now"), texts));
    }

    private static String right(SupportAccess access, Texts texts) {
        String member = access.member();
        return switch (access.right()) {
            case LOOK -> member == null ? texts.text("support.look-as-owner") : texts.text("support.look-as", member);
            case MEMBER -> texts.text("support.act-as", String.valueOf(member));
            case ADMINISTRATOR -> texts.text("support.act-as-administrator");
        };
    }

    private static Badge badge(SupportAccessState state, Texts texts) {
        return switch (state) {
            case PENDING -> new Badge(texts.text("support.state.pending"), "busy");
            case GRANTED -> new Badge(texts.text("support.state.granted"), "good");
            case REFUSED -> new Badge(texts.text("support.state.refused"), "");
            case WITHDRAWN -> new Badge(texts.text("support.state.withdrawn"), "");
            case REVOKED -> new Badge(texts.text("support.state.revoked"), "");
            case EXPIRED -> new Badge(texts.text("support.state.expired"), "");
        };
    }
}
