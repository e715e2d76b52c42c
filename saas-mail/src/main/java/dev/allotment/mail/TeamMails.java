// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.team.Teammate;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Informs the members of a team about changes of their roles by others, and its owners about another owner: the account
 * that made it may be stolen.
 */
final class TeamMails {
    /** Sends an email. */
    interface Sender {
        /**
         * Sends an email to a reader.
         *
         * @param id identifies the email; one event may have several
         */
        void send(String id, Event event, MailKind kind, User reader, Map<String, String> values);
    }

    private static final Set<EventType> ABOUT_TEAMS =
            Set.of(EventType.TEAM_MEMBER_ADDED, EventType.TEAM_MEMBER_CHANGED, EventType.TEAM_MEMBER_REMOVED);

    private final Sender sender;

    TeamMails(Sender sender) {
        this.sender = sender;
    }

    void inform(Saas plane, Event event) {
        if (!ABOUT_TEAMS.contains(event.type())) {
            return;
        }
        Optional<Customer> customer = plane.customers().find(new CustomerId(number(event, "customer")));
        Optional<User> member = plane.accounts().find(new UserId(number(event, "account")));
        if (customer.isPresent() && member.isPresent()) {
            inform(plane, event, customer.get(), member.get());
        }
    }

    private static long number(Event event, String detail) {
        return Long.parseLong(event.details().getOrDefault(detail, "0"));
    }

    private void inform(Saas plane, Event event, Customer customer, User member) {
        String role = event.details().getOrDefault("role", "");
        boolean byOther = !member.login().equals(event.actor());
        if (event.type() == EventType.TEAM_MEMBER_REMOVED && byOther) {
            send(plane, event, MailKind.TEAM_REMOVED, customer, member, Map.of());
        }
        if (event.type() == EventType.TEAM_MEMBER_CHANGED && byOther) {
            String name = MailFormats.role(TeamRole.valueOf(role), member.lang());
            send(plane, event, MailKind.TEAM_ROLE_CHANGED, customer, member, Map.of("role", name));
        }
        if (role.equals(TeamRole.OWNER.name())) {
            Map<String, String> who = Map.of("owner", MailFormats.name(member.name(), "account " + member.id()));
            others(plane, event, customer, member)
                    .forEach(each -> send(plane, event, MailKind.TEAM_OWNER, customer, each, who));
        }
    }

    /** The other owners, and who made the new one, who may no longer be an owner. */
    private static Set<User> others(Saas plane, Event event, Customer customer, User added) {
        Set<User> others = new LinkedHashSet<>();
        plane.actingFor(customer.id()).teams().members().stream()
                .filter(each -> each.member().owner() || each.login().equals(event.actor()))
                .filter(Teammate::active)
                .filter(each -> !each.member().userId().equals(added.id()))
                .forEach(each -> plane.accounts().find(each.member().userId()).ifPresent(others::add));
        return others;
    }

    private void send(
            Saas plane, Event event, MailKind kind, Customer customer, User reader, Map<String, String> more) {
        if (reader.email() == null) {
            return;
        }
        Map<String, String> values = new HashMap<>(TenantMails.values(plane, reader));
        values.put("customer", MailFormats.name(customer.name(), "customer " + customer.id()));
        values.putAll(more);
        sender.send(event.uuid() + "-" + reader.id(), event, kind, reader, values);
    }
}
