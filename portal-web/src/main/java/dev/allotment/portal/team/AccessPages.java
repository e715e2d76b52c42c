// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.RoleWords;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.SentInvitation;
import dev.allotment.team.Teammate;
import dev.allotment.team.TenantLimit;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives roles for databases: to persons that are invited, and to members. */
final class AccessPages {
    private static final String INVITE = TeamPages.PATH + "/invite";
    private static final String ROLE = "role";
    private static final String SCOPE = "scope";
    private static final String TENANT = "tenant";
    private static final String EMAIL = "email";
    private static final String DAYS = "days";
    private static final String ALL = "all";
    private static final String SOME = "some";

    private final TeamMessages messages;

    AccessPages(TeamMessages messages) {
        this.messages = messages;
    }

    void add(Routes routes) {
        routes.showVisitor(INVITE, this::showInviting).needs(Permission.MANAGE_TEAM);
        routes.acceptVisitor(INVITE, this::invite).proven();
        routes.showVisitor(TeamPages.PATH + "/{account}", AccessPages::showMember)
                .needs(Permission.MANAGE_TEAM);
        routes.acceptVisitor(TeamPages.PATH + "/{account}", AccessPages::change).proven();
    }

    private void showInviting(PortalExchange exchange, Visitor visitor) throws IOException {
        requireMails();
        TeamRights rights = TeamRights.of(visitor);
        Form form = new Form()
                .set(ROLE, TeamRole.MEMBER.name())
                .set(SCOPE, rights.givesAll() ? ALL : SOME)
                .set(DAYS, "7");
        renderInviting(exchange, rights, 200, form, Set.of());
    }

    private void requireMails() {
        if (!messages.possible()) {
            throw PageFailure.notFound();
        }
    }

    private void invite(PortalExchange exchange, Visitor visitor) throws IOException {
        requireMails();
        Form form = Form.sent(exchange, EMAIL, ROLE, SCOPE, DAYS);
        form.require(EMAIL, exchange.text("common.address-needed"));
        Optional<TeamRole> role = role(exchange, form);
        int days = form.numberOrRefuse(DAYS, exchange.text("team-access.days-wrong"));
        Set<TenantId> ticked = ticked(exchange);
        if (form.isFine() && role.isPresent()) {
            try {
                SentInvitation sent = visitor.saas()
                        .teams()
                        .invite(new NewInvitation(form.value(EMAIL), role.get(), limit(form, ticked), days));
                messages.invite(exchange, visitor, sent);
                exchange.redirect(TeamPages.PATH + (sent.member() == null ? "?done=invited" : "?done=member"));
                return;
            } catch (SaasException e) {
                form.refuse("", TeamPages.refusal(exchange, e));
            }
        }
        renderInviting(exchange, TeamRights.of(visitor), 422, form, ticked);
    }

    private static Optional<TeamRole> role(PortalExchange exchange, Form form) {
        Optional<TeamRole> role = Arrays.stream(TeamRole.values())
                .filter(each -> each.name().equals(form.value(ROLE)))
                .findFirst();
        if (role.isEmpty()) {
            form.refuse(ROLE, exchange.text("team-access.role-needed"));
        }
        return role;
    }

    private static Set<TenantId> ticked(PortalExchange exchange) {
        return exchange.params(TENANT).stream()
                .filter(each -> each.matches("[1-9][0-9]{0,17}"))
                .map(Long::valueOf)
                .map(TenantId::new)
                .collect(Collectors.toSet());
    }

    private static TenantLimit limit(Form form, Set<TenantId> ticked) {
        return form.value(SCOPE).equals(ALL) ? TenantLimit.ALL : TenantLimit.of(ticked);
    }

    private static void renderInviting(
            PortalExchange exchange, TeamRights rights, int status, Form form, Set<TenantId> ticked)
            throws IOException {
        List<Option> days = List.of("1", "3", "7", "14", "30").stream()
                .map(each -> new Option(
                        each,
                        exchange.texts().plural("unit.days", Long.parseLong(each)),
                        "",
                        each.equals(form.value(DAYS))))
                .toList();
        exchange.render(
                status,
                "team-access",
                exchange.page(exchange.text("team.invite-person"), TeamPages.SECTION),
                new AccessView(
                        INVITE, "", form, roles(rights, form), days, rights.givesAll(), databases(rights, ticked)));
    }

    private static List<Option> roles(TeamRights rights, Form form) {
        return rights.roles().stream()
                .map(each -> new Option(
                        each.name(),
                        RoleWords.title(each, rights.visitor().texts()),
                        RoleWords.purpose(each, rights.visitor().texts()),
                        each.name().equals(form.value(ROLE))))
                .toList();
    }

    private static List<Option> databases(TeamRights rights, Set<TenantId> ticked) {
        return rights.databases().stream()
                .map((Tenant each) -> new Option(each.id().toString(), each.name(), "", ticked.contains(each.id())))
                .toList();
    }

    private static void showMember(PortalExchange exchange, Visitor visitor) throws IOException {
        TeamRights rights = TeamRights.of(visitor);
        Teammate member = TeamPages.member(rights, exchange);
        if (!rights.canChange(member)) {
            throw PageFailure.notFound();
        }
        TenantLimit limit = member.member().tenants();
        Form form = new Form().set(ROLE, member.member().role().name()).set(SCOPE, limit.isAll() ? ALL : SOME);
        renderMember(exchange, rights, 200, member, form, Set.copyOf(limit.tenants()));
    }

    private static void change(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, ROLE, SCOPE);
        Optional<TeamRole> role = role(exchange, form);
        Set<TenantId> ticked = ticked(exchange);
        UserId account = new UserId(exchange.pathId("account"));
        if (role.isPresent()) {
            try {
                visitor.saas().teams().change(account, role.get(), limit(form, ticked));
                exchange.redirect(TeamPages.PATH + "?done=changed");
                return;
            } catch (SaasException e) {
                form.refuse("", TeamPages.refusal(exchange, e));
            }
        }
        TeamRights rights = TeamRights.of(visitor);
        renderMember(exchange, rights, 422, TeamPages.member(rights, exchange), form, ticked);
    }

    private static void renderMember(
            PortalExchange exchange, TeamRights rights, int status, Teammate member, Form form, Set<TenantId> ticked)
            throws IOException {
        exchange.render(
                status,
                "team-access",
                exchange.page(exchange.text("team-access.title", member.name()), TeamPages.SECTION),
                new AccessView(
                        TeamPages.PATH + "/" + member.member().userId(),
                        member.login(),
                        form,
                        roles(rights, form),
                        List.of(),
                        rights.givesAll(),
                        databases(rights, ticked)));
    }
}
