// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.UserId;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalSite;
import dev.allotment.portal.web.RoleWords;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.ThrottledMails;
import dev.allotment.portal.web.Visitor;
import dev.allotment.team.Invitation;
import dev.allotment.team.InvitationId;
import dev.allotment.team.InvitationState;
import dev.allotment.team.Team;
import dev.allotment.team.Teammate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The team of the customer that the visitor acts for: its members and invitations, and what is asked before a member
 * leaves it or becomes its owner. Also switches to another team.
 */
public final class TeamPages {
    static final String PATH = "/my/team";
    static final String SECTION = "team";
    private static final Set<InvitationState> OPEN = Set.of(InvitationState.PENDING, InvitationState.EXPIRED);
    private final TeamMessages messages;

    private TeamPages(TeamMessages messages) {
        this.messages = messages;
    }

    /** Adds the pages to the routes. */
    public static void add(Routes routes, PortalSite site, ThrottledMails mails) {
        TeamMessages messages = new TeamMessages(site, mails);
        new TeamPages(messages).add(routes);
        new InvitationPages().add(routes);
    }

    private void add(Routes routes) {
        routes.showVisitor(PATH, this::show);
        routes.acceptVisitor(PATH + "/switch", TeamPages::switchTeam);
        routes.acceptVisitor(PATH + "/invitations/{invitation}/resend", this::resend);
        routes.acceptVisitor(PATH + "/invitations/{invitation}/revoke", this::revoke);
        routes.showVisitor(PATH + "/leave", TeamPages::askToLeave);
        routes.acceptVisitor(PATH + "/leave", TeamPages::leave);
        routes.acceptVisitor(PATH + "/factor", this::requireFactor).proven();
        new AccessPages(messages).add(routes);
        routes.showVisitor(PATH + "/{account}/remove", TeamPages::askToRemove).needs(Permission.MANAGE_TEAM);
        routes.acceptVisitor(PATH + "/{account}/remove", TeamPages::remove);
        routes.showVisitor(PATH + "/{account}/owner", TeamPages::askToHandOver).needs(Permission.OWN);
        routes.acceptVisitor(PATH + "/{account}/owner", TeamPages::handOver).proven();
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, new Form());
    }

    private void requireFactor(PortalExchange exchange, Visitor visitor) throws IOException {
        boolean required = exchange.ticked("required");
        try {
            visitor.saas().teams().requireFactor(required);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.ACCESS_FACTOR_MISSING)) {
                throw e;
            }
            Form form = new Form();
            form.refuse("", exchange.text("team.factor-first"));
            render(exchange, visitor, 422, form);
            return;
        }
        exchange.redirect(PATH + "?done=" + (required ? "factor" : "no-factor"));
    }

    private void render(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        String notice = exchange.notice("team");
        if (visitor.isTeamless()) {
            exchange.render(status, "no-team", exchange.page(exchange.text("frame.team"), SECTION, notice), form);
            return;
        }
        TeamRights rights = TeamRights.of(visitor);
        List<TeamView.Member> members =
                rights.members().stream().map(each -> row(rights, each)).toList();
        List<TeamView.Invited> invitations = rights.manages()
                ? visitor.saas().teams().invitations().stream()
                        .filter(each -> OPEN.contains(each.state()))
                        .map(each -> row(rights, each))
                        .toList()
                : List.of();
        String customer = visitor.team().map(Team::customer).orElse("");
        exchange.render(
                status,
                "team",
                exchange.page(exchange.text("frame.team"), SECTION, notice),
                new TeamView(
                        customer,
                        members,
                        invitations,
                        rights.manages(),
                        messages.possible(),
                        rights.canLeave(),
                        new TeamView.Factor(
                                visitor.saas().teams().requiresFactor(), rights.manages() && !visitor.isLimited()),
                        Arrays.stream(TeamRole.values())
                                .map(each -> RoleWords.title(each, exchange.texts()))
                                .toList(),
                        RoleTable.rows(exchange.texts()),
                        form));
    }

    private static TeamView.Member row(TeamRights rights, Teammate each) {
        return new TeamView.Member(
                each.member().userId().value(),
                each.name(),
                each.login(),
                RoleWords.title(each.member().role(), rights.visitor().texts()),
                rights.describe(each.member().tenants()),
                Moment.of(each.member().since(), rights.visitor().texts()),
                each.active(),
                rights.isSelf(each),
                new TeamView.Actions(rights.canChange(each), rights.canRemove(each), rights.canHandOver(each)));
    }

    private static TeamView.Invited row(TeamRights rights, Invitation each) {
        return new TeamView.Invited(
                each.id().value(),
                each.email(),
                RoleWords.title(each.role(), rights.visitor().texts()),
                rights.describe(each.tenants()),
                Moment.of(each.expiresAt(), rights.visitor().texts()),
                each.state() == InvitationState.EXPIRED,
                rights.reaches(each.role(), each.tenants()));
    }

    /** Returns what the visitor can correct or has to wait for; rethrows everything else. */
    static Message refusal(PortalExchange exchange, SaasException e) {
        if (e.code().equals(ErrorCodes.TEAM_LAST_OWNER)) {
            return Message.of(exchange.text("team.last-owner"));
        }
        boolean shown = e.category() == ErrorCategory.INVALID_INPUT
                || e.category() == ErrorCategory.CONFLICT
                || e.code().equals(ErrorCodes.TEAM_TOO_MANY_INVITATIONS);
        if (!shown) {
            throw e;
        }
        return Message.of(exchange.texts(), e);
    }

    /** The member that a path names. */
    static Teammate member(TeamRights rights, PortalExchange exchange) {
        UserId account = new UserId(exchange.pathId("account"));
        return rights.members().stream()
                .filter(each -> each.member().userId().equals(account))
                .findFirst()
                .orElseThrow(PageFailure::notFound);
    }

    private static InvitationId invitation(PortalExchange exchange) {
        return new InvitationId(exchange.pathId("invitation"));
    }

    private static void switchTeam(PortalExchange exchange, Visitor visitor) throws IOException {
        CustomerId customer =
                exchange.numberParam("customer").map(CustomerId::new).orElseThrow(PageFailure::notFound);
        visitor.saas().access().switchCustomer(visitor.secret(), customer);
        exchange.redirect("/my");
    }

    private void resend(PortalExchange exchange, Visitor visitor) throws IOException {
        try {
            messages.invite(exchange, visitor, visitor.saas().teams().resend(invitation(exchange)));
        } catch (SaasException e) {
            refuse(exchange, visitor, e);
            return;
        }
        exchange.redirect(PATH + "?done=resent");
    }

    private void revoke(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().teams().revoke(invitation(exchange));
        exchange.redirect(PATH + "?done=revoked");
    }

    private void refuse(PortalExchange exchange, Visitor visitor, SaasException e) throws IOException {
        Form form = new Form();
        form.refuse("", refusal(exchange, e));
        render(exchange, visitor, 409, form);
    }

    private static void askToLeave(PortalExchange exchange, Visitor visitor) throws IOException {
        renderLeaving(exchange, visitor, 200, new Form());
    }

    private static void renderLeaving(PortalExchange exchange, Visitor visitor, int status, Form form)
            throws IOException {
        List<String> consequences = new ArrayList<>();
        consequences.add(exchange.text("leave.rights"));
        consequences.add(passed(visitor, visitor.user().id(), "leave.databases"));
        consequences.add(exchange.text("leave.invitation"));
        String customer = visitor.team().map(Team::customer).orElseThrow(PageFailure::notFound);
        ask(
                exchange,
                status,
                exchange.text("leave.title", customer),
                "/leave",
                exchange.text("leave.button"),
                consequences,
                form);
    }

    /** Says what happens to the databases that a member owns. */
    private static String passed(Visitor visitor, UserId account, String key) {
        long owned = visitor.saas()
                .tenants()
                .count(Filter.and(
                        Filter.equal(Tenant.CUSTOMER_ID, visitor.customer()), Filter.equal(Tenant.OWNER_ID, account)));
        return owned == 0
                ? visitor.texts().text("leave.no-databases")
                : visitor.texts().text(key, owned);
    }

    private static void ask(
            PortalExchange exchange,
            int status,
            String title,
            String path,
            String button,
            List<String> consequences,
            Form form)
            throws IOException {
        exchange.render(
                status,
                "ask-team",
                exchange.page(title, SECTION),
                new QuestionView(PATH + path, button, consequences, form));
    }

    /** The session has ended with it. A new one needs a password: it is a proof of who the user is. */
    private static void leave(PortalExchange exchange, Visitor visitor) throws IOException {
        try {
            visitor.saas().teams().leave();
        } catch (SaasException e) {
            Form form = new Form();
            form.refuse("", refusal(exchange, e));
            renderLeaving(exchange, visitor, 409, form);
            return;
        }
        exchange.signOut();
        exchange.redirect("/web/login?done=left");
    }

    private static void askToRemove(PortalExchange exchange, Visitor visitor) throws IOException {
        renderRemoval(exchange, visitor, 200, new Form());
    }

    private static void renderRemoval(PortalExchange exchange, Visitor visitor, int status, Form form)
            throws IOException {
        TeamRights rights = TeamRights.of(visitor);
        Teammate member = member(rights, exchange);
        boolean owner = visitor.team().filter(each -> each.member().owner()).isPresent();
        List<String> consequences = List.of(
                exchange.text("remove.rights", member.login()),
                passed(visitor, member.member().userId(), owner ? "remove.databases-to-you" : "remove.databases"),
                exchange.text("remove.account"));
        ask(
                exchange,
                status,
                exchange.text("remove.title", member.name()),
                "/" + member.member().userId() + "/remove",
                exchange.text("remove.button"),
                consequences,
                form);
    }

    private static void remove(PortalExchange exchange, Visitor visitor) throws IOException {
        try {
            visitor.saas().teams().remove(new UserId(exchange.pathId("account")));
        } catch (SaasException e) {
            Form form = new Form();
            form.refuse("", refusal(exchange, e));
            renderRemoval(exchange, visitor, 409, form);
            return;
        }
        exchange.redirect(PATH + "?done=removed");
    }

    private static void askToHandOver(PortalExchange exchange, Visitor visitor) throws IOException {
        renderHandingOver(exchange, visitor, 200, new Form());
    }

    private static void renderHandingOver(PortalExchange exchange, Visitor visitor, int status, Form form)
            throws IOException {
        TeamRights rights = TeamRights.of(visitor);
        Teammate member = member(rights, exchange);
        List<String> consequences = List.of(
                exchange.text("hand-over.rights", member.login()),
                exchange.text("hand-over.you"),
                exchange.text("hand-over.databases"));
        ask(
                exchange,
                status,
                exchange.text("hand-over.title", member.name()),
                "/" + member.member().userId() + "/owner",
                exchange.text("hand-over.button"),
                consequences,
                form);
    }

    private static void handOver(PortalExchange exchange, Visitor visitor) throws IOException {
        try {
            visitor.saas().teams().handOver(new UserId(exchange.pathId("account")));
        } catch (SaasException e) {
            Form form = new Form();
            form.refuse("", refusal(exchange, e));
            renderHandingOver(exchange, visitor, 409, form);
            return;
        }
        exchange.redirect(PATH + "?done=handed-over");
    }
}
