// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import dev.allotment.access.Member;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.Delivery;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes the audit log and its deliveries to listeners, in the transaction that makes the change. */
public final class EventLog {
    private final Supplier<Instant> clock;
    private final Secrets secrets;
    private final List<SaasListener> listeners;

    EventLog(Supplier<Instant> clock, Secrets secrets, List<SaasListener> listeners) {
        this.clock = clock;
        this.secrets = secrets;
        this.listeners = listeners;
    }

    /** Records what an operation did to a tenant. */
    public void add(
            Transaction tx,
            StoredOperation operation,
            EventType type,
            @Nullable TenantId tenant,
            Map<String, String> details) {
        add(tx, operation.startedBy(), operation.clientAddress(), type, tenant, null, details);
    }

    /** Records what an actor did. */
    public void add(
            Transaction tx,
            Actor actor,
            EventType type,
            @Nullable TenantId tenant,
            @Nullable UserId user,
            Map<String, String> details) {
        add(tx, actor.login(), actor.clientAddress(), type, tenant, user, details);
    }

    /** Records what a member of a tenant database did in it. */
    public void add(
            Transaction tx, MemberActor actor, EventType type, StoredTenant tenant, Map<String, String> details) {
        Member member = actor.member();
        String who = member == null ? Actor.HOST.login() : member.login() + " in " + tenant.name();
        add(tx, who, actor.clientAddress(), type, tenant.id(), null, details);
    }

    /** The details of {@link EventType#TENANT_EXTENDED}. */
    public static Map<String, String> extension(StoredTenant before, StoredTenant after, String reason) {
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
        Instant now = clock.get();
        Event event = new Event(0, secrets.uuid(), now, type, actor, clientAddress, tenant, user, details);
        List<SaasListener> receivers =
                listeners.stream().filter(each -> each.receives(type)).toList();
        if (receivers.isEmpty()) {
            tx.records(RecordTypes.EVENTS).add(event);
            return;
        }
        long id = tx.records(RecordTypes.EVENTS).insert(event).id();
        receivers.forEach(
                each -> tx.records(RecordTypes.DELIVERIES).add(new Delivery(0, id, each.name(), 0, now, null)));
    }
}
