// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Permission;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessId;
import dev.allotment.support.SupportAccessState;
import dev.allotment.team.TeamMember;
import dev.allotment.team.Teammate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Informs those who may answer for a customer about support access to its databases. */
final class SupportMails {
    private static final Map<EventType, MailKind> KINDS = Map.of(
            EventType.SUPPORT_ACCESS_REQUESTED, MailKind.SUPPORT_REQUESTED,
            EventType.SUPPORT_ACCESS_GRANTED, MailKind.SUPPORT_GRANTED,
            EventType.SUPPORT_ACCESS_REFUSED, MailKind.SUPPORT_REFUSED,
            EventType.SUPPORT_ACCESS_USED, MailKind.SUPPORT_USED);

    private final TeamMails.Sender sender;

    SupportMails(TeamMails.Sender sender) {
        this.sender = sender;
    }

    void inform(Saas plane, Event event) {
        MailKind kind = KINDS.get(event.type());
        if (kind == null) {
            return;
        }
        long id = Long.parseLong(event.details().getOrDefault("supportAccess", "0"));
        Optional<SupportAccess> access = plane.supportAccesses().find(new SupportAccessId(id));
        // A request may have been answered meanwhile.
        access.filter(each -> kind != MailKind.SUPPORT_REQUESTED || each.state() == SupportAccessState.PENDING)
                .ifPresent(each -> inform(plane, event, kind, each));
    }

    private void inform(Saas plane, Event event, MailKind kind, SupportAccess access) {
        Optional<Tenant> tenant = plane.tenants().find(access.tenantId());
        if (tenant.isEmpty()) {
            return;
        }
        plane.actingFor(access.customerId()).teams().members().stream()
                .filter(each -> each.active() && each.member().may(Permission.MANAGE_TEAM))
                .map(Teammate::member)
                .filter(each -> sees(each, tenant.get()))
                .flatMap(each -> plane.accounts().find(each.userId()).stream())
                .filter(each -> each.email() != null && !each.login().equals(event.actor()))
                .forEach(each -> send(plane, event, kind, access, tenant.get(), each));
    }

    private static boolean sees(TeamMember member, Tenant tenant) {
        return member.tenants().isAll()
                || member.tenants().tenants().contains(tenant.id())
                || member.userId().equals(tenant.ownerId());
    }

    private void send(Saas plane, Event event, MailKind kind, SupportAccess access, Tenant tenant, User reader) {
        Map<String, String> values = new HashMap<>(TenantMails.values(plane, reader));
        values.put("operator", MailFormats.name(access.operatorName(), "operator " + access.operatorId()));
        values.put("database", tenant.name());
        values.put("what", MailFormats.supportRight(access.right(), reader.lang()));
        values.put("reason", access.reason());
        values.put("link", values.get("portal") + "/my/support");
        Instant until = kind == MailKind.SUPPORT_USED ? event.at() : until(event);
        values.put("date", until == null ? "?" : MailFormats.date(until, reader.lang(), reader.tz()));
        sender.send(event.uuid() + "-" + reader.id(), event, kind, reader, values);
    }

    private static @Nullable Instant until(Event event) {
        try {
            return Instant.parse(event.details().getOrDefault("expiresAt", ""));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
