// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.event;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SuspendTenant;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Why a tenant was suspended by an administrator. The audit log has it. */
public final class Suspensions {
    /** Why it is suspended. */
    public static final String CAUSE = "cause";
    /** The cause of a suspension by an administrator. */
    public static final String MANUAL = "manual";
    /** A text of the administrator. */
    public static final String REASON = "reason";
    /** Present, and {@code false}, if the owner is not notified and does not see the reason. */
    public static final String NOTIFY = "notify";
    /** More events than causes of one suspension. */
    private static final int RECENT = 20;

    private Suspensions() {}

    /**
     * The details of the event.
     *
     * @throws dev.allotment.SaasException {@code configuration.invalid} for the reason
     */
    public static Map<String, String> details(SuspendTenant command) {
        Map<String, String> details = new HashMap<>();
        details.put(CAUSE, MANUAL);
        String reason = command.reason();
        if (reason != null) {
            details.put(REASON, TextRules.name(reason, ErrorCodes.CONFIGURATION_INVALID, "The reason of a suspension"));
        }
        if (!command.notifyOwner()) {
            details.put(NOTIFY, "false");
        }
        return details;
    }

    /** What the owner of a tenant sees about its suspension by an administrator; empty: nothing. */
    public static Optional<String> shownReason(Transaction tx, StoredTenant tenant) {
        if (!tenant.suspendedFor().contains(MANUAL)) {
            return Optional.empty();
        }
        return tx
                .records(RecordTypes.EVENTS)
                .list(Query.where(Filter.and(
                                Filter.equal(Event.TENANT_ID, tenant.id()),
                                Filter.equal(Event.TYPE, EventType.TENANT_SUSPENDED)))
                        .orderByDescending(Event.ID)
                        .page(0, RECENT))
                .stream()
                .map(Event::details)
                .filter(each -> MANUAL.equals(each.get(CAUSE)))
                .findFirst()
                .filter(Suspensions::isShown)
                .map(each -> each.get(REASON));
    }

    /** Whether the owner of a tenant sees the reason in the details of an event. */
    public static boolean isShown(Map<String, String> details) {
        return !"false".equals(details.get(NOTIFY));
    }
}
