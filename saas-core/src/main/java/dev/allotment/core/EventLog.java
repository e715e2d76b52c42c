// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Member;
import dev.allotment.Operation;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import dev.allotment.spi.backend.Delivery;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the audit log, and notes which listeners have to be told, in the transaction that makes something so. */
final class EventLog {
    private final ControlPlane plane;
    private final List<String> listeners;

    EventLog(ControlPlane plane, List<String> listeners) {
        this.plane = plane;
        this.listeners = listeners;
    }

    /** Something about a client database that an operation did. */
    void add(
            Transaction tx,
            Operation operation,
            EventType type,
            @Nullable TenantId tenant,
            Map<String, String> details) {
        add(tx, operation.startedBy(), operation.clientAddress(), type, tenant, null, details);
    }

    /** Something that somebody did. */
    void add(
            Transaction tx,
            Actor actor,
            EventType type,
            @Nullable TenantId tenant,
            @Nullable UserId user,
            Map<String, String> details) {
        add(tx, actor.login(), actor.clientAddress(), type, tenant, user, details);
    }

    /** Something that a user of a client database did in it. */
    void add(Transaction tx, MemberActor actor, EventType type, Tenant tenant, Map<String, String> details) {
        Member member = actor.member();
        String who = member == null ? Actor.HOST.login() : member.login() + " in " + tenant.name();
        add(tx, who, null, type, tenant.id(), null, details);
    }

    /** Details of {@link EventType#TENANT_EXTENDED}. */
    static Map<String, String> extension(Tenant before, Tenant after, String reason) {
        return Map.of(
                "from", String.valueOf(before.expiresAt()), "to", String.valueOf(after.expiresAt()), "reason", reason);
    }

    private void add(
            Transaction tx,
            String actor,
            @Nullable String clientAddress,
            EventType type,
            @Nullable TenantId tenant,
            @Nullable UserId user,
            Map<String, String> details) {
        Instant now = plane.now();
        Event stored = tx.records(RecordTypes.EVENTS)
                .insert(new Event(0, plane.secrets.uuid(), now, type, actor, clientAddress, tenant, user, details));
        for (String listener : listeners) {
            tx.records(RecordTypes.DELIVERIES).insert(new Delivery(0, stored.id(), listener, 0, now, null));
        }
    }
}
